//! What a process hands to the decision: the wish, the record, and what it sees, from the model's own short forms.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::api::{Existing, Explanation, GuestRecord, PerRelation, Reason};
use crate::plan::{
    Answer, ClaimKey, Claims, Demanded, Desired, GraphClock, KeptLink, Observed, Outcome, Post, Record, Refused,
    Remind, SendAt, Task, Tenant, Ticket, UserView, standing,
};
use crate::policy::Permission;
use crate::world::clock::{TICK, at};
use crate::world::directory::{address, id, nth};
use crate::world::objects::Object;
use crate::world::pass::{AnswerKey, PostKey, Process, Shown, Work, WorkEnd};
use crate::world::records::Records;
use crate::world::setting::Asks;
use crate::world::{CLAIMS, World};

const NAMES: [(&str, &str); CLAIMS] = [("a", "guest"), ("b", "guest")];
const RENAMED: (&str, &str) = ("a", "other");

/// The claims as one process sees them. One that it does not see it reads live before it counts as gone.
pub struct Seen<'a> {
    process: &'a Process,
    live: Option<&'a [Option<Object>; CLAIMS]>,
}

impl<'a> Seen<'a> {
    /// By process `p`, which reads nothing live if it believes its watch.
    pub fn by(world: &'a World, p: usize, believes: bool) -> Self {
        Self { process: &world.processes[p], live: (!believes).then_some(&world.claims) }
    }
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

fn at_name(namespace: &str, name: &str, claims: &[Option<Object>; CLAIMS]) -> Option<Object> {
    let at = |c: &usize| (namespace, name) == NAMES[*c] || (namespace, name) == RENAMED && *c == 1;
    (0..CLAIMS).find(at).and_then(|c| claims[c])
}

impl World {
    /// The claim in slot `c`, as the decision names it.
    pub fn key(&self, c: usize, uid: u8) -> ClaimKey {
        let (namespace, name) = if c == 1 && self.setting.rival.is_of_the_namespace() { RENAMED } else { NAMES[c] };
        ClaimKey { namespace: namespace.into(), name: name.into(), uid: uid.to_string() }
    }

    /// What process `p` hands to the decision on claim `c`: the wish, the record, what it sees.
    pub fn seen_by(&self, p: usize, c: usize, records: &Records) -> Option<(Desired, Record, Observed)> {
        let process = &self.processes[p];
        let view = process.views[c]?;
        let key = self.key(c, view.uid);
        let guest = process.guest.map(|guest| &records.get(guest.record).record);
        let record = guest.map(|guest| Record::of(guest, &key)).unwrap_or_default();
        let observed = self.observed(p, c, &key, guest, records);
        Some((self.desired(c, &view), record, observed))
    }

    fn observed(&self, p: usize, c: usize, key: &ClaimKey, guest: Option<&GuestRecord>, records: &Records) -> Observed {
        let process = &self.processes[p];
        let pass = &process.passes[c];
        Observed {
            tenant: Tenant::Ready { send_at: SendAt::Now },
            permission: process.permission(c),
            standing: standing(key, guest, false, &Seen::by(self, p, false)),
            elsewhere: BTreeMap::new(),
            barred: BTreeMap::new(),
            demanded: Demanded::default(),
            held: None,
            new_id: self.fresh_id(records).to_string(),
            ticket: pass
                .ticket
                .map(|ticket| Ticket { attempt: ticket.attempt.to_string(), decided_at: at(ticket.decided) }),
            look: pass.look.as_ref().map(|glance| glance.look()),
            user: match pass.fetched {
                None => UserView::Unknown,
                Some((_, None)) => UserView::Missing,
                Some((_, Some(shown))) => UserView::Found(Shown::user(shown)),
            },
            graph_clock: GraphClock::default(),
            user_read_at: pass.fetched.map(|(read, _)| at(read)),
            patched: BTreeMap::new(),
            rewritten: None,
            successor: self.setting.rival.is_of_the_namespace()
                && process.views[1 - c].is_some_and(|other| other.wants())
                && process.permission(1 - c) == Permission::Granted,
            shared: PerRelation::default(),
            removing: PerRelation::default(),
            lost: PerRelation::default(),
            ends_stopped: None,
            no_link_kept: false,
            mail_trouble: None,
            done: pass.done.map(|(work, end)| (work.task(), end.outcome())),
            answer: pass.answer.map(|(post, answer)| (post.post(), answer.answer())),
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
        desired.policy = self.policy(view);
        desired.existing = if self.setting.manages { Existing::Manage } else { Existing::Follow };
        // The policy that a scenario is about stands in the spec; else it is the tenant's default.
        desired.policy_by_name = self.setting.asks.ends();
        match self.setting.asks {
            Asks::Resend if c == 0 => desired.requests.resend = Some("please".into()),
            Asks::Reminder => desired.reminders = Some(Remind { after: TICK, limit: 1 }),
            Asks::Invitation | Asks::Resend | Asks::Visit | Asks::Stay | Asks::Left => {}
        }
        desired
    }

    /// An id for a new attempt: the first that nobody remembers, so that ways that differ only in old ids meet again.
    pub fn fresh_id(&self, records: &Records) -> u8 {
        let guests = self.processes.iter().map(|process| process.guest).chain([self.guest]).flatten();
        let attempts = guests.filter_map(|guest| records.get(guest.record).attempt);
        let passes = || self.processes.iter().flat_map(|process| &process.passes);
        let tickets = passes().filter_map(|pass| pass.ticket).map(|ticket| ticket.attempt);
        let answers = passes().filter_map(|pass| pass.answer).map(|(post, _)| post.attempt());
        let sent = self.flights().chain(self.orphans.iter()).map(|flight| flight.post.attempt());
        let known = attempts.chain(tickets).chain(answers).chain(sent).fold(0u32, |known, id| known | 1 << id);
        (1..32).find(|id| known & (1 << id) == 0).unwrap_or_default()
    }
}

impl Process {
    /// Whether anything new may be done for the claim, as far as the process has heard.
    pub fn permission(&self, c: usize) -> Permission {
        match self.views[c] {
            _ if !self.rules[c] => Permission::Refused(Explanation::new(Reason::NotAllowed, "no")),
            Some(view) if !view.approved => Permission::Awaited { message: "ask".into() },
            _ => Permission::Granted,
        }
    }
}

impl Work {
    pub fn task(self) -> Task {
        match self {
            Self::Delete(user) => Task::Delete(id(user)),
            Self::Restore(user) => Task::Restore(id(user)),
            Self::Enable(user) => Task::Enable { user: id(user), enabled: true },
            Self::Disable(user) => Task::Enable { user: id(user), enabled: false },
        }
    }

    /// The work that a task is; nothing where it is none on a user.
    pub fn of(task: &Task) -> Option<Self> {
        Some(match task {
            Task::Delete(user) => Self::Delete(nth(user)),
            Task::Restore(user) => Self::Restore(nth(user)),
            Task::Enable { user, enabled: true } => Self::Enable(nth(user)),
            Task::Enable { user, enabled: false } => Self::Disable(nth(user)),
            _ => return None,
        })
    }
}

impl WorkEnd {
    fn outcome(self) -> Outcome {
        match self {
            Self::Done => Outcome::Done,
            Self::Gone => Outcome::Gone,
            Self::TooYoung => Outcome::Refused(refused(TICK)),
            Self::Refused => Outcome::Refused(refused(HOURS)),
        }
    }
}

/// How long nothing is asked again that Graph refuses for good.
const HOURS: Duration = Duration::from_secs(6 * 3600);

/// A 4xx, after which it is asked again in a while.
fn refused(retry_after: Duration) -> Refused {
    Refused { explanation: Explanation::new(Reason::RefusedByGraph, "no"), retry_after }
}

impl PostKey {
    pub fn of(post: &Post) -> Self {
        let number = |attempt: &String| attempt.parse().unwrap();
        match post {
            Post::Send { attempt, kind } => Self::Send(number(attempt), *kind),
            Post::Ask { attempt } => Self::Ask(number(attempt)),
        }
    }

    fn post(&self) -> Post {
        match self {
            Self::Send(attempt, kind) => Post::Send { attempt: attempt.to_string(), kind: *kind },
            Self::Ask(attempt) => Post::Ask { attempt: attempt.to_string() },
        }
    }
}

impl AnswerKey {
    fn answer(&self) -> Answer {
        match self {
            Self::Done(tick, nth) => Answer::Done {
                invitation: "i".into(),
                user: id(*nth),
                graph_time: at(*tick),
                kept: KeptLink::default(),
            },
            Self::NotSent => Answer::NotSent,
            Self::Lost => Answer::Lost,
            Self::Refused => Answer::Refused(refused(HOURS)),
        }
    }
}
