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

/// For Go: by its default a sixth of the processor time of these programs goes into collecting garbage. This takes 60 MB more.
pub(super) const RARE_COLLECTION: [(&str, &str); 1] = [("GOGC", "400")];

/// Starts etcd; the API server waits for it by itself.
pub(super) fn start(binary: &Path, folder: &Folder) -> Result<Child> {
    let args = [
        "--name=default",
        "--data-dir=etcd",
        // The data lives no longer than the test.
        "--unsafe-no-fsync",
        &format!("--listen-client-urls={SOCKET}"),
        &format!("--advertise-client-urls={SOCKET}"),
        &format!("--listen-peer-urls={PEERS}"),
        &format!("--initial-advertise-peer-urls={PEERS}"),
        &format!("--initial-cluster=default={PEERS}"),
    ];
    Child::spawn(Launch {
        program: binary.to_path_buf(),
        args: args.map(Into::into).to_vec(),
        env: RARE_COLLECTION.map(|(name, value)| (name.into(), value.into())).to_vec(),
        folder: folder.path().to_path_buf(),
        log: folder.path().join("etcd.log"),
    })
}
