//! One connected directory: Graph, the mirror, the queue, and what currently holds all its guests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, RwLock};
use tokio_util::sync::CancellationToken;

use super::mailer::Mailer;
use super::sweeps::Sweeps;
use super::trouble::TenantTrouble;
use super::troubles::Troubles;
use crate::api::conditions::whole_seconds;
use crate::api::{Defaults, EntraTenant, EntraTenantSpec, Explanation, Mode, PerGuest, Reason};
use crate::directory::{LooksInCommon, Mirror};
use crate::graph::Graph;
use crate::plan::MailLimit;
use crate::schedule::{InCommon, Scheduler};
use crate::store::KnownGuests;

/// How long a read of the EntraTenant waits for others.
const OWN_READ: Duration = Duration::from_millis(20);

/// One connected directory.
#[derive(Debug)]
pub struct Connection {
    /// What it was made from; another one means another connection.
    pub made_from: String,
    /// The directory's id, in lower case.
    pub tenant_id: String,
    /// Graph.
    pub graph: Graph,
    /// The declared guests, as the directory showed them last.
    pub mirror: RwLock<Mirror>,
    /// Look-ups that go to Graph together.
    pub looks: LooksInCommon,
    /// Reads of the EntraTenant from the API server, for all who want one in the same moment.
    pub own_reads: Arc<InCommon<(), Option<Arc<EntraTenant>>>>,
    /// When requests may leave, and invitations above all.
    pub scheduler: Arc<Scheduler>,
    /// How many people may be disabled or deleted within an hour.
    pub ends_per_hour: u32,
    /// How often one person may be mailed.
    pub mail_limit: MailLimit,
    /// From when on ends count, since a person has said that those so far were meant.
    ends_resumed_at: Mutex<Timestamp>,
    /// What a guest has when it does not say.
    pub defaults: Defaults,
    /// Whether nothing may be written to the directory.
    pub observe: bool,
    /// The operator's own delivery, or why there is none.
    pub mailer: Result<Mailer, Explanation>,
    /// When the certificate that the operator signs in with expires.
    pub expires: Option<Timestamp>,
    /// The directory's own name, once it was asked for.
    pub organization: tokio::sync::OnceCell<Option<String>>,
    blocked: AtomicBool,
    full_until: Mutex<Option<Timestamp>>,
    trouble: Mutex<Troubles>,
    /// How the sweeps go.
    pub sweeps_so_far: Mutex<Sweeps>,
    /// Ends the sweeps when the connection goes.
    pub sweeps: CancellationToken,
}

impl Connection {
    /// A connection that nobody has used yet.
    pub fn new(
        made_from: String,
        graph: Graph,
        scheduler: Arc<Scheduler>,
        spec: &EntraTenantSpec,
        mailer: Result<Mailer, Explanation>,
        expires: Option<Timestamp>,
        blocked: bool,
    ) -> Self {
        Self {
            made_from,
            tenant_id: spec.tenant_id.to_lowercase(),
            graph: graph.scheduled(scheduler.clone()),
            mirror: RwLock::default(),
            looks: LooksInCommon::default(),
            own_reads: InCommon::new(OWN_READ, usize::MAX),
            scheduler,
            ends_per_hour: spec.pacing.ends_per_hour,
            mail_limit: mail_limit(&spec.pacing.per_guest),
            ends_resumed_at: Mutex::new(Timestamp::MIN),
            defaults: spec.defaults.clone(),
            observe: spec.mode == Mode::Observe,
            mailer,
            expires,
            organization: tokio::sync::OnceCell::new(),
            blocked: AtomicBool::new(blocked),
            full_until: Mutex::default(),
            trouble: Mutex::default(),
            sweeps_so_far: Mutex::default(),
            sweeps: CancellationToken::new(),
        }
    }

    /// Whether Microsoft blocks invitations.
    pub fn is_blocked(&self) -> bool {
        self.blocked.load(Ordering::SeqCst)
    }

    /// Opens or closes the breaker.
    pub fn set_blocked(&self, blocked: bool) {
        self.blocked.store(blocked, Ordering::SeqCst);
    }

    /// Until when nobody new is invited, because the directory is full.
    pub fn full_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.full_until.lock().filter(|until| *until > now)
    }

    /// Notes until when the directory counts as full, or that somebody says it is not.
    pub fn set_full(&self, until: Option<Timestamp>) {
        *self.full_until.lock() = until;
    }

    /// Since when ends count: a person has said that those before were meant.
    fn ends_resumed_at(&self) -> Timestamp {
        *self.ends_resumed_at.lock()
    }

    /// Why nobody is ended at `now`: so many of the directory's `people` were within an hour that a person has to say whether that is meant.
    pub fn ends_stopped(&self, people: &KnownGuests, now: Timestamp) -> Option<Explanation> {
        let hour_ago = now.checked_sub(SignedDuration::from_hours(1)).ok()?.max(self.ends_resumed_at());
        let ended = people.ended_since(&self.tenant_id, hour_ago);
        let stopped = ended >= usize::try_from(self.ends_per_hour).ok()?;
        stopped.then(|| {
            let message = format!(
                "{ended} people of this directory were disabled or deleted within an hour, and the EntraTenant allows {} (spec.pacing.endsPerHour), so nobody else is. If that is meant, annotate the EntraTenant with guestlist.dev/resume=<any new value>.",
                self.ends_per_hour
            );
            Explanation::new(Reason::TooManyEnds, message)
        })
    }

    /// A person has said that the ends so far were meant.
    pub fn resume_ends(&self, now: Timestamp) {
        *self.ends_resumed_at.lock() = second_after(now);
    }

    /// What is wrong for the whole tenant.
    pub fn trouble(&self) -> Option<TenantTrouble> {
        self.trouble.lock().now.clone()
    }

    /// What is wrong and is not to be looked at again yet, because it came back soon after it had passed.
    pub fn lasting_trouble(&self) -> Option<TenantTrouble> {
        self.trouble.lock().lasting(Instant::now())
    }

    /// How long what is wrong is not to be looked at again yet.
    pub fn look_in(&self) -> Option<Duration> {
        self.trouble.lock().look_in(Instant::now())
    }

    /// Notes what is wrong, or that it passed; returns what was noted before.
    pub fn set_trouble(&self, trouble: Option<TenantTrouble>) -> Option<TenantTrouble> {
        self.trouble.lock().set(trouble, Instant::now())
    }
}

/// The limit as declared. The default stands for what an older schema may have let through.
fn mail_limit(declared: &PerGuest) -> MailLimit {
    let default = || PerGuest::default().interval.length().unwrap_or_default();
    MailLimit { interval: declared.interval.length().unwrap_or_else(|_| default()), per_day: declared.per_day }
}

/// The second after `at`. Ends are on record in whole seconds, and so is when a person said that they were meant: what ended within that very
/// second was meant, after a restart too.
fn second_after(at: Timestamp) -> Timestamp {
    whole_seconds(at).checked_add(SignedDuration::from_secs(1)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two people were ended, somebody said within the same second that it was meant, and after a restart both counted again.
    #[test]
    fn what_ended_in_the_second_of_the_resume_was_meant_also_after_a_restart() {
        let [resumed, ended, later]: [Timestamp; 3] =
            ["2026-12-01T10:00:00.7Z", "2026-12-01T10:00:00.3Z", "2026-12-01T10:00:01.2Z"]
                .map(|at| at.parse().unwrap());
        for known in [resumed, whole_seconds(resumed)] {
            assert!(whole_seconds(ended) < second_after(known));
            assert!(whole_seconds(later) >= second_after(known));
        }
    }
}
