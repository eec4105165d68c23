//! Starts etcd on a unix socket in the world's own folder.
//! It takes no port, so two worlds cannot meet, and no other user of the machine can read it.

use std::ffi::OsString;
use std::path::Path;

use super::PlaneConfig;
use crate::{
    Folder, Result,
    children::{Child, Launch},
};

/// The socket's name. It is given relative to the folder, because a socket's whole path must fit into about 100 characters.
pub(super) const SOCKET: &str = "unix://etcd.sock";
const PEERS: &str = "unix://peer.sock";

/// For Go. By its default a sixth of the processor time of these programs goes into collecting garbage; this takes 60 MB more. Where many of
/// them share few processors, more than one thread each only looks for work that is not there.
pub(super) fn for_go(config: &PlaneConfig) -> Vec<(OsString, OsString)> {
    let one = (!config.every_processor).then_some(("GOMAXPROCS", "1"));
    [Some(("GOGC", "400")), one].into_iter().flatten().map(|(name, value)| (name.into(), value.into())).collect()
}

/// Starts etcd; the API server waits for it by itself.
pub(super) fn start(binary: &Path, folder: &Folder, config: &PlaneConfig) -> Result<Child> {
    let args = [
        "--name=default",
        "--data-dir=etcd",
        // The data lives no longer than the test.
        "--unsafe-no-fsync",
        // It is alone, so nobody misses its heartbeats.
        "--heartbeat-interval=1000",
        "--election-timeout=10000",
        &format!("--listen-client-urls={SOCKET}"),
        &format!("--advertise-client-urls={SOCKET}"),
        &format!("--listen-peer-urls={PEERS}"),
        &format!("--initial-advertise-peer-urls={PEERS}"),
        &format!("--initial-cluster=default={PEERS}"),
    ];
    Child::spawn(Launch {
        program: binary.to_path_buf(),
        args: args.map(Into::into).to_vec(),
        env: for_go(config),
        folder: folder.path().to_path_buf(),
        log: folder.path().join("etcd.log"),
    })
}
