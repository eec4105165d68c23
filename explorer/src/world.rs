//! The model's world: an API server that compares and swaps, a directory that lags, and two operator processes.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;

use super::print::{HashLanes, Printed};
use crate::api::{Address, DeletionPolicy, Guest, Origin, Redemption};
use crate::plan::{
    Answer, Desired, DirectoryUser, Ledger, Look, Observed, Outcome, Post, Record, Remind, SendAt, Task, Tenant,
    Ticket, Timing, UserView,
};
use crate::policy::Permission;

/// One tick of the model's clock. The spans keep the relation of the real ones: settling > freshness + timeout.
const TICK: u64 = 60;
pub const TIMEOUT: u8 = 1;
/// How long the directory hides a user at most whom somebody is to off-board.
pub const LAG: u8 = 2;
pub const TIMING: Timing = Timing {
    freshness: Duration::from_secs(TICK),
    request_timeout: Duration::from_secs(TICK * TIMEOUT as u64),
    settling: Duration::from_secs(TICK * 3),
};

pub fn at(tick: u8) -> Timestamp {
    Timestamp::from_second(1_000_000 + i64::from(tick) * TICK as i64).unwrap()
}

/// The resource as the API server holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Object {
    pub uid: u8,
    pub version: u16,
    pub record: Printed<Record>,
    pub finalizer: bool,
    pub deleting: Option<u8>,
    pub spec: Spec,
}

/// What people edit meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Spec {
    pub suspended: bool,
    /// One more mail is asked for, by annotation.
    pub once_more: bool,
}

impl Object {
    /// All of it but how often it was written.
    fn print(&self) -> (u8, &Printed<Record>, bool, Option<u8>, Spec) {
        (self.uid, &self.record, self.finalizer, self.deleting, self.spec)
    }
}

/// The guest's user as the directory holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelUser {
    /// How many there were before: each has an id of its own.
    pub nth: u8,
    pub created: u8,
    /// Whether reads show it; a POST always knows it.
    pub shown: bool,
    /// When the guest accepted, which reads by id show at once.
    pub accepted: Option<u8>,
}

/// A request under way to Graph.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Flight {
    pub post: PostKey,
    pub left: u8,
    /// It left after the resource was deleted.
    pub unheard: bool,
    /// What Graph answered, once it has done the work.
    pub answer: Option<AnswerKey>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PostKey {
    Send(String, crate::api::AttemptKind),
    Ask(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AnswerKey {
    /// When, and for which user.
    Done(u8, u8),
    NotSent,
    Lost,
}

/// What a read shows of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shown {
    pub nth: u8,
    pub created: u8,
    pub accepted: bool,
}

/// What a look for the address showed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Glance {
    pub taken: u8,
    pub shown: Option<Shown>,
    /// The deleted users, the last one first, if they were read.
    pub deleted: Option<Vec<u8>>,
}

/// One operator process.
#[derive(Clone, Debug)]
pub struct Process {
    pub alive: bool,
    /// Its view of the resource, which may be old.
    pub view: Option<Rc<Object>>,
    pub ledger: Rc<Printed<Ledger>>,
    pub unwitnessed: bool,
    pub ticket: Option<Ticket>,
    /// What this pass has seen so far.
    pub look: Option<Glance>,
    /// (read at, what it showed).
    pub fetched: Option<(u8, Option<Shown>)>,
    pub answer: Option<(PostKey, AnswerKey)>,
    pub flight: Option<Flight>,
    /// Whom it has just made a DELETE for, and whether that found them.
    pub deleted: Option<(String, bool)>,
    /// Under a mutation only: what it keeps in memory instead of on record.
    pub unwritten_asked_at: Option<Timestamp>,
}

/// How many faults of each kind may still happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    pub crashes: u8,
    pub lost: u8,
    pub throttled: u8,
    pub deletes: u8,
    pub accepts: u8,
    pub edits: u8,
    pub leaves: u8,
}

/// The one mail that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The first, to an address that nobody has invited yet.
    Invitation,
    /// One more, by annotation, to a guest who was mailed before.
    Resend,
    /// One more, by `reminders`.
    Reminder,
    /// The first, by a resource that takes the user with it when it is deleted (`deletionPolicy: Delete`).
    Visit,
}

impl Asks {
    /// Whether the guest is not known yet.
    pub fn is_first(self) -> bool {
        matches!(self, Self::Invitation | Self::Visit)
    }
}

#[derive(Clone, Debug)]
pub struct World {
    pub now: u8,
    pub asks: Asks,
    pub object: Option<Rc<Object>>,
    /// The last state of a deleted resource: what the watch event of the deletion carries.
    pub deleted: Option<Rc<Object>>,
    pub next_uid: u8,
    pub next_version: u16,
    pub next_attempt: u16,
    pub user: Option<ModelUser>,
    /// Shared between worlds until one of them changes theirs.
    pub processes: [Rc<Process>; 2],
    /// Requests whose sender died: Graph may still do them within the timeout.
    pub orphans: Vec<Flight>,
    pub mails: u8,
    /// A mail left for somebody whose acceptance the look before it has to have shown.
    pub accepted_mailed: bool,
    /// A send was begun, or let go, while the tenant was blocked.
    pub sent_while_blocked: bool,
    /// A record was written that says "nothing can tell".
    pub uncertain: bool,
    /// The users that were deleted, by an operator or by an administrator.
    pub removed: Vec<ModelUser>,
    /// An administrator deleted one of them.
    pub left: bool,
    /// How many users there were.
    pub users: u8,
    /// And had been there before anybody invited.
    pub stranger_deleted: bool,
    /// A process that had not heard of the deletion made the user, by a question that left after it or by a request for
    /// what another has settled already, or restored them.
    pub unheard: bool,
    /// The guest was in the directory before anybody invited.
    pub existed: bool,
    /// And reads showed them from the start.
    pub in_sight: bool,
    /// There is one process only.
    pub alone: bool,
    pub budget: Budget,
}

impl World {
    pub fn new(budget: Budget, existing: Option<ModelUser>, asks: Asks) -> Self {
        let record = if asks.is_first() { Record::default() } else { mailed() };
        let record = Printed::new(record);
        let spec = Spec::default();
        let object = Rc::new(Object { uid: 1, version: 1, record, finalizer: false, deleting: None, spec });
        let process = Process {
            alive: true,
            view: Some(object.clone()),
            ledger: Rc::new(Printed::new(Ledger::default())),
            unwitnessed: false,
            ticket: None,
            look: None,
            fetched: None,
            answer: None,
            flight: None,
            deleted: None,
            unwritten_asked_at: None,
        };
        Self {
            now: 0,
            asks,
            object: Some(object),
            deleted: None,
            next_uid: 2,
            next_version: 2,
            next_attempt: 1,
            existed: existing.is_some(),
            users: u8::from(existing.is_some()),
            in_sight: existing.as_ref().is_some_and(|user| user.shown),
            user: existing,
            processes: [Rc::new(process.clone()), Rc::new(process)],
            orphans: Vec::new(),
            mails: 0,
            accepted_mailed: false,
            sent_while_blocked: false,
            uncertain: false,
            removed: Vec::new(),
            left: false,
            stranger_deleted: false,
            unheard: false,
            alone: asks == Asks::Visit && budget.leaves > 0,
            budget,
        }
    }

    /// What process `p` hands to the decision: the wish, the record, what it sees, and its clock.
    pub fn seen_by(&self, p: usize) -> Option<(Desired, Record, Observed)> {
        let process = &self.processes[p];
        let view = process.view.as_ref()?;
        let address = address();
        let observed = Observed {
            tenant: Tenant::Ready { send_at: SendAt::Now },
            permission: Permission::Granted,
            holder: None,
            new_id: self.next_attempt.to_string(),
            inherited: process.ledger.inherited("t", &address, &view.uid.to_string(), &view.record),
            unwitnessed: process.unwitnessed,
            ticket: process.ticket.clone(),
            look: process.look.as_ref().map(|glance| Look {
                taken_at: at(glance.taken),
                graph_time: at(glance.taken),
                users: glance.shown.map(user).into_iter().collect(),
                deleted: glance.deleted.as_ref().map(|deleted| deleted.iter().copied().map(id).collect()),
            }),
            user: match process.fetched {
                None => UserView::Unknown,
                Some((_, None)) => UserView::Missing,
                Some((_, Some(shown))) => UserView::Found(user(shown)),
            },
            user_read_at: process.fetched.map(|(read, _)| at(read)),
            patched: BTreeMap::new(),
            rival: false,
            no_link_kept: false,
            mail_trouble: None,
            done: process
                .deleted
                .clone()
                .map(|(user, there)| (Task::Delete(user), if there { Outcome::Done } else { Outcome::Gone })),
            answer: process.answer.as_ref().map(|(post, answer)| (post.post(), answer.answer())),
        };
        let mut desired = Desired::new(address);
        desired.finalizer = view.finalizer;
        desired.deleting = view.deleting.map(at);
        desired.suspended = view.spec.suspended;
        desired.requests.resend = view.spec.once_more.then(|| "once more".into());
        match self.asks {
            Asks::Invitation => {}
            Asks::Resend => desired.requests.resend = Some("please".into()),
            Asks::Visit => (desired.policy, desired.policy_by_name) = (DeletionPolicy::Delete, true),
            Asks::Reminder => desired.reminders = Some(Remind { after: Duration::from_secs(TICK), limit: 1 }),
        }
        Some((desired, Record::clone(&view.record), observed))
    }

    /// A process, to change it.
    pub fn process(&mut self, p: usize) -> &mut Process {
        Rc::make_mut(&mut self.processes[p])
    }

    /// 128 bits of hash: enough to tell states apart in a set of millions. Worlds that differ only in what cannot matter
    /// share one: which of the two processes is which, and how often the resource was written.
    pub fn fingerprint(&self) -> (u64, u64) {
        let mut processes = [0, 1].map(|p| {
            let mut lanes = HashLanes::new();
            let p = &self.processes[p];
            let current =
                p.view.as_ref().map(|view| self.object.as_ref().is_some_and(|object| object.version == view.version));
            (p.alive, current, p.view.as_ref().map(|view| view.print())).hash(&mut lanes);
            (
                &p.ledger,
                p.unwitnessed,
                &p.ticket,
                &p.look,
                &p.fetched,
                &p.answer,
                &p.flight,
                &p.deleted,
                p.unwritten_asked_at,
            )
                .hash(&mut lanes);
            lanes.both()
        });
        processes.sort_unstable();
        let mut lanes = HashLanes::new();
        for object in [&self.object, &self.deleted] {
            object.as_ref().map(|object| object.print()).hash(&mut lanes);
        }
        (self.now, &self.user, processes).hash(&mut lanes);
        (&self.orphans, self.mails, self.accepted_mailed, self.sent_while_blocked).hash(&mut lanes);
        (self.uncertain, self.existed, &self.budget).hash(&mut lanes);
        (&self.removed, self.left, self.stranger_deleted, self.unheard).hash(&mut lanes);
        lanes.both()
    }
}

/// The record of a guest who was invited at tick 0 and is pending.
fn mailed() -> Record {
    let mut record = Record { attested: true, ..Record::default() };
    record.guest = Some(Guest { id: id(0), user_principal_name: None, origin: Origin::Invited, invited_at: None });
    record.invitation.sent = 1;
    record.invitation.last_sent_at = Some(at(0));
    record.redemption =
        Some(Redemption { state: Some("PendingAcceptance".into()), changed_at: None, identity_provider: None });
    record
}

/// The id of the `nth` user.
pub fn id(nth: u8) -> String {
    format!("user {nth}")
}

/// The user as a read shows them.
pub fn user(Shown { nth, created, accepted }: Shown) -> DirectoryUser {
    DirectoryUser {
        id: id(nth),
        user_principal_name: None,
        created_at: Some(at(created)),
        is_guest: true,
        enabled: true,
        external_state: Some(if accepted { "Accepted" } else { "PendingAcceptance" }.into()),
        external_state_since: None,
        identity_provider: "Unknown".into(),
        addresses: vec![address().as_str().to_owned()],
        properties: BTreeMap::new(),
    }
}

pub fn address() -> Address {
    Address::new("guest@example.com")
}

impl PostKey {
    pub fn of(post: &Post) -> Self {
        match post {
            Post::Send { attempt, kind } => Self::Send(attempt.clone(), *kind),
            Post::Ask { attempt } => Self::Ask(attempt.clone()),
        }
    }

    fn post(&self) -> Post {
        match self {
            Self::Send(attempt, kind) => Post::Send { attempt: attempt.clone(), kind: *kind },
            Self::Ask(attempt) => Post::Ask { attempt: attempt.clone() },
        }
    }
}

impl AnswerKey {
    fn answer(&self) -> Answer {
        match self {
            Self::Done(tick, nth) => {
                Answer::Done { invitation: "i".into(), user: id(*nth), graph_time: at(*tick), secret: None }
            }
            Self::NotSent => Answer::NotSent,
            Self::Lost => Answer::Lost,
        }
    }
}
