//! The model's world: an API server that compares and swaps, a directory that lags, and two operator processes.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;

use super::mutations::Mutation;
use super::print::{HashLanes, Printed};
use crate::api::{
    Address, ClaimRecord, DeletionPolicy, Ends, GuestRecord, GuestUser, Origin, Owner, PerRelation, Redemption,
};
use crate::plan::{
    Answer, ClaimKey, Claims, Demanded, Desired, DirectoryUser, Look, Observed, Outcome, Post, Record, Remind, SendAt,
    Task, Tenant, Ticket, Timing, UserView, standing,
};
use crate::policy::Permission;

/// How many claims there may be: the guest's own, and a rival.
pub const CLAIMS: usize = 2;

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

/// A claim as the API server holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Object {
    pub uid: u8,
    pub version: u16,
    pub finalizer: bool,
    pub deleting: Option<u8>,
    pub spec: Spec,
}

/// The Guest as the API server holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GuestObject {
    pub version: u16,
    pub record: Printed<GuestRecord>,
}

/// What people edit meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Spec {
    pub suspended: bool,
    /// `accessUntil` has passed.
    pub ended: bool,
    /// One more mail is asked for, by annotation.
    pub once_more: bool,
}

impl Object {
    /// All of it but how often it was written.
    fn print(&self) -> (u8, bool, Option<u8>, Spec) {
        (self.uid, self.finalizer, self.deleting, self.spec)
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
    /// Its views of the claims, which may be old.
    pub views: [Option<Rc<Object>>; CLAIMS],
    /// Its view of the Guest, which may be old.
    pub guest: Option<Rc<GuestObject>>,
    /// What its pass over each claim has seen so far.
    pub passes: [ModelPass; CLAIMS],
}

/// What one pass over one claim has seen so far, and what it is about to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ModelPass {
    pub ticket: Option<Ticket>,
    pub look: Option<Glance>,
    /// (read at, what it showed).
    pub fetched: Option<(u8, Option<Shown>)>,
    pub answer: Option<(PostKey, AnswerKey)>,
    pub flight: Option<Flight>,
    /// Whom it has just made a DELETE for, and whether that found them.
    pub deleted: Option<(String, bool)>,
    /// Whom it has just asked to be restored, and whether they were.
    pub restored: Option<(String, bool)>,
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
    pub ends: u8,
    /// A claim disappears without being deleted, as by a restore.
    pub vanishes: u8,
    /// A claim is made, or made anew.
    pub creates: u8,
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

/// Who else claims the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rival {
    /// Nobody.
    Nobody,
    /// A claim of the same namespace under another name, as while a resource is renamed.
    Renamed,
    /// A claim of the same namespace under another name, from the start.
    Twin,
    /// A claim of another namespace.
    Stranger,
    /// A claim of another namespace that is suspended, and stays so.
    Suspended,
}

impl Rival {
    /// Whether the other claim is of the same namespace.
    pub fn is_of_the_namespace(self) -> bool {
        matches!(self, Self::Renamed | Self::Twin)
    }
}

#[derive(Clone, Debug)]
pub struct World {
    pub now: u8,
    pub asks: Asks,
    pub rival: Rival,
    pub claims: [Option<Rc<Object>>; CLAIMS],
    pub guest: Option<Rc<GuestObject>>,
    pub next_uid: u8,
    pub next_version: u16,
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
    /// A send was let go for a claim that was not entitled to it any more.
    pub sent_for_nobody: bool,
    /// A person was ended while a claim of the namespace stood.
    pub ended_beside_a_claim: bool,
    /// A person was ended whose claim nobody had deleted.
    pub ended_by_nobody: bool,
    /// A person was taken from a claim that stood.
    pub taken: bool,
    /// A record was written that says "nothing can tell".
    pub uncertain: bool,
    /// The users that were deleted, by an operator or by an administrator.
    pub removed: Vec<ModelUser>,
    /// An administrator deleted one of them.
    pub left: bool,
    /// An operator deleted one of them.
    pub ended: bool,
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
    /// A claim has vanished.
    pub vanished: bool,
    /// What happens is printed.
    pub told: bool,
    pub budget: Budget,
}

/// The claims as one process sees them. One that it does not see it reads live before it counts as gone.
struct Seen<'a> {
    process: &'a Process,
    live: Option<&'a [Option<Rc<Object>>; CLAIMS]>,
}

impl Claims for Seen<'_> {
    fn complete(&self) -> bool {
        true
    }

    fn lives(&self, namespace: &str, name: &str, uid: &str) -> bool {
        let live = self.live.into_iter().filter_map(|live| at_name(namespace, name, live));
        at_name(namespace, name, &self.process.views).into_iter().chain(live).any(|view| view.uid.to_string() == uid)
    }

    fn leaves(&self, namespace: &str, name: &str, uid: &str) -> bool {
        at_name(namespace, name, &self.process.views)
            .is_some_and(|view| view.uid.to_string() == uid && view.deleting.is_some())
    }
}

fn at_name(namespace: &str, name: &str, claims: &[Option<Rc<Object>>; CLAIMS]) -> Option<Rc<Object>> {
    let at = |c: &usize| (namespace, name) == NAMES[*c] || (namespace, name) == RENAMED && *c == 1;
    (0..CLAIMS).find(at).and_then(|c| claims[c].clone())
}

const NAMES: [(&str, &str); CLAIMS] = [("a", "guest"), ("b", "guest")];
const RENAMED: (&str, &str) = ("a", "other");

impl World {
    pub fn new(budget: Budget, existing: Option<ModelUser>, asks: Asks, rival: Rival, alone: bool) -> Self {
        let claim =
            |uid| Object { uid, version: u16::from(uid), finalizer: false, deleting: None, spec: Spec::default() };
        let suspended = Spec { suspended: rival == Rival::Suspended, ..Spec::default() };
        let other = matches!(rival, Rival::Twin | Rival::Stranger | Rival::Suspended);
        let other = other.then(|| Rc::new(Object { spec: suspended, ..claim(2) }));
        let claims = [Some(Rc::new(claim(1))), other];
        let guest = (!asks.is_first()).then(|| Rc::new(GuestObject { version: 3, record: Printed::new(mailed()) }));
        let process = Process { alive: true, views: claims.clone(), guest: guest.clone(), passes: Default::default() };
        Self {
            now: 0,
            asks,
            rival,
            claims,
            guest,
            next_uid: 3,
            next_version: 4,
            existed: existing.is_some(),
            users: u8::from(existing.is_some()),
            in_sight: existing.as_ref().is_some_and(|user| user.shown),
            user: existing,
            processes: [Rc::new(process.clone()), Rc::new(process)],
            orphans: Vec::new(),
            mails: 0,
            accepted_mailed: false,
            sent_while_blocked: false,
            sent_for_nobody: false,
            ended_beside_a_claim: false,
            ended_by_nobody: false,
            taken: false,
            uncertain: false,
            removed: Vec::new(),
            left: false,
            ended: false,
            stranger_deleted: false,
            unheard: false,
            alone,
            vanished: false,
            told: false,
            budget,
        }
    }

    /// The claim in slot `c`, as the decision names it.
    pub fn key(&self, c: usize, uid: u8) -> ClaimKey {
        let (namespace, name) = if c == 1 && self.rival.is_of_the_namespace() { RENAMED } else { NAMES[c] };
        ClaimKey { namespace: namespace.into(), name: name.into(), uid: uid.to_string() }
    }

    /// What process `p` hands to the decision on claim `c`: the wish, the record, what it sees.
    pub fn seen_by(&self, p: usize, c: usize) -> Option<(Desired, Record, Observed)> {
        let process = &self.processes[p];
        let view = process.views[c].as_ref()?;
        let key = self.key(c, view.uid);
        let guest = process.guest.as_ref().map(|guest| &*guest.record);
        let record = guest.map(|guest| Record::of(guest, &key)).unwrap_or_default();
        let desired = self.desired(c, view);
        let observed = self.observed(process, c, &key, guest);
        Some((desired, record, observed))
    }

    fn observed(&self, process: &Process, c: usize, key: &ClaimKey, guest: Option<&GuestRecord>) -> Observed {
        let pass = &process.passes[c];
        let seen = |glance: &Glance| glance.look();
        let done = |(user, there): (String, bool), task: fn(String) -> Task| {
            (task(user), if there { Outcome::Done } else { Outcome::Gone })
        };
        let deleted = pass.deleted.clone().map(|deleted| done(deleted, Task::Delete));
        let restored = pass.restored.clone().map(|restored| done(restored, Task::Restore));
        Observed {
            tenant: Tenant::Ready { send_at: SendAt::Now },
            permission: Permission::Granted,
            standing: standing(key, guest, false, &Seen { process, live: Some(&self.claims) }),
            elsewhere: BTreeMap::new(),
            barred: BTreeMap::new(),
            demanded: Demanded::default(),
            held: None,
            new_id: self.fresh_id(),
            ticket: pass.ticket.clone(),
            look: pass.look.as_ref().map(seen),
            user: match pass.fetched {
                None => UserView::Unknown,
                Some((_, None)) => UserView::Missing,
                Some((_, Some(shown))) => UserView::Found(user(shown)),
            },
            user_read_at: pass.fetched.map(|(read, _)| at(read)),
            patched: BTreeMap::new(),
            successor: self.rival.is_of_the_namespace()
                && process.views[1 - c].as_ref().is_some_and(|other| other.wants()),
            shared: PerRelation::default(),
            ends_stopped: None,
            no_link_kept: false,
            mail_trouble: None,
            done: deleted.or(restored),
            answer: pass.answer.as_ref().map(|(post, answer)| (post.post(), answer.answer())),
        }
    }

    fn desired(&self, c: usize, view: &Object) -> Desired {
        let mut desired = Desired::new(address());
        desired.uid = view.uid.to_string();
        desired.finalizer = view.finalizer;
        desired.deleting = view.deleting.map(at);
        desired.suspended = view.spec.suspended;
        desired.access_until = view.spec.ended.then(|| at(0));
        desired.requests.resend = view.spec.once_more.then(|| "once more".into());
        match self.asks {
            Asks::Invitation => {}
            Asks::Resend if c == 0 => desired.requests.resend = Some("please".into()),
            Asks::Resend => {}
            Asks::Visit => (desired.policy, desired.policy_by_name) = (DeletionPolicy::Delete, true),
            Asks::Reminder => desired.reminders = Some(Remind { after: Duration::from_secs(TICK), limit: 1 }),
        }
        desired
    }

    /// An id for a new attempt: the first that nobody remembers, so that ways that differ only in old ids meet again.
    fn fresh_id(&self) -> String {
        let guests = self.processes.iter().map(|process| &process.guest).chain([&self.guest]).flatten();
        let attempts = guests.filter_map(|guest| guest.record.invitation.attempt.as_ref()).map(|open| open.id.as_str());
        let passes = || self.processes.iter().flat_map(|process| &process.passes);
        let tickets = passes().filter_map(|pass| pass.ticket.as_ref()).map(|ticket| ticket.attempt.as_str());
        let answers = passes().filter_map(|pass| pass.answer.as_ref()).map(|(post, _)| post.attempt());
        let flights = passes().filter_map(|pass| pass.flight.as_ref()).chain(&self.orphans);
        let sent = flights.map(|flight| flight.post.attempt());
        let known: Vec<&str> = attempts.chain(tickets).chain(answers).chain(sent).collect();
        (1..=u8::MAX).map(|id| id.to_string()).find(|id| !known.contains(&id.as_str())).unwrap_or_default()
    }

    /// The claims as process `p` sees them.
    pub fn claims_of(&self, p: usize, mutation: Option<Mutation>) -> impl Claims {
        let live = (mutation != Some(Mutation::BelieveTheWatch)).then_some(&self.claims);
        Seen { process: &self.processes[p], live }
    }

    /// A process, to change it.
    pub fn process(&mut self, p: usize) -> &mut Process {
        Rc::make_mut(&mut self.processes[p])
    }

    /// What process `p` has seen in its pass over claim `c`, to change it.
    pub fn pass(&mut self, p: usize, c: usize) -> &mut ModelPass {
        &mut self.process(p).passes[c]
    }

    /// The record of the person, as the API server has it.
    pub fn record(&self) -> Option<&GuestRecord> {
        self.guest.as_ref().map(|guest| &*guest.record)
    }

    /// 128 bits of hash: enough to tell states apart in a set of millions. Worlds that differ only in what cannot matter
    /// share one: which of the two processes is which, and how often an object was written.
    pub fn fingerprint(&self) -> (u64, u64) {
        let mut processes = [0, 1].map(|p| {
            let mut lanes = HashLanes::new();
            let p = &self.processes[p];
            p.alive.hash(&mut lanes);
            for c in 0..CLAIMS {
                let current = p.views[c].as_ref().map(|view| self.claims[c].as_ref() == Some(view));
                (current, p.views[c].as_ref().map(|view| view.print()), &p.passes[c]).hash(&mut lanes);
            }
            let current = p.guest.as_ref().map(|view| self.guest.as_ref().is_some_and(|g| g.version == view.version));
            (current, p.guest.as_ref().map(|view| &view.record)).hash(&mut lanes);
            lanes.both()
        });
        processes.sort_unstable();
        let mut lanes = HashLanes::new();
        for object in &self.claims {
            object.as_ref().map(|object| object.print()).hash(&mut lanes);
        }
        (self.guest.as_ref().map(|guest| &guest.record), self.now, &self.user, processes).hash(&mut lanes);
        (&self.orphans, self.mails, self.accepted_mailed, self.sent_while_blocked).hash(&mut lanes);
        (self.uncertain, self.existed, self.vanished, &self.budget).hash(&mut lanes);
        (&self.removed, self.left, self.ended, self.stranger_deleted, self.unheard).hash(&mut lanes);
        lanes.both()
    }
}

impl Object {
    /// Whether it wants its guest.
    pub fn wants(&self) -> bool {
        self.deleting.is_none() && !self.spec.suspended
    }
}

impl Glance {
    /// As the decision is told of it.
    pub fn look(&self) -> Look {
        Look {
            taken_at: at(self.taken),
            graph_time: at(self.taken),
            users: self.shown.map(user).into_iter().collect(),
            deleted: self.deleted.as_ref().map(|deleted| deleted.iter().copied().map(id).collect()),
        }
    }
}

/// The record of a guest who was invited at tick 0 and is pending.
fn mailed() -> GuestRecord {
    let mut record = blank();
    record.user = Some(GuestUser { id: id(0), user_principal_name: None, origin: Origin::Invited, invited_at: None });
    record.made_in = Some("a".into());
    let (namespace, name, uid) = ("a".to_owned(), "guest".to_owned(), Some("1".to_owned()));
    record.owner =
        Some(Owner { namespace: namespace.clone(), name: name.clone(), uid: uid.clone(), ends: Ends::default() });
    record.claims = vec![ClaimRecord { namespace, name, uid, ..ClaimRecord::default() }];
    record.invitation.sent = 1;
    record.invitation.last_sent_at = Some(at(0));
    record.redemption =
        Some(Redemption { state: Some("PendingAcceptance".into()), changed_at: None, identity_provider: None });
    record.state = crate::plan::state(&record);
    record
}

/// The record of nobody yet.
pub fn blank() -> GuestRecord {
    GuestRecord::new("t", address().as_str(), "t")
}

/// The id of the `nth` user.
pub fn id(nth: u8) -> String {
    format!("user {nth}")
}

/// The user as a read shows them.
pub fn user(Shown { nth, created, accepted }: Shown) -> DirectoryUser {
    DirectoryUser {
        created_at: Some(at(created)),
        is_guest: true,
        external_state: Some(if accepted { "Accepted" } else { "PendingAcceptance" }.into()),
        identity_provider: "Unknown".into(),
        mail: Some(address().as_str().to_owned()),
        addresses: vec![address().as_str().to_owned()],
        ..DirectoryUser::new(id(nth))
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

    fn attempt(&self) -> &str {
        match self {
            Self::Send(attempt, _) | Self::Ask(attempt) => attempt,
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
