//! The operator's process is run with a clean environment and obeys. A script stands in for the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, Instant},
};

use testbed::{Error, Operator, OperatorConfig};

const SCRIPT: &str = r#"#!/bin/sh
echo "args: $*"
env | sort
trap 'echo ending; exit 7' TERM
while :; do echo tick; sleep 0.05; done
"#;

fn start(folder: &Path) -> Operator {
    let binary = folder.join("guestlist");
    std::fs::write(&binary, SCRIPT).unwrap();
    std::fs::set_permissions(&binary, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut config = OperatorConfig::new(Path::new("/the/kubeconfig"), folder);
    config.binary = Some(binary);
    config.args = vec!["--settling-time".into(), "5s".into()];
    config.env = vec![("RUST_LOG".into(), "debug".into())];
    Operator::start(config).unwrap()
}

async fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn ticks(operator: &Operator) -> usize {
    operator.log().matches("tick").count()
}

#[tokio::test]
async fn it_has_only_what_it_is_given_and_obeys_signals() {
    let folder = tempfile::tempdir().unwrap();
    let operator = start(folder.path());
    until(|| ticks(&operator) > 0).await;
    let log = operator.log();
    assert!(
        log.starts_with("args: run --namespace guestlist-system --http-address 127.0.0.1:0 --settling-time 5s\n"),
        "{log}"
    );
    assert!(log.contains("\nKUBECONFIG=/the/kubeconfig\n") && log.contains("\nRUST_LOG=debug\n"), "{log}");
    // Cargo gives a test many variables; none of them may reach the operator.
    assert!(std::env::var_os("CARGO_PKG_NAME").is_some() && !log.contains("CARGO"), "{log}");

    operator.stop().unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopped_at = ticks(&operator);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(ticks(&operator), stopped_at, "a stopped process does nothing");
    operator.cont().unwrap();
    until(|| ticks(&operator) > stopped_at).await;

    operator.terminate().unwrap();
    assert_eq!(operator.wait().await.code(), Some(7));
    assert_eq!(operator.log_tail(1), "ending");
    assert!(operator.terminate().unwrap_err().to_string().contains("ended already"));
}

#[tokio::test]
async fn killing_and_dropping_end_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let operator = start(folder.path());
    until(|| ticks(&operator) > 0).await;
    operator.kill();
    assert!(operator.exited().is_some_and(|status| status.code().is_none()));
    let other = start(folder.path());
    let pid = other.pid();
    assert_ne!(operator.log_path(), other.log_path());
    drop(other);
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}

#[tokio::test]
async fn a_missing_binary_is_named_with_the_way_out() {
    let mut config = OperatorConfig::new(Path::new("/the/kubeconfig"), Path::new("/tmp"));
    config.binary = Some("/nowhere/guestlist".into());
    let error = Operator::start(config).unwrap_err();
    assert!(matches!(error, Error::NoOperator { .. }) && error.to_string().contains("cargo build"), "{error}");
}
