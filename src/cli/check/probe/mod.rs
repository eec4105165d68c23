//! `--probe`: finds out how a directory behaves where no document tells, with a person who says yes to each step and reads
//! the mails. It uses the operator's own port to Graph, and removes every user that it has made, whatever ends it.

mod directory;
mod made;
mod people;
mod person;
mod questions;
mod report;
mod steps;
mod switches;

pub use switches::Switch;

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use jiff::Timestamp;
use kube::ResourceExt;
use serde_json::json;

use crate::api::{EntraTenant, GuestInvitation, Mode, Span};
use crate::graph::{Feature, Graph, Organization, Permissions};
use made::Made;
use people::People;
use person::Person;
use questions::Question;
use report::Report;

/// What a probe is told.
#[derive(clap::Args, Debug)]
pub struct Flags {
    /// Find out how the directory behaves where no document tells: asks before each step, sends real mails, and removes
    /// the guests that it made. For a spare directory only.
    #[arg(long)]
    probe: bool,

    /// The questions to settle, by letter, with commas between them; all twelve if not given.
    #[arg(long, requires = "probe", value_delimiter = ',', value_name = "LETTERS")]
    only: Vec<Question>,

    /// An address to invite, twice if two are needed: first a mailbox that you can read, then one for a guest with a
    /// sponsor. What is not given is asked for.
    #[arg(long, requires = "probe", value_name = "EMAIL")]
    address: Vec<String>,

    /// Question g: object id or sign-in name of a user of the directory who can be named as a sponsor.
    #[arg(long, requires = "probe", value_name = "USER")]
    sponsor: Option<String>,

    /// Question i: an address of an organisation with automatic redemption.
    #[arg(long, requires = "probe", value_name = "EMAIL")]
    automatic: Option<String>,

    /// Question j: an address of a domain that the directory's collaboration restrictions block.
    #[arg(long, requires = "probe", value_name = "EMAIL")]
    blocked: Option<String>,

    /// Question j: the address of a group.
    #[arg(long, requires = "probe", value_name = "EMAIL")]
    group: Option<String>,

    /// How long to wait for the directory to show something before its silence is the answer.
    #[arg(long, requires = "probe", default_value = "3m", value_name = "DURATION")]
    wait: Span,

    /// How to print what was found.
    #[arg(long, requires = "probe", value_enum, default_value_t = Output::Table)]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For a person.
    Table,
    /// For a program.
    Json,
}

/// What is probed.
pub struct Subject {
    /// The EntraTenant's name.
    pub name: String,
    /// The EntraTenant.
    pub tenant: EntraTenant,
    /// Who the directory is, if Graph tells.
    pub organization: Option<Organization>,
    /// The guests that are declared in it, or why they cannot be read.
    pub guests: Result<Vec<GuestInvitation>, String>,
}

impl Subject {
    /// The GuestInvitation that declares `address`.
    fn declared(&self, address: &str) -> Option<String> {
        let mut guests = self.guests.iter().flatten();
        let found = guests.find(|guest| guest.spec.email.as_str().eq_ignore_ascii_case(address))?;
        Some(format!("{}/{}", found.namespace().unwrap_or_default(), found.name_any()))
    }

    fn organization_name(&self) -> &str {
        let name = self.organization.as_ref().and_then(|organization| organization.display_name.as_deref());
        name.unwrap_or("(name not told)")
    }

    fn initial_domain(&self) -> Option<&str> {
        self.organization.as_ref().and_then(Organization::initial_domain)
    }

    /// What the person types back, so that it is the directory that they mean.
    fn proof(&self) -> &str {
        self.initial_domain().unwrap_or(&self.tenant.spec.tenant_id)
    }
}

/// Why a step, or the whole probe, does not go on.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// The person wants no more.
    Quit,
    /// Ctrl-C, or SIGTERM.
    Interrupted,
    /// Nothing may be asked of this directory any more.
    Blocked(String),
    /// This step cannot settle its questions; the others go on.
    Unsettled(String),
}

/// A probe on its way.
struct Probe<'p> {
    graph: &'p Graph,
    person: Person,
    wanted: BTreeSet<Question>,
    people: People,
    made: Made,
    report: Report,
    /// When it began, on the directory's clock.
    began: Timestamp,
    patience: Duration,
    redirect_url: String,
    /// What the token carries, if it can be read.
    permissions: Option<Permissions>,
    /// The first guest, as it is now.
    guest: Option<steps::Guest>,
}

impl Flags {
    /// Whether to probe at all.
    pub fn wanted(&self) -> bool {
        self.probe
    }

    /// Probes, cleans up, and prints what was found.
    ///
    /// # Errors
    /// Why it did not begin. Then nothing was written.
    pub async fn run(&self, graph: &Graph, subject: &Subject) -> Result<ExitCode, String> {
        let patience = self.wait.length().map_err(|error| format!("--wait: {error}"))?;
        if patience < Duration::from_secs(1) {
            return Err("--wait: at least 1s, or the directory has no time to show anything".into());
        }
        let every = Question::value_variants().iter();
        let wanted: BTreeSet<Question> =
            every.copied().filter(|question| self.only.is_empty() || self.only.contains(question)).collect();
        let permissions = graph.permissions().await;
        may_begin(subject, permissions.as_ref())?;
        let mut person = Person::at_terminal();
        let Some((people, began)) = begin(self, graph, subject, &wanted, &mut person).await? else {
            return Err("nothing was written".into());
        };
        let mut probe = Probe {
            graph,
            person,
            wanted,
            people,
            made: Made::default(),
            report: Report::default(),
            began,
            patience,
            redirect_url: "https://myapps.microsoft.com".into(),
            permissions,
            guest: None,
        };
        let ended = probe.steps().await;
        let (why, well) = match &ended {
            Ok(()) => ("no step settled it", true),
            Err(Stop::Quit) => ("not asked: you have quit before", true),
            Err(Stop::Interrupted) => ("not asked: it was interrupted before", false),
            Err(Stop::Blocked(why) | Stop::Unsettled(why)) => (why.as_str(), false),
        };
        for question in probe.report.missing(&probe.wanted) {
            probe.report.open(question, why);
        }
        let left = probe.made.clean_up(graph, began, patience, &mut probe.person).await;
        self.print(subject, &probe.report, &left);
        Ok(if well && left.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn print(&self, subject: &Subject, report: &Report, left: &[String]) {
        let told = match self.output {
            Output::Table => {
                let left: String = match left {
                    [] => "Nothing that the probe has made is left in the directory.\n".into(),
                    left => format!("To be cleaned up by hand:\n  {}\n", left.join("\n  ")),
                };
                format!("\n{report}\n{left}")
            }
            Output::Json => {
                let all = json!({
                    "tenant": {
                        "name": subject.name,
                        "tenantId": subject.tenant.spec.tenant_id,
                        "organization": subject.organization.as_ref().and_then(|known| known.display_name.as_ref()),
                        "initialDomain": subject.initial_domain(),
                    },
                    "answers": report.json(),
                    "beside": report.beside_json(),
                    "left": left,
                });
                format!("{all:#}\n")
            }
        };
        let _ = std::io::stdout().write_all(told.as_bytes());
    }
}

/// Whether this directory may be probed, and could be cleaned up.
fn may_begin(subject: &Subject, permissions: Option<&Permissions>) -> Result<(), String> {
    if subject.tenant.spec.mode == Mode::Observe {
        return Err(format!(
            "the EntraTenant {} is in mode Observe, so nothing may be written to its directory: make an EntraTenant for a spare directory",
            subject.name
        ));
    }
    if permissions.is_some_and(|held| !held.allow(Feature::Delete)) {
        return Err(format!(
            "the application may not delete users, so a probe could not clean up: grant it {}, with admin consent, in Entra under App registrations, API permissions. Nothing was written",
            Feature::Delete.permission()
        ));
    }
    Ok(())
}

/// Says what will happen, and lets the person name the directory. Nothing is written yet; nothing is returned when they mean another.
async fn begin(
    flags: &Flags,
    graph: &Graph,
    subject: &Subject,
    wanted: &BTreeSet<Question>,
    person: &mut Person,
) -> Result<Option<(People, Timestamp)>, String> {
    let letters: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    person.say(format_args!(
        "
This probes the directory {} ({}), tenant id {}, as questions {}.

It must be a SPARE directory. The probe invites up to ten guests in half an hour, sends real mails to the addresses that
you give, and removes the guests that it made. Microsoft has blocked directories for less than that: reports name eleven
invitations in a few minutes. Such a block holds for the whole directory, and only Microsoft support lifts it.

You are asked before each step; q ends it at any time, and Ctrl-C too: what was made is removed then as well.
It needs (what is not given by a flag is asked for now):",
        subject.organization_name(),
        subject.initial_domain().unwrap_or("initial domain not told"),
        subject.tenant.spec.tenant_id,
        letters.join(", "),
    ));
    let left = |stop: Stop| match stop {
        Stop::Interrupted => "interrupted; nothing was written".to_owned(),
        _ => "you have quit; nothing was written".to_owned(),
    };
    let people = People::gather(flags, wanted, person).await.map_err(left)?;
    let nothing = |why: String| format!("{why}. Nothing was written");
    let began = people.unknown_to(graph, subject).await.map_err(nothing)?;
    let proof = subject.proof();
    let kind = if subject.initial_domain().is_some() { "initial domain" } else { "tenant id" };
    let typed = person.line(format_args!("Type the {kind} of this spare directory to begin ({proof})")).await;
    if typed.map_err(left)?.eq_ignore_ascii_case(proof) {
        return Ok(Some((people, began)));
    }
    person.say("That is another directory.");
    Ok(None)
}
