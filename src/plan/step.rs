//! The steps that the decision can choose, and the reasons that it gives for them.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::{Record, Task};
use crate::api::{AttemptKind, Ended, Explanation, Reason, Refusal};
use crate::policy::Permission;

/// The one next thing to do for a guest.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Take a place in the tenant's queue of invitations.
    Queue,
    /// Look the address up, live; among the deleted too if nobody has it.
    Look,
    /// Look it up, live, among the deleted too whoever has it.
    LookAmongDeleted,
    /// Read the user by id, live.
    Fetch(String),
    /// Write this record under compare-and-swap; with `ticket` the writer may then act on its attempt.
    Write {
        /// The whole new record.
        record: Box<Record>,
        /// When the decision for the record's new attempt was made, by the wall clock.
        ticket: Option<Timestamp>,
        /// Why.
        why: Why,
    },
    /// Send one mail: `POST /invitations`, or the operator's own.
    Post(Post),
    /// Work on the resource or on a user whom the directory knows.
    Do(Task),
    /// Nothing until something changes, or until `again` has passed.
    Rest {
        /// Why.
        why: Why,
        /// How long until it is worth looking again.
        again: Option<Duration>,
    },
}

impl Step {
    /// What it asks of Graph or of a mail server, in one word; nothing where it asks neither.
    pub fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Look | Self::LookAmongDeleted => Some("look"),
            Self::Fetch(_) => Some("fetch"),
            // An intent is written only to be acted on.
            Self::Write { ticket: Some(_), .. } | Self::Post(_) => Some("send"),
            Self::Do(task) => task.operation(),
            Self::Queue | Self::Write { ticket: None, .. } | Self::Rest { .. } => None,
        }
    }
}

/// The step's name, without a person's data.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queue => f.write_str("queue"),
            Self::Look => f.write_str("look"),
            Self::LookAmongDeleted => f.write_str("look among the deleted"),
            Self::Fetch(_) => f.write_str("fetch"),
            Self::Write { why, .. } => write!(f, "write {why:?}"),
            Self::Post(post) => write!(f, "{post:?}"),
            Self::Do(task) => match task.would() {
                Some(would) => write!(f, "to {would}"),
                None => f.write_str("bind or find"),
            },
            Self::Rest { why, again } => write!(f, "rest {why:?} {again:?}"),
        }
    }
}

/// One request that may mail, or the question whether one did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Post {
    /// Act on the attempt: the request that may mail a person.
    Send {
        /// The attempt's id; acting uses up its ticket.
        attempt: String,
        /// What is sent.
        kind: AttemptKind,
    },
    /// Ask, without a mail, whether the address is known: the answer returns the user.
    Ask {
        /// The attempt that the question settles.
        attempt: String,
    },
}

impl Post {
    /// The attempt that it belongs to.
    pub fn attempt(&self) -> &str {
        match self {
            Self::Send { attempt, .. } | Self::Ask { attempt } => attempt,
        }
    }
}

/// Why a guest is where it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// The resource is being deleted.
    Deleting,
    /// `spec.suspend` holds it.
    Suspended,
    /// The EntraTenant is missing or cannot be worked with.
    TenantNotReady(Explanation),
    /// The person is another resource's guest.
    Duplicate {
        /// That resource, as `namespace/name`; nothing where it is in another namespace.
        holder: Option<String>,
    },
    /// The address belongs to the user of another Guest.
    SamePerson {
        /// What to call that Guest.
        guest: String,
    },
    /// The platform team holds the person, or has revoked their access.
    HeldByPlatform(Reason),
    /// Another namespace has the person, and this resource shares them.
    Shared {
        /// Whether they have accepted.
        accepted: bool,
        /// Whether the account is enabled.
        enabled: bool,
    },
    /// What is done for the person by another resource comes to its end first.
    Waiting,
    /// The time of a resource that shares the person is over.
    SharedBefore,
    /// A reset was asked for, and waits while another namespace shares the person.
    ResetWaits,
    /// Not all resources were read yet.
    Listing,
    /// The directory has the address where it does not tell whose it is.
    NotTheirAddress {
        /// A user who has it.
        user: String,
        /// Whether several have it.
        several: bool,
    },
    /// So many people were ended that a person has to say whether that is meant.
    EndsStopped(Explanation),
    /// Microsoft blocks invitations from the directory.
    Blocked,
    /// The directory holds as many objects as it may.
    DirectoryFull,
    /// The spec cannot be carried out in this tenant.
    Problem(Explanation),
    /// The tenant's rules, or somebody who may approve, say no to anything new for the guest.
    NotAllowed(Explanation),
    /// Somebody has to approve the guest first.
    Awaiting {
        /// What it waits for.
        message: String,
    },
    /// The tenant is only observed: what would be done.
    Observing(String),
    /// The user is being brought to what is declared.
    Updating,
    /// The guest is there, but Graph refuses a part of what is declared.
    NotAsDeclared(Refusal),
    /// Somebody changes back, again and again, what the operator writes.
    ChangedBack {
        /// The properties.
        properties: Vec<String>,
        /// When they are written once more.
        until: Timestamp,
    },
    /// The deleted user was brought back.
    Restored,
    /// A request annotation was acted on without a mail, because there is nothing to mail.
    Handled,
    /// The invitation expired or the access ended.
    Ended(Ended),
    /// Access ended before the guest was invited.
    EndedBefore,
    /// The user is being off-boarded.
    Offboarding,
    /// The access that had ended is given back as soon as nothing of the end can be under way any more.
    TakingBack {
        /// Then.
        until: Timestamp,
    },
    /// The user is to be off-boarded as soon as the directory shows them.
    OffboardingUnseen,
    /// Its turn comes later: pacing or Retry-After.
    Queued,
    /// The person was mailed so lately that the next mail waits.
    MailedLately {
        /// Until then.
        until: Timestamp,
    },
    /// A send is being made.
    Sending,
    /// It is being found out whether an earlier send arrived.
    Settling,
    /// The same; the directory has until then to show a guest whom the send made.
    SettlingUntil(Timestamp),
    /// A listing shows a user of the address, and a read by id shows nobody.
    StillListed,
    /// Whether the mail left cannot be told; it counts as sent.
    Uncertain,
    /// Graph refused.
    Refused(Refusal),
    /// The directory knows the address and `existing: Refuse` stands.
    AlreadyExists {
        /// The user's id.
        user: String,
    },
    /// The address belongs to a member of the directory.
    InternalUser {
        /// The user's id.
        user: String,
    },
    /// The guest was found and taken over.
    Adopted,
    /// The guest is in the directory and has not accepted.
    Invited {
        /// Whether the account is enabled.
        enabled: bool,
    },
    /// Graph took the invitation; the directory does not show the user yet.
    NotShownYet,
    /// Graph took the invitation and the directory never showed the user.
    NeverShown,
    /// The user is gone from the directory.
    Gone,
    /// The person was in the directory before, and is only followed.
    Followed {
        /// Whether they have accepted.
        accepted: bool,
        /// Whether the account is enabled.
        enabled: bool,
    },
    /// Somebody has made an internal user of the guest.
    Internal,
    /// The guest has accepted.
    Accepted {
        /// Whether the account is enabled.
        enabled: bool,
    },
}

impl Permission {
    /// Why to rest instead of doing anything new; nothing when it may be done.
    pub(super) fn hold(&self) -> Option<Why> {
        Some(match self.clone() {
            Self::Granted => return None,
            Self::Awaited { message } => Why::Awaiting { message },
            Self::Refused(explanation) => Why::NotAllowed(explanation),
            Self::Unknown { message } => Why::TenantNotReady(Explanation::new(Reason::NamespaceUnreadable, message)),
        })
    }
}

impl Step {
    /// Rest until something changes.
    pub fn rest(why: Why) -> Self {
        Self::Rest { why, again: None }
    }

    /// Rest until something changes, or `again` has passed.
    pub fn rest_for(why: Why, again: Duration) -> Self {
        Self::Rest { why, again: Some(again) }
    }

    /// Rest until `until`.
    pub fn rest_until(why: Why, until: Timestamp, now: Timestamp) -> Self {
        let left = Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO);
        Self::rest_for(why, left.max(Duration::from_millis(100)))
    }

    /// Rest until something changes, or until `next`.
    pub(super) fn rest_until_next(why: Why, next: Option<Timestamp>, now: Timestamp) -> Self {
        match next {
            Some(next) => Self::rest_until(why, next, now),
            None => Self::rest(why),
        }
    }

    /// Rest until the EntraTenant can be worked with.
    pub fn not_ready(trouble: Explanation) -> Self {
        Self::rest(Why::TenantNotReady(trouble))
    }

    /// Write `record`, without a right to act.
    pub fn write(record: Record, why: Why) -> Self {
        Self::Write { record: Box::new(record), ticket: None, why }
    }
}
