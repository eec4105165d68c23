//! A few controllers of the real kube-controller-manager, for the stories that end in its hands:
//! a namespace that goes with all that is in it, and what is collected after its owner went.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    Binaries, Error, Folder, Result,
    children::{Child, Launch},
};

const STARTED_WITHIN: Duration = Duration::from_secs(60);
const LOG_LINES: usize = 25;

/// Starts the named controllers and waits until they run.
pub(super) async fn start(kubeconfig: &Path, folder: &Folder, names: &[&str]) -> Result<Child> {
    let program = Binaries::controller_manager()?;
    let args = [
        format!("--kubeconfig={}", kubeconfig.display()),
        format!("--controllers={}", names.join(",")),
        // One of it runs, and nobody looks at its own pages.
        "--leader-elect=false".into(),
        "--secure-port=0".into(),
        "--use-service-account-credentials=false".into(),
        // A quota counts the resources of a kind that was defined after the start from the next full count on.
        "--resource-quota-sync-period=5s".into(),
    ];
    let child = Child::spawn(Launch {
        program,
        args: args.map(Into::into).to_vec(),
        env: Vec::new(),
        folder: folder.path().to_path_buf(),
        log: folder.path().join("kube-controller-manager.log"),
    })?;
    let failed = |why: String| Error::NotStarted {
        what: child.name().into(),
        why,
        log: child.log_path().to_path_buf(),
        tail: child.log_tail(LOG_LINES),
    };
    let begun = Instant::now();
    // It tells of its controllers in words that differ; this line comes when they have begun.
    while !child.log().contains("Caches are synced") {
        if let Some(status) = child.exited() {
            return Err(failed(format!("it ended ({status})")));
        }
        if begun.elapsed() > STARTED_WITHIN {
            return Err(failed(format!("{} did not all start in time", names.join(", "))));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(child)
}
