//! Builds what tools/ pins with Go, once, and says how far it is.
//! It builds into a folder beside the final one and renames each binary into place, under a lock that a second process waits for.

use std::{
    collections::VecDeque,
    fs::{File, TryLockError},
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    time::{Duration, Instant},
};

use super::pins::Pins;
use crate::{Error, Result};

const REPORT_EVERY: Duration = Duration::from_secs(15);
const TAIL: usize = 30;

/// A Go package and the binary that becomes of it.
pub(super) struct Product {
    /// The package.
    pub(super) package: &'static str,
    /// What Go names it, after the package's folder.
    pub(super) built: &'static str,
    /// What we name it.
    pub(super) name: &'static str,
}

/// Builds the products into `target`, unless another process does so while we wait for its lock.
pub(super) fn compile(pins: &Pins, products: &[Product], target: &Path, takes: &str) -> Result<()> {
    need_go(pins)?;
    let parent = target.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(target).map_err(Error::io(format!("making {}", target.display())))?;
    let names: Vec<&str> = products.iter().map(|product| product.name).collect();
    let names = names.join(" and ");
    let lock =
        File::create(parent.join(format!("{}.lock", pins.key))).map_err(Error::io("making the build's lock file"))?;
    if let Err(TryLockError::WouldBlock) = lock.try_lock() {
        eprintln!("testbed: another process builds from {} already; waiting for it", pins.folder.display());
        lock.lock().map_err(Error::io("waiting for the build of another process"))?;
    }
    if products.iter().all(|product| target.join(product.name).is_file()) {
        return Ok(());
    }
    // Under the lock what lies here is of a build that was broken off.
    let unfinished = parent.join(format!("{}.building", pins.key));
    let _ = std::fs::remove_dir_all(&unfinished);
    std::fs::create_dir_all(&unfinished).map_err(Error::io(format!("making {}", unfinished.display())))?;

    eprintln!("testbed: building {names} {} with Go into {}", pins.version, target.display());
    eprintln!("testbed: this takes {takes}, once");
    let begun = Instant::now();
    go_build(pins, products, &unfinished, begun)?;
    for product in products {
        let into = format!("putting the built {} into place", product.name);
        std::fs::rename(unfinished.join(product.built), target.join(product.name)).map_err(Error::io(into))?;
    }
    let _ = std::fs::remove_dir_all(&unfinished);
    eprintln!("testbed: {names} built, after {} s", begun.elapsed().as_secs());
    Ok(())
}

fn need_go(pins: &Pins) -> Result<()> {
    let version = Command::new("go").arg("version").current_dir(&pins.folder).stderr(Stdio::piped()).output();
    match version {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(Error::NoBinaries { why: String::from_utf8_lossy(&output.stderr).trim().to_string() }),
        Err(error) => Err(Error::NoBinaries { why: format!("`go` cannot be run: {error}") }),
    }
}

fn go_build(pins: &Pins, products: &[Product], into: &Path, begun: Instant) -> Result<()> {
    let mut go = Command::new("go")
        .args(["build", "-v", "-trimpath", "-ldflags"])
        .arg(format!("-s -w {}", pins.stamp))
        .arg("-o")
        .arg(format!("{}/", into.display()))
        .args(products.iter().map(|product| product.package))
        .env("CGO_ENABLED", "0")
        .current_dir(&pins.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Error::io("starting `go build`"))?;

    let (lines_in, lines) = mpsc::channel();
    if let Some(errors) = go.stderr.take() {
        std::thread::spawn(move || {
            BufReader::new(errors).lines().map_while(Result::ok).try_for_each(|line| lines_in.send(line))
        });
    }
    let mut last = VecDeque::with_capacity(TAIL);
    let (mut compiled, mut fetched) = (0_u32, 0_u32);
    let mut report_at = begun + REPORT_EVERY;
    loop {
        match lines.recv_timeout(report_at.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                match line.strip_prefix("go: downloading") {
                    Some(_) => fetched += 1,
                    None => compiled += 1,
                }
                if last.len() == TAIL {
                    last.pop_front();
                }
                last.push_back(line);
            }
            Err(RecvTimeoutError::Timeout) => {
                let elapsed = begun.elapsed().as_secs();
                eprintln!("testbed: {elapsed:>4} s: {fetched} modules downloaded, {compiled} packages compiled");
                report_at += REPORT_EVERY;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = go.wait().map_err(Error::io("waiting for `go build`"))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Build { folder: pins.folder.clone(), tail: Vec::from(last).join("\n") })
}
