//! A process that is killed by SIGKILL leaves no etcd, no kube-apiserver and no data behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use testbed::ControlPlane;

/// Not a test by itself: the other one runs it in a process of its own, to kill that.
#[tokio::test]
#[ignore = "run by the test below, in a process that is killed"]
async fn a_process_with_a_control_plane() {
    let plane = ControlPlane::start().await.unwrap();
    println!("\nhere {} {} {}", plane.etcd().pid(), plane.apiserver().pid(), plane.folder().path().display());
    std::future::pending::<()>().await;
}

#[test]
fn nothing_is_left_when_the_parent_is_killed() {
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_process_with_a_control_plane", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stdout.take().unwrap()).lines().map_while(Result::ok);
    let here = lines
        .filter_map(|line| line.strip_prefix("here ").map(String::from))
        .next()
        .expect("the control plane started");
    let mut words = here.splitn(3, ' ');
    let pids: Vec<String> = words.by_ref().take(2).map(String::from).collect();
    let folder = PathBuf::from(words.next().unwrap());
    assert!(pids.iter().all(|pid| runs(pid)) && folder.exists());

    parent.kill().unwrap();
    parent.wait().unwrap();
    let killed = Instant::now();
    while pids.iter().any(|pid| runs(pid)) || folder.exists() {
        let left: Vec<_> = pids.iter().filter(|pid| runs(pid)).collect();
        assert!(killed.elapsed() < Duration::from_secs(20), "left: {left:?}, folder: {}", folder.exists());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn runs(pid: &str) -> bool {
    Command::new("/bin/sh").args(["-c", "kill -0 \"$0\" 2>/dev/null", pid]).status().unwrap().success()
}
