//! A virtual environment with Microsoft's SDK, of just the versions that requirements.txt pins by their hashes.
//! It is made once and kept in the target folder for as long as that file stays the same.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// The interpreter.
pub fn ready() -> PathBuf {
    environment().unwrap_or_else(|why| panic!("Microsoft's SDK cannot be had: {why}. See tools/setup_tests.py"))
}

/// Not by `eprintln!`, which cargo test keeps to itself for tests that pass.
pub fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn environment() -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    REQUIREMENTS.hash(&mut hasher);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sdk-{:016x}", hasher.finish()));
    let (python, complete) = (folder.join("bin/python"), folder.join("complete"));
    if complete.is_file() {
        return Ok(python);
    }
    // What an interrupted run has left.
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let began = Instant::now();
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder), "python3 makes no virtual environment")?;
    let pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
    // Compiling every file of it would take longer than the story, which reads few of them.
    let pinned = ["--no-compile", "--only-binary", ":all:", "--require-hashes", "-r"];
    let requirements = folder.join("requirements.txt");
    std::fs::write(&requirements, REQUIREMENTS).unwrap();
    run(Command::new(&python).args(pip).args(pinned).arg(&requirements), "pip does not install it")?;
    std::fs::write(&complete, "").unwrap();
    say(&format!("Microsoft's SDK installed in {:.0} s", began.elapsed().as_secs_f64()));
    Ok(python)
}

fn run(command: &mut Command, otherwise: &str) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => "there is no python3 on the PATH (Debian packages: python3 and python3-venv)".to_owned(),
        _ => format!("{otherwise}: {error}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    Err(format!("{otherwise}: {}", said.trim()))
}
