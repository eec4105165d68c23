//! Builds etcd and kube-apiserver from tools/ with Go, once, and says how far it is.
//! It builds into a folder beside the final one and renames it into place, under a lock that a second process waits for.

use std::{
    collections::VecDeque,
    fs::{File, TryLockError},
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    time::{Duration, Instant},
};

use super::{Binaries, pins::Pins};
use crate::{Error, Result};

const REPORT_EVERY: Duration = Duration::from_secs(15);
const TAIL: usize = 30;

/// Builds both binaries, unless another process does so while we wait for its lock.
pub(super) fn compile(pins: &Pins, target: &Binaries) -> Result<()> {
    need_go(pins)?;
    let parent = target.folder.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(Error::io(format!("making {}", parent.display())))?;
    let lock =
        File::create(parent.join(format!("{}.lock", pins.key))).map_err(Error::io("making the build's lock file"))?;
    if let Err(TryLockError::WouldBlock) = lock.try_lock() {
        eprintln!("testbed: another process is building the control plane; waiting for it");
        lock.lock().map_err(Error::io("waiting for the build of another process"))?;
    }
    if target.missing().is_none() {
        return Ok(());
    }
    // Under the lock what lies here is of a build that was broken off.
    let unfinished = parent.join(format!("{}.building", pins.key));
    let _ = std::fs::remove_dir_all(&unfinished);
    let _ = std::fs::remove_dir_all(&target.folder);
    std::fs::create_dir_all(&unfinished).map_err(Error::io(format!("making {}", unfinished.display())))?;

    eprintln!("testbed: building kube-apiserver {} and etcd with Go into {}", pins.kubernetes, target.folder.display());
    eprintln!("testbed: this takes 5 to 10 minutes, once; set {} to use ready ones instead", super::ASSETS);
    let begun = Instant::now();
    go_build(pins, &unfinished, begun)?;
    let named_by_its_folder = unfinished.join("server");
    std::fs::rename(named_by_its_folder, unfinished.join("etcd")).map_err(Error::io("naming etcd"))?;
    std::fs::rename(&unfinished, &target.folder).map_err(Error::io("putting the built control plane into place"))?;
    eprintln!("testbed: the control plane is built, after {} s", begun.elapsed().as_secs());
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

fn go_build(pins: &Pins, into: &Path, begun: Instant) -> Result<()> {
    let mut go = Command::new("go")
        .args(["build", "-v", "-trimpath", "-ldflags"])
        .arg(format!("-s -w -X k8s.io/component-base/version.gitVersion={}", pins.kubernetes))
        .arg("-o")
        .arg(format!("{}/", into.display()))
        .args(["go.etcd.io/etcd/server/v3", "k8s.io/kubernetes/cmd/kube-apiserver"])
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
