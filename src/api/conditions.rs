//! Conditions by the kstatus rules: Ready always; Reconciling and Stalled only while they are true, and never both. A
//! condition keeps its transition time while its status is the same, so that an unchanged state needs no write.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use super::{Course, Explanation};

/// The resource is as its spec declares, as far as the operator can bring it.
pub const READY: &str = "Ready";
/// The guest is in the directory, invited or adopted.
pub const INVITED: &str = "Invited";
/// The guest has accepted.
pub const REDEEMED: &str = "Redeemed";
/// An approver has said yes or no to the guest as declared. The operator only reads this condition.
pub const APPROVED: &str = "Approved";
/// The field of a status beside that condition, in which who says yes names what they have read. The operator only reads it.
pub const APPROVAL: &str = "approval";
/// The operator is still working on it, or will try again.
pub const RECONCILING: &str = "Reconciling";
/// The operator cannot go on until somebody changes something.
pub const STALLED: &str = "Stalled";
/// The operator holds a token for the directory.
pub const AUTHENTICATED: &str = "Authenticated";
/// The application has the permissions that the guests need.
pub const PERMITTED: &str = "Permitted";
/// Microsoft has blocked invitations from the directory, or the operator was told so and waits.
pub const INVITATIONS_BLOCKED: &str = "InvitationsBlocked";
/// So many people were ended within an hour that nobody else is. Present only while it is true.
pub const ENDS_STOPPED: &str = "EndsStopped";
/// The directory cannot be read to its end, so redemptions do not show. Present only while it is true.
pub const SWEEP_FAILING: &str = "SweepFailing";
/// Whether the operator can mail by itself. Present only where `spec.mail` is given.
pub const MAIL: &str = "Mail";

/// The types that the operator writes. Conditions of any other type belong to others.
pub const WRITTEN: [&str; 11] = [
    READY,
    INVITED,
    REDEEMED,
    RECONCILING,
    STALLED,
    AUTHENTICATED,
    PERMITTED,
    INVITATIONS_BLOCKED,
    ENDS_STOPPED,
    SWEEP_FAILING,
    MAIL,
];

/// A condition's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// `True`.
    True,
    /// `False`.
    False,
    /// `Unknown`.
    Unknown,
}

impl Truth {
    fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl From<Course> for Truth {
    /// The status of Ready on this course.
    fn from(course: Course) -> Self {
        match course {
            Course::Done | Course::Unsure => Self::True,
            Course::Going => Self::Unknown,
            Course::Held | Course::Retrying | Course::Stuck => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

/// One condition as it is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The condition's type.
    pub kind: &'static str,
    /// Its status.
    pub status: Truth,
    /// Its reason and its message.
    pub explanation: Explanation,
}

impl Claim {
    /// The condition `kind` with `status`, explained by `explanation`.
    pub fn new(kind: &'static str, status: Truth, explanation: Explanation) -> Self {
        Self { kind, status, explanation }
    }

    /// Ready, and Reconciling or Stalled if one of them is true, for a resource that is on this course because of
    /// `explanation`.
    pub fn ready(explanation: &Explanation, course: Course) -> (Self, Option<Self>) {
        let beside = match course {
            Course::Going | Course::Retrying => Some(RECONCILING),
            Course::Stuck => Some(STALLED),
            Course::Done | Course::Unsure | Course::Held => None,
        };
        let beside = beside.map(|kind| Self::new(kind, Truth::True, explanation.clone()));
        (Self::new(READY, course.into(), explanation.clone()), beside)
    }
}

/// Merges `claims` into `before`. Conditions of `owned` types that are not claimed are removed. Conditions of other
/// types stay. The claims come first, in their order, so the same claims always give the same bytes.
pub fn merge(
    before: &[Condition],
    owned: &[&str],
    claims: &[Claim],
    generation: Option<i64>,
    now: Timestamp,
) -> Vec<Condition> {
    let claimed = claims.iter().map(|claim| {
        let old = before.iter().find(|condition| condition.type_ == claim.kind);
        let since = old
            .filter(|condition| condition.status == claim.status.as_str())
            .map_or_else(|| Time(whole_seconds(now)), |condition| condition.last_transition_time.clone());
        Condition {
            type_: claim.kind.to_owned(),
            status: claim.status.as_str().to_owned(),
            reason: claim.explanation.reason.to_string(),
            message: clipped(&claim.explanation.message),
            observed_generation: generation,
            last_transition_time: since,
        }
    });
    let others = before.iter().filter(|condition| {
        !owned.contains(&condition.type_.as_str()) && claims.iter().all(|claim| claim.kind != condition.type_)
    });
    claimed.chain(others.cloned()).collect()
}

/// The condition of type `kind`, if it is present.
pub fn find<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.type_ == kind)
}

/// Whether the condition of type `kind` is present with status `True`.
pub fn is_true(conditions: &[Condition], kind: &str) -> bool {
    find(conditions, kind).is_some_and(|condition| condition.status == Truth::True.as_str())
}

/// `time` in whole seconds, as Kubernetes stores it. A finer time would read back as a change.
pub fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// The message, short enough for the API server, which refuses a condition message over 32 KiB. A page of HTML from a
/// proxy must not make the status unwritable.
fn clipped(message: &str) -> String {
    const MOST: usize = 2048;
    match message.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &message[..end]),
        None => message.to_owned(),
    }
}
