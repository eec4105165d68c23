//! The operator as a child process: the very binary that is shipped, with a clean environment.
//! A test kills it, freezes it, ends it and reads its log.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitStatus,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::{
    Error, Result,
    children::{Child, Launch},
};

/// The variable that names another binary to run.
pub const BINARY: &str = "GUESTLIST_BIN";

/// The namespace of the operator and of the tenants' secrets.
pub const NAMESPACE: &str = "guestlist-system";

/// How to run the operator.
#[derive(Debug, Clone)]
pub struct OperatorConfig {
    /// The binary; by default the one that `find_operator` finds.
    pub binary: Option<PathBuf>,
    /// The whole command line; by default `run --namespace guestlist-system --http-address 127.0.0.1:0`.
    pub command: Option<Vec<String>>,
    /// What is added to it.
    pub args: Vec<String>,
    /// Its environment, besides KUBECONFIG, PATH and HOME.
    pub env: Vec<(String, String)>,
    /// The kubeconfig it signs in with.
    pub kubeconfig: PathBuf,
    /// Where its log and its home go.
    pub folder: PathBuf,
}

impl OperatorConfig {
    /// Runs the operator's own binary by its defaults.
    pub fn new(kubeconfig: &Path, folder: &Path) -> Self {
        let (kubeconfig, folder) = (kubeconfig.into(), folder.into());
        Self { binary: None, command: None, args: Vec::new(), env: Vec::new(), kubeconfig, folder }
    }
}

/// A running operator. Dropping it kills it.
#[derive(Debug)]
pub struct Operator {
    child: Child,
}

impl Operator {
    /// Starts it and does not wait for it to be ready.
    pub fn start(config: OperatorConfig) -> Result<Self> {
        static STARTS: AtomicU32 = AtomicU32::new(1);
        let program = match config.binary {
            Some(binary) => binary,
            None => find_operator()?,
        };
        if !program.is_file() {
            return Err(Error::NoOperator { path: program });
        }
        std::fs::create_dir_all(&config.folder).map_err(Error::io(format!("making {}", config.folder.display())))?;
        let number = STARTS.fetch_add(1, Ordering::Relaxed);
        let usual = || ["run", "--namespace", NAMESPACE, "--http-address", "127.0.0.1:0"].map(String::from).to_vec();
        let command = config.command.unwrap_or_else(usual);
        let args: Vec<OsString> = command.into_iter().chain(config.args).map(OsString::from).collect();
        let mut env: Vec<(OsString, OsString)> =
            vec![("KUBECONFIG".into(), config.kubeconfig.into()), ("HOME".into(), config.folder.clone().into())];
        env.extend(config.env.into_iter().map(|(name, value)| (name.into(), value.into())));
        let log = config.folder.join(format!("operator-{number}.log"));
        Ok(Self { child: Child::spawn(Launch { program, args, env, folder: config.folder, log })? })
    }

    /// Kills it at once (SIGKILL) and returns when it is gone.
    pub fn kill(&self) {
        self.child.kill();
    }

    /// Freezes it (SIGSTOP).
    pub fn stop(&self) -> Result<()> {
        self.child.stop()
    }

    /// Lets it go on after `stop`.
    pub fn cont(&self) -> Result<()> {
        self.child.cont()
    }

    /// Asks it to end (SIGTERM), as a kubelet does.
    pub fn terminate(&self) -> Result<()> {
        self.child.terminate()
    }

    /// Waits until it has ended.
    pub async fn wait(&self) -> ExitStatus {
        self.child.wait().await
    }

    /// How it ended, if it has.
    pub fn exited(&self) -> Option<ExitStatus> {
        self.child.exited()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.pid()
    }

    /// The most memory that it has taken so far, in MiB.
    ///
    /// # Errors
    /// When the system does not tell, as of a process that has ended.
    pub fn peak_memory(&self) -> Result<u64> {
        let file = format!("/proc/{}/status", self.pid());
        let status = std::fs::read_to_string(&file).map_err(Error::io(format!("reading {file}")))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
        kib.map(|kib| kib / 1024)
            .ok_or_else(|| Error::Other { what: format!("reading {file}"), why: "it has no VmHWM".into() })
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        self.child.log()
    }

    /// The last lines of its log.
    pub fn log_tail(&self, lines: usize) -> String {
        self.child.log_tail(lines)
    }

    /// Its log file.
    pub fn log_path(&self) -> &Path {
        self.child.log_path()
    }
}

/// The operator's binary: `GUESTLIST_BIN`, else the one that lies beside or above this executable in the target folder.
pub fn find_operator() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(BINARY).filter(|name| !name.is_empty()) {
        let path = PathBuf::from(named);
        return if path.is_file() { Ok(path) } else { Err(Error::NoOperator { path }) };
    }
    let me = std::env::current_exe().map_err(Error::io("finding this executable"))?;
    // A test lies in target/debug/deps, a binary in target/debug.
    let beside = me.parent().unwrap_or(&me);
    let folder = if beside.ends_with("deps") { beside.parent().unwrap_or(beside) } else { beside };
    let path = folder.join("guestlist");
    if path.is_file() { Ok(path) } else { Err(Error::NoOperator { path }) }
}
