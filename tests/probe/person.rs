//! The person at the terminal: reads what the command asks and answers it, as the mails and pages of the simulator tell.

use std::process::Stdio;
use std::time::Duration;

use entra_simulator::{AllowInvitesFrom, Simulator};
use testbed::World;
use testbed::operator::find_operator;
use testbed::stories::TENANT;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::bench::{DOMAIN, GUEST};

/// Longer than any probe here.
const LONG: Duration = Duration::from_secs(240);

/// What the person does at a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    Line(String),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D, or a terminal that is closed.
    Leave,
}

pub fn line(text: &str) -> Reply {
    Reply::Line(text.to_owned())
}

/// How a command ended.
#[derive(Clone, Debug)]
pub struct Ended {
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error, where a probe talks.
    pub talk: String,
}

/// Runs the shipped binary as the administrator of the cluster.
pub async fn run(world: &World, args: &[&str], mut answer: impl AsyncFnMut(&str) -> Reply) -> Ended {
    let mut child = Command::new(find_operator().unwrap())
        .args(args)
        .env_clear()
        .env("KUBECONFIG", world.plane.kubeconfig_path())
        .env("HOME", world.plane.folder().path())
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (mut stdin, mut stdout, mut stderr) =
        (child.stdin.take(), child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let out = tokio::spawn(async move {
        let mut out = String::new();
        stdout.read_to_string(&mut out).await.unwrap();
        out
    });
    let pid = child.id().unwrap().to_string();
    let (mut heard, mut asked_at) = (Vec::new(), 0);
    let talking = async {
        let mut bytes = [0_u8; 4096];
        loop {
            let read = stderr.read(&mut bytes).await.unwrap();
            if read == 0 {
                return;
            }
            heard.extend_from_slice(&bytes[..read]);
            if !heard.ends_with(b" > ") {
                continue;
            }
            let asked = String::from_utf8_lossy(&heard[asked_at..]).into_owned();
            asked_at = heard.len();
            match answer(&asked).await {
                Reply::Line(text) => {
                    if let Some(stdin) = &mut stdin {
                        stdin.write_all(format!("{text}\n").as_bytes()).await.unwrap();
                    }
                    heard.extend_from_slice(format!("{text}\n").as_bytes());
                    asked_at = heard.len();
                }
                Reply::Interrupt => {
                    assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
                }
                Reply::Leave => drop(stdin.take()),
            }
        }
    };
    let ended = tokio::time::timeout(LONG, talking).await;
    let talk = String::from_utf8_lossy(&heard).into_owned();
    ended.unwrap_or_else(|_| panic!("{args:?} does not end:\n{talk}"));
    let code = child.wait().await.unwrap().code();
    Ended { code, out: out.await.unwrap(), talk }
}

/// Somebody who does what is asked and tells what is there to see.
pub struct Reader<'s> {
    sim: &'s Simulator,
    /// The mails that were told of.
    read: usize,
}

impl<'s> Reader<'s> {
    pub fn new(sim: &'s Simulator) -> Self {
        Self { sim, read: 0 }
    }

    pub async fn answer(&mut self, asked: &str) -> Reply {
        let prompt = asked.lines().last().unwrap_or_default();
        if prompt.contains("Go on?") {
            return line("y");
        }
        if prompt.starts_with("Type the initial domain") {
            return line(DOMAIN);
        }
        if prompt.contains(" arrived at ") {
            let there = self.sim.invitation_mails(GUEST).len();
            let came = there > self.read;
            self.read = there;
            return line(if came { "y" } else { "n" });
        }
        if prompt.contains("link of the FIRST mail") {
            return line(if self.first_link_works().await { "y" } else { "n" });
        }
        if prompt.contains("Accept the invitation") {
            self.sim.redeem(TENANT, GUEST, None).unwrap();
            return line("");
        }
        if prompt.contains("Guest invite restrictions") {
            let restricted = self.sim.settings().policy.allow_invites_from == AllowInvitesFrom::AdminsAndGuestInviters;
            return line(if restricted { "y" } else { "n" });
        }
        if prompt.contains("role Guest Inviter") {
            return line("n");
        }
        panic!("nobody knows what to answer to: {asked}");
    }

    /// Opens it, and goes no further than where it leads.
    async fn first_link_works(&self) -> bool {
        let mails = self.sim.invitation_mails(GUEST);
        let link = mails.first().and_then(|mail| mail.redeem_link.clone()).expect("a first mail with a link");
        let client = guestlist::graph::Http::new(Some(self.sim.ca_pem().as_bytes())).unwrap().shared;
        let status = client.get(link).send().await.unwrap().status();
        assert!(status.is_redirection() || status.is_client_error(), "{status}");
        status.is_redirection()
    }
}
