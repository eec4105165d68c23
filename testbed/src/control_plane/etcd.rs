//! Starts etcd on a unix socket in the world's own folder.
//! It takes no port, so two worlds cannot meet, and no other user of the machine can read it.

use std::path::Path;

use crate::{
    Folder, Result,
    children::{Child, Launch},
};

/// The socket's name. It is given relative to the folder, because a socket's whole path must fit into about 100 characters.
pub(super) const SOCKET: &str = "unix://etcd.sock";
const PEERS: &str = "unix://peer.sock";

/// For Go. By its default a sixth of the processor time of these programs goes into collecting garbage; this takes 60 MB more. Many of
/// them share few processors, so more than one thread each only looks for work that is not there.
pub(super) const FOR_GO: [(&str, &str); 2] = [("GOGC", "400"), ("GOMAXPROCS", "1")];

/// Starts etcd; the API server waits for it by itself.
pub(super) fn start(binary: &Path, folder: &Folder) -> Result<Child> {
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
        env: FOR_GO.map(|(name, value)| (name.into(), value.into())).to_vec(),
        folder: folder.path().to_path_buf(),
        log: folder.path().join("etcd.log"),
    })
}
