//! What the API server takes the operator handles: every such guest is decided on to its end, in a world where all goes well.

use std::time::Duration;

use guestlist::api::{Delivery, Explanation, GuestInvitation, Mode, PerRelation, Reason};
use guestlist::controller::asked_for;
use guestlist::plan::{
    Answer, Decision, Desired, DirectoryUser, GraphClock, KeptLink, Look, Observed, Outcome, Post, Record, Refused,
    SendAt, Standing, Step, Task, Tenant, Ticket, Timing, UserView, Why, plan, verdict,
};
use guestlist::policy::Permission;
use guestlist::store::KnownClaim;
use jiff::Timestamp;

/// Far more steps than any guest needs.
const MOST: usize = 60;

/// Decides on `guest` until there is nothing left to do, in mode Active and in mode Observe.
pub fn guest(guest: &GuestInvitation) {
    // What is wrong with an address or a URL the API server says first.
    assert_eq!(guest.spec.fault(), None, "{:?}", guest.spec);
    for mode in [Mode::Active, Mode::Observe] {
        let wanted = asked_for(&KnownClaim::of(guest), &Default::default(), mode == Mode::Observe);
        let mut way = Way::new(wanted);
        let why = way.follow(guest);
        let verdict = verdict(&way.wanted, &way.record, &why);
        for claim in &verdict.claims {
            assert!(claim.explanation.message.ends_with('.'), "no sentence: {claim:?} {:?}", guest.spec);
        }
        let held = mode == Mode::Observe || guest.spec.suspend || way.wanted.problem.is_some();
        assert!(way.sends <= usize::from(!held), "{} mails and {why:?}: {:?}", way.sends, guest.spec);
        let ended = guest.spec.access_until.is_some_and(|until| until <= way.now);
        let mails = way.wanted.delivery != Delivery::None;
        assert_eq!(way.sends, usize::from(!held && !ended && mails), "{why:?}: {:?}", guest.spec);
    }
}

/// A guest on the way, and what is known.
struct Way {
    wanted: Desired,
    record: Record,
    seen: Observed,
    now: Timestamp,
    sends: usize,
}

impl Way {
    fn new(wanted: Desired) -> Self {
        let seen = Observed {
            tenant: Tenant::Ready { send_at: SendAt::Unqueued },
            permission: Permission::Granted,
            standing: Standing::Ours,
            elsewhere: Default::default(),
            barred: Default::default(),
            demanded: Default::default(),
            held: None,
            new_id: "attempt".into(),
            ticket: None,
            look: None,
            user: UserView::Unknown,
            graph_clock: GraphClock::default(),
            user_read_at: None,
            patched: Default::default(),
            rewritten: None,
            successor: false,
            shared: PerRelation::default(),
            removing: PerRelation::default(),
            lost: PerRelation::default(),
            ends_stopped: None,
            no_link_kept: false,
            mail_trouble: None,
            answer: None,
            done: None,
        };
        Self { wanted, record: Record::default(), seen, now: "2026-11-22T10:00:00Z".parse().unwrap(), sends: 0 }
    }

    fn follow(&mut self, guest: &GuestInvitation) -> Why {
        for _ in 0..MOST {
            let step = plan(Decision {
                desired: &self.wanted,
                record: &self.record,
                observed: &self.seen,
                now: self.now,
                timing: &Timing::default(),
            });
            self.now += Duration::from_millis(10);
            match step {
                // The directory shows the guest now.
                Step::Rest { why: Why::NotShownYet | Why::Settling | Why::SettlingUntil(_), .. }
                    if self.seen.user == UserView::Unknown =>
                {
                    self.show()
                }
                Step::Rest { why, .. } => return why,
                Step::Write { record, ticket, .. } => {
                    let attempt = record.invitation.attempt.as_ref().map(|attempt| attempt.id.clone());
                    self.seen.ticket = ticket.zip(attempt).map(|(decided_at, attempt)| Ticket { attempt, decided_at });
                    self.record = *record;
                    self.seen.answer = None;
                    self.seen.done = None;
                }
                Step::Queue => self.seen.tenant = Tenant::Ready { send_at: SendAt::Now },
                Step::Look | Step::LookAmongDeleted => {
                    let (taken_at, graph_time) = (self.now, self.now);
                    self.seen.look = Some(Look { taken_at, graph_time, users: Vec::new(), deleted: Some(Vec::new()) });
                }
                Step::Fetch(_) => self.show(),
                Step::Post(post) => self.post(post),
                Step::Do(task) => self.carry_out(task),
            }
        }
        panic!("no end after {MOST} steps: {:?}", guest.spec);
    }

    fn post(&mut self, post: Post) {
        self.seen.ticket = None;
        let mails = |kind| self.wanted.mails() && !matches!(kind, guestlist::api::AttemptKind::Add);
        let by_ourselves = self.wanted.delivery == Delivery::Mail && self.record.guest.is_some();
        if matches!(post, Post::Send { kind, .. } if mails(kind)) {
            self.sends += 1;
        }
        let answer = match by_ourselves {
            true => Answer::Mailed { at: self.now },
            false => Answer::Done {
                invitation: "invitation".into(),
                user: "user".into(),
                graph_time: self.now,
                kept: self.kept(),
            },
        };
        self.seen.answer = Some((post, answer));
    }

    /// A new link is kept where it is wanted.
    fn kept(&self) -> KeptLink {
        let digest = (self.wanted.delivery == Delivery::Mail).then(|| "digest".into());
        KeptLink { digest, copy: self.wanted.link_secret.clone() }
    }

    fn carry_out(&mut self, task: Task) {
        let outcome = match &task {
            Task::Bind(bound) => {
                self.wanted.finalizer = *bound;
                return;
            }
            Task::KeepLink { .. } => {
                self.seen.no_link_kept = true;
                return;
            }
            Task::Link { .. } => Outcome::Linked(self.kept()),
            // Nobody knows of such objects.
            Task::FindRelated { .. } | Task::AddRelations { .. } => Outcome::Refused(Refused {
                explanation: Explanation::new(Reason::GroupNotFound, "There is no such group."),
                retry_after: Duration::from_secs(3600),
            }),
            Task::Update { changes, .. } => {
                self.seen.patched.extend(changes.clone());
                Outcome::Done
            }
            _ => Outcome::Done,
        };
        self.seen.done = Some((task, outcome));
    }

    fn show(&mut self) {
        self.seen.user_read_at = Some(self.now);
        self.seen.user = UserView::Found(DirectoryUser {
            user_principal_name: Some("guest#EXT#@contoso.example".into()),
            created_at: Some(self.now),
            is_guest: true,
            external_state: Some("PendingAcceptance".into()),
            external_state_since: Some(self.now),
            addresses: vec![self.wanted.address.as_str().to_owned()],
            ..DirectoryUser::new("user".into())
        });
    }
}
