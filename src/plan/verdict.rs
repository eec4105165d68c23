//! The words for people: one state and one Ready condition for each reason that the decision gives.
//! Every sentence names the cause and, where a person can do something, the way out.

use super::{Desired, Record, Why};
use crate::api::conditions::{Claim, INVITED, REDEEMED, Truth, whole_seconds};
use crate::api::{Course, Ended, Explanation, HowEnded, Reason, State};

/// What is said of a directory that is full, for the tenant and for each guest who waits.
pub const DIRECTORY_FULL: &str = "The directory holds as many objects as it may (Directory_QuotaExceeded), so nobody new can be invited. Delete what is not needed in Entra, for good and not only into the deleted users, or ask Microsoft for more. It is tried again every 20 minutes; to try at once, annotate the EntraTenant with guestlist.dev/resume=<any new value>.";

/// What to say of a guest.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The one word.
    pub state: State,
    /// Ready first, then the others that stand.
    pub claims: Vec<Claim>,
}

/// Puts `why` and the record into words.
pub fn verdict(desired: &Desired, record: &Record, why: &Why) -> Verdict {
    let (state, explanation) = sentence(desired, record, why);
    let (ready, beside) = Claim::ready(&explanation, course(why, explanation.reason));
    let claims = [ready, invited(record), redeemed(record)].into_iter().chain(beside).collect();
    Verdict { state, claims }
}

/// Who waits for the tenant goes on when the tenant does, however severe that is for the tenant.
fn course(why: &Why, reason: Reason) -> Course {
    match why {
        Why::TenantNotReady(trouble) if trouble.reason == Reason::GraphKeepsFailing => reason.course(),
        Why::TenantNotReady(_) | Why::Blocked | Why::DirectoryFull => reason.course().retried(),
        _ => reason.course(),
    }
}

fn sentence(desired: &Desired, record: &Record, why: &Why) -> (State, Explanation) {
    let so_far = so_far(record);
    let address = &desired.address;
    match why {
        Why::Deleting => {
            said(so_far, Reason::Deleting, "The resource is being deleted; the guest stays in the directory.")
        }
        Why::Suspended => said(
            so_far,
            Reason::Suspended,
            "Held by spec.suspend: nothing is sent and nothing is followed. Set it to false to go on.",
        ),
        Why::TenantNotReady(trouble) => (so_far, trouble.clone()),
        Why::Duplicate { holder } => said(
            State::Refused,
            Reason::DuplicateAddress,
            match holder {
                Some(holder) => format!(
                    "{address} is the guest of the GuestInvitation {holder} already. Delete one of the two; when the other goes, this one takes over."
                ),
                None => format!(
                    "{address} is the guest of another namespace already, so nothing is done here. Ask who runs the EntraTenant for an access rule with share: Allowed, which lets this namespace share the guest, or delete this resource."
                ),
            },
        ),
        Why::SamePerson { .. } => said(
            State::Refused,
            Reason::DuplicateAddress,
            format!(
                "{address} belongs to a user whom the directory knows by another address, and who is somebody's guest by that. Delete this resource; the platform team can look the person up (kubectl get guests)."
            ),
        ),
        Why::HeldByPlatform(Reason::Revoked) => said(
            record.ended.as_ref().map_or(so_far, ended_state),
            Reason::Revoked,
            "The platform team has revoked this person's access (spec.revoke of the Guest). Ask them.",
        ),
        Why::HeldByPlatform(_) => said(
            so_far,
            Reason::HeldByPlatform,
            "The platform team holds this person (spec.hold of the Guest), so nothing is sent or changed. Ask them.",
        ),
        Why::Shared { enabled: false, .. } => said(
            so_far,
            Reason::AccountDisabled,
            "The guest's account is disabled in the directory, so they cannot sign in. Ask the platform team.",
        ),
        Why::Shared { accepted, .. } => said(so_far, Reason::Shared, shared_message(desired, record, *accepted)),
        Why::SharedBefore => said(
            State::Withdrawn,
            Reason::AccessEnded,
            "spec.accessUntil has passed. The guest is out of the groups that this resource had added them to. The user stays as they are, because another namespace has them.",
        ),
        Why::Waiting => said(
            so_far,
            Reason::Queued,
            "Waits until what is under way for this person has come to its end: an invitation, a mail or an end that somebody else asked for.",
        ),
        Why::ResetWaits => said(
            so_far,
            Reason::ResetWaits,
            "The reset that was asked for waits while another namespace shares this guest, because whoever accepts then would have what that one gave too. Ask the platform team, who can allow it (spec.grant: Own of the Guest).",
        ),
        Why::Listing => said(
            so_far,
            Reason::Listing,
            "The operator has just started and reads all GuestInvitations first, so that nobody is taken from anybody.",
        ),
        Why::NotTheirAddress { several: false, .. } => said(
            State::Refused,
            Reason::AddressOfAnother,
            format!(
                "A user of the directory has {address} among their other addresses (otherMails), which does not prove that it is theirs. Have an administrator make it the mail of that user in Entra, or remove it there."
            ),
        ),
        Why::NotTheirAddress { several: true, .. } => said(
            State::Refused,
            Reason::AddressOfAnother,
            format!(
                "Several users of the directory have {address}, and it is not guessed which is meant. Have an administrator leave the address to one of them in Entra."
            ),
        ),
        Why::EndsStopped(stopped) => (so_far, stopped.clone()),
        Why::Followed { enabled: false, .. } => said(
            so_far,
            Reason::AccountDisabled,
            "The guest's account is disabled in the directory, so they cannot sign in. Enable it in Entra.",
        ),
        Why::Followed { accepted, .. } => said(so_far, Reason::Followed, followed_message(desired, record, *accepted)),
        Why::Blocked => said(
            so_far,
            Reason::InvitationsBlocked,
            "Microsoft blocks invitations from this directory because of suspicious activity; nothing is sent. Ask Microsoft support to lift the block, then annotate the EntraTenant with guestlist.dev/resume=<any new value>.",
        ),
        Why::DirectoryFull => said(so_far, Reason::DirectoryFull, DIRECTORY_FULL),
        Why::Problem(problem) => (State::Refused, problem.clone()),
        Why::NotAllowed(Explanation { reason, message }) => {
            let message = match &record.guest {
                None => message.clone(),
                Some(_) => {
                    format!("{message} The guest stays in the directory as they are; nothing new is sent or changed.")
                }
            };
            said(held_state(record, State::Refused), *reason, message)
        }
        Why::Awaiting { message } => {
            said(held_state(record, State::Pending), Reason::ApprovalRequired, message.clone())
        }
        Why::Observing(would) => said(
            so_far,
            Reason::Observing,
            format!("The EntraTenant is in mode Observe, so nothing is done. In mode Active {address} would {would}."),
        ),
        Why::Updating => said(
            held_state(record, so_far),
            Reason::Updating,
            "The operator is bringing the guest to what is declared.",
        ),
        Why::TakingBack { until } => said(
            held_state(record, so_far),
            Reason::Updating,
            format!(
                "The access had ended and is wanted again. The operator gives it back at {}: requests that carry the end out may be under way until then.",
                whole_seconds(*until)
            ),
        ),
        Why::NotAsDeclared(refusal) => (so_far, refusal.explanation()),
        Why::ChangedBack { properties, until } => said(
            so_far,
            Reason::ChangedBack,
            format!(
                "Somebody changes {} of the user back each time that the operator sets it, for example another cluster that declares the same user, or a synchronisation. Declare it in one place only. The audit log of Entra names who does it. The operator sets it again at {}.",
                properties.join(", "),
                whole_seconds(*until)
            ),
        ),
        Why::Restored => said(
            so_far,
            Reason::Restored,
            "The guest had been deleted from the directory and was brought back; no mail was sent.",
        ),
        Why::Handled => said(
            so_far,
            Reason::NothingToSend,
            "No mail was sent on request: the guest has accepted, or nobody mails them (delivery: None).",
        ),
        Why::Ended(ended) => said(ended_state(ended), ended.reason, ended_message(ended)),
        Why::EndedBefore => said(
            State::Withdrawn,
            Reason::AccessEnded,
            "spec.accessUntil has passed, so the guest is not invited. Set a later time to invite them.",
        ),
        Why::Offboarding => {
            said(so_far, Reason::Offboarding, "The guest is being off-boarded as spec.deletionPolicy says.")
        }
        Why::OffboardingUnseen => said(
            so_far,
            Reason::Offboarding,
            "The guest is to be off-boarded, but the directory does not show the user yet. This can take minutes after an invitation. The operator off-boards the guest as soon as the user shows. To let the resource go without that, set spec.deletionPolicy to Retain.",
        ),
        Why::Queued => said(
            so_far,
            Reason::Queued,
            "Waits for its turn: invitations are paced for each tenant (spec.pacing of the EntraTenant), and Microsoft Graph may have asked to wait.",
        ),
        Why::MailedLately { until } => said(
            so_far,
            Reason::MailedLately,
            format!(
                "The next mail to this person leaves at {until}, because they were mailed a short time ago. All mails to a person count, whoever asks for them (spec.pacing.perGuest of the EntraTenant)."
            ),
        ),
        Why::Sending => said(State::Pending, Reason::Sending, "The invitation is being sent."),
        Why::Settling => said(
            so_far,
            Reason::Settling,
            "The operator is finding out whether an earlier invitation left. This can take minutes, because the directory shows new guests late. Nothing is sent twice.",
        ),
        Why::SettlingUntil(until) => said(
            so_far,
            Reason::Settling,
            format!(
                "The operator is finding out whether an earlier invitation left: it stopped in the midst of that one, or the answer got lost. The directory shows new guests late and has time until {until}; soon afterwards the guest is brought forward by itself. Nothing is sent twice."
            ),
        ),
        Why::StillListed => said(
            so_far,
            Reason::Settling,
            "The directory still lists a user with this address, whom it does not have any more. Somebody has just deleted them. The operator looks again in half a minute, and goes on when the listing shows them no more.",
        ),
        Why::Uncertain => said(
            so_far,
            Reason::SentUncertain,
            "Nothing can tell whether a mail left for this guest; it counts as sent and is not repeated. Ask the guest, and share a link to the application if no mail came.",
        ),
        Why::Refused(refusal) => (State::Refused, refusal.explanation()),
        Why::AlreadyExists { .. } => said(
            State::Refused,
            Reason::AlreadyExists,
            format!(
                "{address} is in the directory already, and spec.existing is Refuse. Set it to Follow to see how they redeem, without a mail."
            ),
        ),
        Why::InternalUser { .. } => said(
            State::Refused,
            Reason::InternalUser,
            format!(
                "{address} belongs to a member of this directory, who cannot be invited as a guest. Members get access as members do: delete this resource, and ask an administrator."
            ),
        ),
        Why::Adopted => said(
            so_far,
            Reason::Adopted,
            "The guest was in the directory already and is followed from now on; no mail was sent.",
        ),
        Why::NotShownYet => said(State::Invited, Reason::Invited, invited_message(record)),
        Why::Invited { enabled: true } => said(State::Invited, Reason::Invited, invited_message(record)),
        Why::NeverShown => said(
            State::Failed,
            Reason::UserNeverAppeared,
            "Microsoft Graph took the invitation but the directory never showed the user. It is not invited again, because a mail may have left. Look for the guest in Entra; to start over, delete this resource and make it again.",
        ),
        Why::Gone => said(
            State::Withdrawn,
            Reason::GuestGone,
            "The guest is gone from the directory: they left, or somebody removed them. They are not invited again by themselves; to do so, annotate this resource with guestlist.dev/resend=<any new value>.",
        ),
        Why::Internal => said(
            State::Refused,
            Reason::InternalUser,
            "Somebody has made the guest an internal user of this directory, who is no guest any more: nothing is mailed or changed. Members get access as members do: delete this resource, which leaves the user as they are.",
        ),
        Why::Accepted { enabled: true } => said(State::Accepted, Reason::Accepted, accepted_message(record)),
        Why::Invited { enabled: false } | Why::Accepted { enabled: false } => said(
            so_far,
            Reason::AccountDisabled,
            "The guest's account is disabled in the directory, so they cannot sign in. Enable it in Entra.",
        ),
    }
}

fn said(state: State, reason: Reason, message: impl Into<String>) -> (State, Explanation) {
    (state, Explanation::new(reason, message))
}

fn ended_state(ended: &Ended) -> State {
    if ended.reason == Reason::Expired { State::Expired } else { State::Withdrawn }
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
    let cause = match ended.reason {
        Reason::Expired => "The guest did not accept within spec.expiresAfter.",
        _ => "spec.accessUntil has passed.",
    };
    let deed = match ended.how {
        HowEnded::Retained => "The user stays in the directory as they are.",
        HowEnded::Disabled => "The account was disabled.",
        HowEnded::Deleted => "The user was deleted; Entra keeps them restorable for 30 days.",
    };
    format!("{cause} {deed} Change the spec to take the guest back.")
}

/// What following means, with the fields of the spec that do nothing.
fn followed_message(desired: &Desired, record: &Record, accepted: bool) -> String {
    let mut idle = idle(desired);
    idle.extend(desired.access_until.is_some().then_some("accessUntil"));
    let way_out = "Where an access rule allows it, existing: Manage gives them effect.";
    let redeemed = so_far_redeemed(record, accepted);
    format!("The guest was in the directory before and is followed. {redeemed}{}", left(&idle, way_out))
}

/// What sharing means, with the fields of the spec that do nothing.
fn shared_message(desired: &Desired, record: &Record, accepted: bool) -> String {
    let mut idle = idle(desired);
    idle.extend((desired.redeem_as != desired.address).then_some("redeemAs"));
    let redeemed = so_far_redeemed(record, accepted);
    let left = left(&idle, "They are the other namespace's to say.");
    format!("The guest is shared with another namespace, which has invited them. {redeemed}{left}")
}

fn so_far_redeemed(record: &Record, accepted: bool) -> String {
    if accepted { accepted_message(record) } else { "They have not accepted yet.".into() }
}

/// The fields that change the user, and so do nothing for somebody whose user is left as it is.
fn idle(desired: &Desired) -> Vec<&'static str> {
    let mut idle = Vec::new();
    idle.extend((!desired.properties.is_empty()).then_some("displayName and profile"));
    idle.extend((!desired.relations[crate::api::RelationKind::Sponsors].is_empty()).then_some("sponsors"));
    idle.extend(desired.reminders.is_some().then_some("reminders"));
    idle.extend(desired.expires_after.is_some().then_some("expiresAfter"));
    idle.extend((desired.policy != crate::api::DeletionPolicy::Retain).then_some("deletionPolicy"));
    idle
}

fn left(idle: &[&str], way_out: &str) -> String {
    match idle {
        [] => String::new(),
        idle => format!(" Their user is left as it is, so these do nothing: {}. {way_out}", idle.join(", ")),
    }
}

/// The state that the record speaks of, whatever holds the guest now.
fn so_far(record: &Record) -> State {
    match (&record.guest, &record.redemption) {
        (Some(guest), _) if guest.internal => State::Refused,
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
        (None, _) => (Truth::False, Reason::NotInvited, "No invitation was made yet."),
        (Some(guest), _) if guest.origin == crate::api::Origin::Adopted => {
            (Truth::True, Reason::Adopted, "The guest was in the directory already.")
        }
        (Some(_), 0) => (Truth::True, Reason::AddedWithoutMail, "The guest was added; no mail was sent."),
        (Some(_), _) => (Truth::True, Reason::Sent, "The invitation was sent."),
    };
    Claim::new(INVITED, status, Explanation::new(reason, message))
}

fn redeemed(record: &Record) -> Claim {
    let accepted = so_far(record) == State::Accepted;
    let internal = record.guest.as_ref().is_some_and(|guest| guest.internal);
    let (reason, message) = match accepted {
        true => (Reason::Accepted, accepted_message(record)),
        false if internal => {
            (Reason::InternalUser, "The user is an internal one now, who has nothing to accept.".into())
        }
        false => (Reason::NotAccepted, "The guest has not accepted yet.".to_owned()),
    };
    Claim::new(REDEEMED, Truth::from(accepted), Explanation::new(reason, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Address;
    use crate::api::conditions::{READY, RECONCILING, STALLED};

    #[test]
    fn who_waits_for_the_tenant_is_not_stuck_though_the_tenant_may_be() {
        let desired = Desired::new(Address::new("guest@example.com"));
        let said = |why: Why| {
            let claims = verdict(&desired, &Record::default(), &why).claims.into_iter();
            let own = claims.filter(|claim| [READY, RECONCILING, STALLED].contains(&claim.kind));
            own.map(|claim| (claim.kind, claim.status, claim.explanation.reason)).collect::<Vec<_>>()
        };
        for reason in [Reason::PermissionMissing, Reason::GraphUnreachable] {
            let waits = said(Why::TenantNotReady(Explanation::new(reason, "No.")));
            assert_eq!(waits, [(READY, Truth::False, reason), (RECONCILING, Truth::True, reason)]);
        }
        let refused = said(Why::Problem(Explanation::new(Reason::InvalidDuration, "No.")));
        assert_eq!(refused[1], (STALLED, Truth::True, Reason::InvalidDuration));
    }

    #[test]
    fn an_end_or_a_pause_that_the_spec_declares_is_ready_once_it_is_carried_out() {
        let desired = Desired::new(Address::new("guest@example.com"));
        let own = |why: &Why| {
            let claims = verdict(&desired, &Record::default(), why).claims.into_iter();
            let own = claims.filter(|claim| [READY, RECONCILING, STALLED].contains(&claim.kind));
            own.map(|claim| (claim.kind, claim.status)).collect::<Vec<_>>()
        };
        let at = "2026-11-22T10:00:00Z".parse().unwrap();
        let mut declared = vec![Why::Suspended, Why::EndedBefore];
        for reason in [Reason::Expired, Reason::AccessEnded] {
            let ended = |how| Why::Ended(Ended { reason, at, how });
            declared.extend([HowEnded::Retained, HowEnded::Disabled, HowEnded::Deleted].map(ended));
        }
        for why in declared {
            assert_eq!(own(&why), [(READY, Truth::True)], "{why:?}");
        }
        for why in [Why::Offboarding, Why::OffboardingUnseen] {
            assert_eq!(own(&why), [(READY, Truth::Unknown), (RECONCILING, Truth::True)], "{why:?}");
        }
        let awaiting = Why::Awaiting { message: "Ask.".into() };
        for why in [Why::Deleting, Why::Observing("be invited".into()), awaiting] {
            assert_eq!(own(&why), [(READY, Truth::False)], "{why:?}");
        }
    }
}
