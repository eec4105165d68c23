//! A real postfix with a mailbox for Bob: its own configuration, queue, users, certificate and loopback address.
//! It shares nothing with a postfix that may be installed on the machine but the programs.

mod delivered;
mod greylist;
mod lost;
mod refused;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use guestlist::mail::{Server, SmtpCredentials, Tls};
use testbed::{
    Folder,
    children::{Child, Launch},
    pki::Authority,
};
use tokio::{net::TcpStream, time::sleep};

use crate::letters::{BOB, plain};

const MASTER: &str = "/usr/lib/postfix/sbin/master";
const INSTALL: &str = "tools/setup_tests.py";

/// With what a mail client's command line, a configuration file or base64 could trip over.
const PASSWORD: &str = "p w%d\"x=ü";

/// How long a busy machine may take for anything here.
const SOON: Duration = Duration::from_secs(30);

/// Plain text, or STARTTLS without credentials.
const RELAY: u16 = 10025;
/// STARTTLS and credentials, both required.
const SUBMISSION: u16 = 10587;
/// TLS at once, and credentials.
const SUBMISSIONS: u16 = 10465;

/// A running postfix. Dropping it ends it.
pub struct Postfix {
    master: Child,
    folder: Folder,
    address: String,
    authority: Authority,
}

impl Postfix {
    /// Starts one whose plain port has these lines of `main.cf` in force besides.
    pub async fn start(more: &str) -> Self {
        require_packages();
        let folder = Folder::temporary().unwrap();
        // The folder is its owner's only, and postfix' daemons run as users of their own.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let [conf, mailboxes, _, _] = ["conf", "mail", "queue", "data"].map(|name| folder.folder(name).unwrap());
        let address = own_address();
        let authority = Authority::new("the mail tests").unwrap();
        let server = authority.server(&[&address]).unwrap();
        write(&conf.join("server.pem"), &format!("{}{}", server.key, server.certificate), 0o600);
        write(&conf.join("main.cf"), &main_cf(folder.path(), more), 0o644);
        write(&conf.join("master.cf"), &master_cf(&address), 0o644);
        users(&conf);
        run(Command::new("chown").arg("nobody").arg(&mailboxes));
        run(Command::new("chown").arg("postfix").arg(folder.path().join("data")));
        // Makes the folders of the queue, with the owners that they need.
        run(Command::new("postfix").arg("-c").arg(&conf).arg("check"));

        let master = Child::spawn(Launch {
            program: MASTER.into(),
            args: ["-c".into(), conf.into_os_string(), "-d".into()].into(),
            env: Vec::new(),
            folder: folder.path().to_path_buf(),
            log: folder.path().join("master.log"),
        });
        let postfix = Self { master: master.unwrap(), folder, address, authority };
        for port in [RELAY, SUBMISSION, SUBMISSIONS] {
            postfix.until("listen", async |postfix| TcpStream::connect((postfix.host(), port)).await.is_ok()).await;
        }
        postfix
    }

    pub fn host(&self) -> &str {
        &self.address
    }

    /// The plain port: no encryption, no credentials.
    pub fn relay(&self) -> Server {
        plain(self.host(), RELAY)
    }

    /// The port that wants STARTTLS and the right credentials.
    pub fn submission(&self) -> Server {
        let credentials = Some(SmtpCredentials { username: "operator".into(), password: PASSWORD.into() });
        let ca_bundle = Some(self.authority.pem().into_bytes());
        Server { tls: Tls::StartTls, credentials, ca_bundle, ..plain(self.host(), SUBMISSION) }
    }

    /// The port that speaks TLS from the first byte on.
    pub fn submissions(&self) -> Server {
        Server { tls: Tls::Tls, port: SUBMISSIONS, ..self.submission() }
    }

    /// Bob's letters once there are `count` and none is on its way, each as it came.
    pub async fn letters(&self, count: usize) -> Vec<Vec<u8>> {
        self.until(&format!("deliver {count}"), async |postfix| postfix.mailbox().len() >= count).await;
        // One more would show by now: what was accepted is in the queue before the sender learns of it.
        sleep(Duration::from_millis(300)).await;
        self.until("empty its queue", async |postfix| postfix.queued() == 0).await;
        let letters = self.mailbox();
        assert_eq!(letters.len(), count, "{}", self.log());
        letters.iter().map(|path| fs::read(path).unwrap()).collect()
    }

    /// Waits until its log says `what`.
    pub async fn says(&self, what: &str) {
        self.until(&format!("say {what:?}"), async |postfix| postfix.log().contains(what)).await;
    }

    fn log(&self) -> String {
        let said = fs::read_to_string(self.folder.path().join("data/log")).unwrap_or_default();
        format!("{}{said}", self.master.log())
    }

    fn mailbox(&self) -> Vec<PathBuf> {
        files(&self.folder.path().join("mail/bob/new"))
    }

    fn queued(&self) -> usize {
        let queues = ["maildrop", "incoming", "active", "deferred"];
        queues.map(|name| files(&self.folder.path().join("queue").join(name)).len()).iter().sum()
    }

    async fn until(&self, what: &str, holds: impl AsyncFn(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self).await {
            let gone = self.master.exited();
            assert!(gone.is_none() && begun.elapsed() < SOON, "postfix did not {what} ({gone:?}):\n{}", self.log());
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // By this signal it ends its daemons too, which is faster than their noticing.
        if self.master.terminate().is_ok() {
            let begun = Instant::now();
            while self.master.exited().is_none() && begun.elapsed() < Duration::from_secs(3) {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

fn require_packages() {
    let plugins = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let plain = plugins.into_iter().any(|folder| folder.path().join("sasl2/libplain.so").exists());
    let programs = [MASTER, "/usr/sbin/postfix", "/usr/sbin/saslpasswd2"].map(|program| Path::new(program).exists());
    assert!(
        plain && programs == [true; 3],
        "these tests start a real postfix, which {INSTALL} installs; `--skip postfix::` leaves them out"
    );
    assert_eq!(
        output(Command::new("id").arg("-u")).trim(),
        "0",
        "postfix starts as root only: run these tests as root"
    );
}

/// All of 127/8 is this machine, so a process takes addresses of its own there and no port is ever taken.
fn own_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(1);
    let pid = std::process::id();
    let nth = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("127.{}.{}.{nth}", 100 + pid / 250 % 150, 1 + pid % 250)
}

fn main_cf(folder: &Path, more: &str) -> String {
    let at = folder.display();
    format!(
        "compatibility_level = 3.6
queue_directory = {at}/queue
data_directory = {at}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {at}/data/log
maillog_file_prefixes = {at}
myhostname = mail.fabrikam.example
mydestination =
alias_maps =
alias_database =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = fabrikam.example
virtual_mailbox_base = {at}/mail
virtual_mailbox_maps = inline:{{ {BOB}=bob/ }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_tls_chain_files = {at}/conf/server.pem
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
smtpd_tls_auth_only = yes
smtpd_sasl_local_domain = $myhostname
smtpd_peername_lookup = no
{more}
"
    )
}

fn master_cf(address: &str) -> String {
    let signed_in = "-o smtpd_sasl_auth_enable=yes -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject";
    format!(
        "{address}:{RELAY} inet n - n - - smtpd
{address}:{SUBMISSION} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt {signed_in}
{address}:{SUBMISSIONS} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes {signed_in}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
    )
}

fn users(conf: &Path) {
    // Debian's postfix looks for SASL's configuration here.
    let sasl = conf.join("sasl");
    let users = sasl.join("users.db");
    fs::create_dir(&sasl).unwrap();
    let settings = format!(
        "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: {}\n",
        users.display()
    );
    write(&sasl.join("smtpd.conf"), &settings, 0o644);
    let mut adding = Command::new("saslpasswd2");
    adding.args(["-p", "-c", "-u", "mail.fabrikam.example", "-f"]).arg(&users).arg("operator");
    let mut adding = adding.stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut adding.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    assert!(adding.wait().unwrap().success());
    run(Command::new("chown").arg("postfix").arg(&users));
}

fn write(path: &Path, content: &str, mode: u32) {
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn run(command: &mut Command) {
    output(command);
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The files in `folder` and below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
