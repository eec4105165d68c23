//! The words for people: one state and one Ready condition for each reason that the decision gives.
//! Every sentence names the cause and, where a person can do something, the way out.

use super::{Record, Wanted, Why};
use crate::api::conditions::{Claim, INVITED, READY, RECONCILING, REDEEMED, STALLED, Truth};
use crate::api::{Ended, HowEnded, State};

/// What to say of a guest.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The one word.
    pub state: State,
    /// Ready first, then the others that stand.
    pub claims: Vec<Claim>,
}

/// How a reason reads: whether it is done, going on, or stuck.
enum Course {
    /// As wanted.
    Done,
    /// Still being worked on.
    Going,
    /// Wrong, and tried again.
    Retrying,
    /// Held by a person.
    Held,
    /// Stuck until somebody changes something.
    Stuck,
}

/// Puts `why` and the record into words.
pub fn verdict(wanted: &Wanted, record: &Record, why: &Why) -> Verdict {
    let (course, state, reason, message) = sentence(wanted, record, why);
    let ready = match course {
        Course::Done => Truth::True,
        Course::Going => Truth::Unknown,
        Course::Retrying | Course::Held | Course::Stuck => Truth::False,
    };
    let claim = |kind, status: Truth| Claim { kind, status, reason: reason.clone(), message: message.clone() };
    let mut claims = vec![claim(READY, ready)];
    claims.push(invited(record));
    claims.push(redeemed(record));
    match course {
        Course::Going | Course::Retrying => claims.push(claim(RECONCILING, Truth::True)),
        Course::Stuck => claims.push(claim(STALLED, Truth::True)),
        Course::Done | Course::Held => {}
    }
    Verdict { state, claims }
}

fn sentence(wanted: &Wanted, record: &Record, why: &Why) -> (Course, State, String, String) {
    let so_far = so_far(record);
    let address = &wanted.address;
    let (course, state, reason, message) = match why {
        Why::Deleting => (Course::Held, so_far, "Deleting", "The resource is being deleted; the guest stays in the directory.".into()),
        Why::Suspended => (Course::Held, so_far, "Suspended", "Held by spec.suspend: nothing is sent and nothing is followed. Set it to false to go on.".into()),
        Why::TenantNotReady { reason, message } => (Course::Retrying, so_far, reason.as_str(), message.clone()),
        Why::Duplicate { holder } => (
            Course::Stuck,
            State::Refused,
            "DuplicateAddress",
            format!("{address} is held by the GuestInvitation {holder}, which invited first or is older. Delete one of the two; when the holder goes, this one takes over."),
        ),
        Why::Blocked => (
            Course::Retrying,
            so_far,
            "InvitationsBlocked",
            "Microsoft blocks invitations from this directory because of suspicious activity; nothing is sent. Ask Microsoft support to lift the block, then annotate the EntraTenant with guestlist.dev/resume=<any new value>.".into(),
        ),
        Why::Problem { reason, message } => (Course::Stuck, State::Refused, reason.as_str(), message.clone()),
        Why::NotAllowed { reason, message } => (
            Course::Stuck,
            held_state(record, State::Refused),
            reason.as_str(),
            match &record.guest {
                None => message.clone(),
                Some(_) => format!("{message} The guest stays in the directory as they are; nothing new is sent or changed."),
            },
        ),
        Why::Awaiting { message } => (Course::Held, held_state(record, State::Pending), "ApprovalRequired", message.clone()),
        Why::Observing(would) => (
            Course::Held,
            so_far,
            "Observing",
            format!("The EntraTenant is in mode Observe, so nothing is done. In mode Active {address} would {would}."),
        ),
        Why::Updating => (Course::Going, so_far, "Updating", "The guest is being brought to what is declared.".into()),
        Why::NotAsDeclared(refusal) => (
            if WAITS.contains(&refusal.reason.as_str()) { Course::Retrying } else { Course::Stuck },
            so_far,
            refusal.reason.as_str(),
            refusal.message.clone(),
        ),
        Why::Restored => (Course::Done, so_far, "Restored", "The guest had been deleted from the directory and was brought back; no mail was sent.".into()),
        Why::Handled => (Course::Done, so_far, "NothingToSend", "No mail was sent on request: the guest has accepted, or nobody mails them (delivery: None).".into()),
        Why::Ended(ended) => {
            (Course::Held, ended_state(ended), ended.reason.as_str(), ended_message(ended))
        }
        Why::EndedBefore => (Course::Held, State::Withdrawn, "AccessEnded", "spec.accessUntil has passed, so the guest is not invited. Set a later time to invite them.".into()),
        Why::Offboarding => (Course::Going, so_far, "Offboarding", "The guest is being off-boarded as spec.deletionPolicy says.".into()),
        Why::OffboardingUnseen => (
            Course::Going,
            so_far,
            "Offboarding",
            "The guest is to be off-boarded, but the directory does not show the user yet, which can take minutes after an invitation. It is done as soon as it does; to let the resource go without it, set spec.deletionPolicy to Retain.".into(),
        ),
        Why::Queued => (Course::Going, so_far, "Queued", "Waits for its turn: invitations are paced for each tenant (spec.pacing of the EntraTenant), and Microsoft Graph may have asked to wait.".into()),
        Why::Sending => (Course::Going, State::Pending, "Sending", "The invitation is being sent.".into()),
        Why::Settling => (Course::Going, so_far, "Settling", "Whether an earlier invitation left is being found out, which can take minutes: the directory shows new guests late. Nothing is sent twice.".into()),
        Why::Uncertain => (
            Course::Done,
            so_far,
            "SentUncertain",
            "Nothing can tell whether a mail left for this guest; it counts as sent and is not repeated. Ask the guest, and share a link to the application if no mail came.".into(),
        ),
        Why::Refused(refusal) => (Course::Stuck, State::Refused, refusal.reason.as_str(), refusal.message.clone()),
        Why::AlreadyExists { user } => (
            Course::Stuck,
            State::Refused,
            "AlreadyExists",
            format!("{address} is in the directory already as user {user}, and spec.existing is Refuse. Set it to Adopt to take the guest over without a mail."),
        ),
        Why::InternalUser { user } => (
            Course::Stuck,
            State::Refused,
            "InternalUser",
            format!("{address} belongs to user {user}, a member of this directory: a member cannot be invited as a guest. Give them access as they are, or delete this resource."),
        ),
        Why::Adopted => (Course::Done, so_far, "Adopted", "The guest was in the directory already and is followed from now on; no mail was sent.".into()),
        Why::NotShownYet => (Course::Done, State::Invited, "Invited", invited_message(record)),
        Why::Invited { enabled: true } => (Course::Done, State::Invited, "Invited", invited_message(record)),
        Why::NeverShown => (
            Course::Stuck,
            State::Failed,
            "UserNeverAppeared",
            "Microsoft Graph took the invitation but the directory never showed the user. It is not invited again, because a mail may have left. Look for the guest in Entra; to start over, delete this resource and make it again.".into(),
        ),
        Why::Gone => (
            Course::Stuck,
            State::Withdrawn,
            "GuestGone",
            "The guest is gone from the directory: they left, or somebody removed them. They are not invited again by themselves; to do so, annotate this resource with guestlist.dev/resend=<any new value>.".into(),
        ),
        Why::Accepted { enabled: true } => (Course::Done, State::Accepted, "Accepted", accepted_message(record)),
        Why::Invited { enabled: false } | Why::Accepted { enabled: false } => (
            Course::Stuck,
            so_far,
            "AccountDisabled",
            "The guest's account is disabled in the directory, so they cannot sign in. Enable it in Entra.".into(),
        ),
    };
    (course, state, reason.to_owned(), message)
}

/// Refusals that pass by themselves within minutes.
const WAITS: [&str; 3] = ["NotReplicated", "GraphBusy", "AddressNotReplicated"];

fn ended_state(ended: &Ended) -> State {
    if ended.reason == "Expired" { State::Expired } else { State::Withdrawn }
}

/// The state of a guest for whom nothing new is done; `without` is that of one who is not in the directory.
fn held_state(record: &Record, without: State) -> State {
    match (&record.ended, &record.guest) {
        (Some(ended), _) => ended_state(ended),
        (None, Some(_)) => so_far(record),
        (None, None) => without,
    }
}

fn ended_message(ended: &Ended) -> String {
    let cause = match ended.reason.as_str() {
        "Expired" => "The guest did not accept within spec.expiresAfter.",
        _ => "spec.accessUntil has passed.",
    };
    let deed = match ended.how {
        HowEnded::Retained => "The user stays in the directory as they are.",
        HowEnded::Disabled => "The account was disabled.",
        HowEnded::Deleted => "The user was deleted; Entra keeps them restorable for 30 days.",
    };
    format!("{cause} {deed} Change the spec to take the guest back.")
}

/// The state that the record speaks of, whatever holds the guest now.
fn so_far(record: &Record) -> State {
    match (&record.guest, &record.redemption) {
        (Some(_), Some(redemption)) if redemption.has_accepted() => State::Accepted,
        (Some(_), _) => State::Invited,
        (None, _) => State::Pending,
    }
}

fn invited_message(record: &Record) -> String {
    match record.invitation.sent {
        0 => "The guest is in the directory; no mail was sent by this resource. They have not accepted yet.".into(),
        _ => "The invitation was sent. The guest has not accepted yet.".into(),
    }
}

fn accepted_message(record: &Record) -> String {
    let provider = record.redemption.as_ref().and_then(|redemption| redemption.identity_provider.clone());
    format!("The guest has accepted and signs in with: {}.", provider.unwrap_or_else(|| "Unknown".into()))
}

fn invited(record: &Record) -> Claim {
    let (status, reason, message) = match (&record.guest, record.invitation.sent) {
        (None, _) => (Truth::False, "NotInvited", "No invitation was made yet."),
        (Some(guest), _) if guest.origin == crate::api::Origin::Adopted => {
            (Truth::True, "Adopted", "The guest was in the directory already.")
        }
        (Some(_), 0) => (Truth::True, "AddedWithoutMail", "The guest was added; no mail was sent."),
        (Some(_), _) => (Truth::True, "Sent", "The invitation was sent."),
    };
    Claim { kind: INVITED, status, reason: reason.into(), message: message.into() }
}

fn redeemed(record: &Record) -> Claim {
    let accepted = so_far(record) == State::Accepted;
    let (reason, message) = if accepted {
        ("Accepted", accepted_message(record))
    } else {
        ("NotAccepted", "The guest has not accepted yet.".to_owned())
    };
    Claim { kind: REDEEMED, status: Truth::from(accepted), reason: reason.into(), message }
}
