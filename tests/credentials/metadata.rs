//! Managed identity. azure_identity asks 169.254.169.254 and nobody else, so this story has a network of its own, in which
//! that address is the simulator's.

use std::process::Command;

use crate::kinds::Kind;
use crate::stories::told;

/// Set in that network.
const ALONE: &str = "GUESTLIST_TEST_NETWORK";

/// Runs the test `name` of this executable once more, in a network that has nothing but the loopback and that address.
fn alone(name: &str) {
    let prepare = r#"ip link set lo up && ip address add 169.254.169.254/32 dev lo && exec "$@""#;
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--net", "sh", "-c", prepare, "sh"]);
    command.arg(std::env::current_exe().unwrap()).args(["--exact", name, "--nocapture"]).env(ALONE, "1");
    let ended =
        command.status().expect("unshare, which is in util-linux; tools/setup_tests.py says what else is missing");
    assert!(ended.success(), "the story failed in its own network: {ended}");
}

#[test]
fn managed_identity() {
    if std::env::var_os(ALONE).is_none() {
        return alone("metadata::managed_identity");
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(told(Kind::ManagedIdentity));
}
