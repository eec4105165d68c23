//! A chromedriver process with everything it starts, in a temporary folder of its own; it ends with its handle.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use uuid::Uuid;

/// With `--port=0` chromedriver takes a free port of IPv6 and then gives up if the same one of IPv4 is in use.
const PORT_TAKEN: &str = "port not available";
const ATTEMPTS: usize = 20;

#[derive(Debug)]
pub struct Driver {
    child: Child,
    /// Where it listens, on loopback.
    pub port: u16,
    /// Where the browser is.
    pub browser: PathBuf,
    /// Removed at the end.
    pub folder: PathBuf,
}

impl Driver {
    pub fn start() -> Self {
        let programs = on_path("chromedriver").zip(on_path("chromium"));
        let (driver, browser) = programs.expect("chromium and chromedriver, which tools/setup_tests.py installs");
        for _ in 0..ATTEMPTS {
            match Self::launch(&driver, browser.clone()) {
                Ok(driver) => return driver,
                Err(said) => assert!(said.contains(PORT_TAKEN), "chromedriver ended without a port:\n{said}"),
            }
        }
        panic!("chromedriver found no port in {ATTEMPTS} attempts");
    }

    /// Or what it said before it ended.
    fn launch(driver: &Path, browser: PathBuf) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("guestlist-browser-{}", Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        let errors = folder.join("chromedriver.stderr");
        // A process group of its own, which Chromium joins: so all of them can be ended at once.
        let child = Command::new(driver)
            .arg("--port=0")
            .env("TMPDIR", &folder)
            .env("HOME", &folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&errors).unwrap())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut driver = Self { child, port: 0, browser, folder };
        let mut lines = BufReader::new(driver.child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut said = String::new();
        for line in lines.by_ref() {
            if let Some(port) = announced(&line) {
                driver.port = port;
                // Read on to the end, or chromedriver would stop at a full pipe.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(driver);
            }
            said += &format!("{line}\n");
        }
        Err(said + &std::fs::read_to_string(errors).unwrap_or_default())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let ended = Command::new("kill").args(["-KILL", "--", &group]).status();
        if !ended.is_ok_and(|status| status.success()) {
            drop(self.child.kill());
        }
        drop(self.child.wait());
        // The last of the group may still be writing.
        for _ in 0..50 {
            if std::fs::remove_dir_all(&self.folder).is_ok() || !self.folder.exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

fn announced(line: &str) -> Option<u16> {
    line.strip_prefix("ChromeDriver was started successfully on port ")?.trim_end_matches('.').parse().ok()
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| Path::is_file(file))
}
