//! Child processes that end with us, however we end.
//! Each is told to the watchdog before it runs, so that not even SIGKILL to this process leaves one behind.

use std::{
    ffi::OsString,
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use parking_lot::{Mutex, MutexGuard};

use crate::{Error, Result};

pub(crate) mod watchdog;

/// The child first is this shell, which waits for our word until the watchdog knows its pid, and then becomes the program.
/// If we die in between, the read fails and nothing was started.
const GATE: &str = r#"read -r go && exec "$@" </dev/null"#;

/// These alone a child inherits; anything else could bend etcd, kube-apiserver or the operator without a trace.
const INHERITED: [&str; 5] = ["PATH", "TMPDIR", "LLVM_PROFILE_FILE", "RUST_BACKTRACE", "RUST_LOG"];

/// What to run, and how.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The binary.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Its environment, besides PATH and TMPDIR.
    pub env: Vec<(OsString, OsString)>,
    /// Its working folder.
    pub folder: PathBuf,
    /// The file that takes its output and its errors.
    pub log: PathBuf,
}

/// A running child process. Dropping it kills it.
#[derive(Debug)]
pub struct Child {
    name: String,
    launch: Launch,
    process: Mutex<std::process::Child>,
}

impl Child {
    /// Starts a process.
    pub fn spawn(launch: Launch) -> Result<Self> {
        let name = launch.program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let log = File::create(&launch.log).map_err(Error::io(format!("making {}", launch.log.display())))?;
        let process = start(&name, &launch, log)?;
        Ok(Self { name, launch, process: Mutex::new(process) })
    }

    /// Kills it and starts it again, the same in all but the process id; its log goes on.
    pub fn restart(&self) -> Result<()> {
        self.kill();
        let what = || format!("opening {}", self.launch.log.display());
        let log = File::options().append(true).open(&self.launch.log).map_err(|error| Error::io(what())(error))?;
        *self.process() = start(&self.name, &self.launch, log)?;
        Ok(())
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process().id()
    }

    /// The name of its binary.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file with its output.
    pub fn log_path(&self) -> &Path {
        &self.launch.log
    }

    /// All of its output so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.launch.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// The last lines of its output.
    pub fn log_tail(&self, lines: usize) -> String {
        tail(&self.log(), lines)
    }

    /// How it ended, if it has.
    pub fn exited(&self) -> Option<ExitStatus> {
        self.process().try_wait().ok().flatten()
    }

    /// Waits until it has ended.
    pub async fn wait(&self) -> ExitStatus {
        loop {
            if let Some(status) = self.exited() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Kills it at once (SIGKILL) and returns when it is gone.
    pub fn kill(&self) {
        let _ = self.process().kill();
        let begun = Instant::now();
        while self.exited().is_none() && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(1));
        }
        watchdog::forget_pid(self.pid());
    }

    /// Freezes it (SIGSTOP), as a paused virtual machine or a swapped-out process is.
    pub fn stop(&self) -> Result<()> {
        self.signal(Signal::SIGSTOP)
    }

    /// Lets it go on after `stop` (SIGCONT).
    pub fn cont(&self) -> Result<()> {
        self.signal(Signal::SIGCONT)
    }

    /// Asks it to end (SIGTERM), as a kubelet does.
    pub fn terminate(&self) -> Result<()> {
        self.signal(Signal::SIGTERM)
    }

    fn process(&self) -> MutexGuard<'_, std::process::Child> {
        self.process.lock()
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        // Under the lock nobody else reaps it, so the pid cannot have gone to another process.
        let mut process = self.process();
        if let Ok(Some(status)) = process.try_wait() {
            let why = format!("it has ended already ({status})");
            return Err(Error::Other { what: format!("sending {signal} to {}", self.name), why });
        }
        let pid = Pid::from_raw(i32::try_from(process.id()).unwrap_or(i32::MAX));
        signal::kill(pid, signal)
            .map_err(|why| Error::Other { what: format!("sending {signal} to {}", self.name), why: why.to_string() })
    }
}

fn start(name: &str, launch: &Launch, log: File) -> Result<std::process::Child> {
    let log_too = log.try_clone().map_err(Error::io("sharing the log file"))?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", GATE, "gate"]).arg(&launch.program).args(&launch.args);
    command.env_clear().current_dir(&launch.folder);
    for name in INHERITED {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.envs(launch.env.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::piped()).stdout(log).stderr(log_too);
    // Its own group: Ctrl-C is for us, and we end the children in their order.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);

    let mut process = command.spawn().map_err(Error::io(format!("starting {name}")))?;
    let noted = watchdog::note_pid(process.id());
    let gate = process.stdin.take();
    let opened = noted.and_then(|()| {
        let mut gate =
            gate.ok_or_else(|| Error::Other { what: format!("starting {name}"), why: "it has no input".into() })?;
        gate.write_all(b"go\n").map_err(Error::io(format!("starting {name}")))
    });
    if let Err(error) = opened {
        let _ = process.kill();
        let _ = process.wait();
        return Err(error);
    }
    Ok(process)
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The last lines of a text.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
