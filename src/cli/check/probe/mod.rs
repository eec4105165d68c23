//! `--probe`: finds out how a directory behaves where no document says it. A person agrees to each step and reads the
//! mails. The probe uses the operator's own port to Graph. It removes every user that it made, however it ends.

mod directory;
mod flags;
mod made;
mod people;
mod person;
mod questions;
mod report;
mod steps;
mod stop;
mod subject;
mod switches;

pub use flags::Flags;
pub use stop::Stop;
pub use subject::Subject;
pub use switches::Switch;

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use jiff::Timestamp;
use serde_json::json;

use crate::api::{Mode, NotADuration};
use crate::graph::{Feature, Graph, Permissions};
use flags::Output;
use made::Made;
use people::{FirstGuest, People, UnfitPeople};
use person::Person;
use questions::ProbeQuestion;
use report::ProbeReport;

/// Why a probe does not begin. Nothing was written in this case.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The time to wait is no duration.
    #[error("--wait: {0}")]
    Wait(#[from] NotADuration),
    /// The time to wait is too short.
    #[error("--wait: at least 1s, or the directory has no time to show anything")]
    ShortWait,
    /// The EntraTenant of this name is in mode Observe.
    #[error(
        "the EntraTenant {0} is in mode Observe, so nothing may be written to its directory: make an EntraTenant for a spare directory"
    )]
    Observed(String),
    /// The application may not delete users.
    #[error("the application may not delete users, so a probe could not clean up: grant it {}, with admin consent, in Entra under App registrations, API permissions. Nothing was written", Feature::Delete.permission())]
    CannotCleanUp,
    /// Ctrl-C, or SIGTERM.
    #[error("interrupted; nothing was written")]
    Interrupted(#[source] Stop),
    /// The person stopped.
    #[error("you have quit; nothing was written")]
    Quit(#[source] Stop),
    /// Somebody cannot take part.
    #[error("{0}. Nothing was written")]
    Unfit(#[from] UnfitPeople),
    /// The person means another directory.
    #[error("nothing was written")]
    OtherDirectory,
}

/// The person stopped before the probe began.
impl From<Stop> for ProbeError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Interrupted => Self::Interrupted(stop),
            _ => Self::Quit(stop),
        }
    }
}

/// A probe that is running.
struct Probe<'p> {
    graph: &'p Graph,
    person: Person,
    wanted: BTreeSet<ProbeQuestion>,
    people: People,
    made: Made,
    report: ProbeReport,
    /// When the probe began, on the directory's clock.
    began: Timestamp,
    patience: Duration,
    redirect_url: String,
    /// The permissions in the token, if it can be read.
    permissions: Option<Permissions>,
    /// The first guest, in their present state.
    guest: Option<FirstGuest>,
}

impl Flags {
    /// Whether the flags ask for a probe.
    pub fn wanted(&self) -> bool {
        self.probe
    }

    /// Probes, cleans up, and prints what was found.
    ///
    /// # Errors
    /// Why the probe did not begin. Nothing was written in this case.
    pub async fn run(&self, graph: &Graph, subject: &Subject) -> Result<ExitCode, ProbeError> {
        let patience = self.wait.length()?;
        if patience < Duration::from_secs(1) {
            return Err(ProbeError::ShortWait);
        }
        let every = ProbeQuestion::value_variants().iter();
        let wanted: BTreeSet<ProbeQuestion> =
            every.copied().filter(|question| self.only.is_empty() || self.only.contains(question)).collect();
        let permissions = graph.permissions().await;
        may_begin(subject, permissions.as_ref())?;
        let mut person = Person::at_terminal();
        let Some((people, began)) = begin(self, graph, subject, &wanted, &mut person).await? else {
            return Err(ProbeError::OtherDirectory);
        };
        let mut probe = Probe {
            graph,
            person,
            wanted,
            people,
            made: Made::default(),
            report: ProbeReport::default(),
            began,
            patience,
            redirect_url: "https://myapps.microsoft.com".into(),
            permissions,
            guest: None,
        };
        let ended = probe.steps().await;
        let (why, well) = match ended {
            Ok(()) => ("no step settled it".to_owned(), true),
            Err(Stop::Quit) => ("not asked: you have quit before".to_owned(), true),
            Err(Stop::Interrupted) => ("not asked: it was interrupted before".to_owned(), false),
            Err(stop) => (stop.to_string(), false),
        };
        for question in probe.report.missing(&probe.wanted) {
            probe.report.open(question, &why);
        }
        let left = probe.made.clean_up(graph, began, patience, &mut probe.person).await;
        self.print(subject, &probe.report, &left);
        Ok(if well && left.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn print(&self, subject: &Subject, report: &ProbeReport, left: &[String]) {
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

/// Whether this directory may be probed, and whether the probe can clean up afterwards.
fn may_begin(subject: &Subject, permissions: Option<&Permissions>) -> Result<(), ProbeError> {
    if subject.tenant.spec.mode == Mode::Observe {
        return Err(ProbeError::Observed(subject.name.clone()));
    }
    if permissions.is_some_and(|held| !held.allow(Feature::Delete)) {
        return Err(ProbeError::CannotCleanUp);
    }
    Ok(())
}

/// Says what will happen, and lets the person name the directory. Nothing is written yet. Returns nothing if the person
/// means another directory.
async fn begin(
    flags: &Flags,
    graph: &Graph,
    subject: &Subject,
    wanted: &BTreeSet<ProbeQuestion>,
    person: &mut Person,
) -> Result<Option<(People, Timestamp)>, ProbeError> {
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
    let people = People::gather(flags, wanted, person).await?;
    let began = people.unknown_to(graph, subject).await?;
    let proof = subject.proof();
    let kind = if subject.initial_domain().is_some() { "initial domain" } else { "tenant id" };
    let typed = person.line(format_args!("Type the {kind} of this spare directory to begin ({proof})")).await?;
    if typed.eq_ignore_ascii_case(proof) {
        return Ok(Some((people, began)));
    }
    person.say("That is another directory.");
    Ok(None)
}
