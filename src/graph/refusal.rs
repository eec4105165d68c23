//! What Graph's refusal of an invitation means, as a reason and a sentence with the way out.
//! The texts are no contract ("Error responses", Graph): they choose the reason and nothing else; an unknown one is shown as it came.

use std::time::Duration;

use super::{Class, GraphError};

/// How long a refusal stands before the same is asked again: policies take up to an hour to apply.
const POLICY: Duration = Duration::from_secs(20 * 60);
const TERMINAL: Duration = Duration::from_secs(6 * 3600);
const PASSING: Duration = Duration::from_secs(30);

/// A text that tells a case, its reason, and the way out.
const KNOWN: [(&str, &str, &str, Duration); 10] = [
    (
        "account is blocked from signing in",
        "AccountDisabled",
        "The directory has this guest with a disabled account. Enable it in Entra, or delete the user there.",
        TERMINAL,
    ),
    (
        "already exists",
        "InternalUser",
        "The address belongs to a user of the directory that is no guest. Give them access as they are, or delete this resource.",
        TERMINAL,
    ),
    (
        "Invitee is in inviter tenant",
        "OwnDomain",
        "The address is in a domain of this directory: its people are members and cannot be guests.",
        TERMINAL,
    ),
    (
        "Guest invitations not allowed",
        "InvitationsNotAllowed",
        "The directory's external collaboration settings allow nobody to invite, or not this application. An administrator can change that in Entra, under External collaboration settings.",
        POLICY,
    ),
    (
        "cross-tenant access",
        "CrossTenantBlocked",
        "Cross-tenant access settings of this or of the guest's organisation block the invitation. The administrators have to allow it.",
        POLICY,
    ),
    (
        "Cross Cloud Worker",
        "CrossTenantBlocked",
        "The guest's organisation has disabled invitations across clouds.",
        TERMINAL,
    ),
    (
        "blocked by the invitation policy",
        "DomainBlocked",
        "The directory's collaboration restrictions block this domain. An administrator can change the list in Entra.",
        POLICY,
    ),
    (
        "not allowed by",
        "DomainBlocked",
        "The directory's collaboration restrictions do not allow this domain. An administrator can change the list in Entra.",
        POLICY,
    ),
    (
        "Insufficient privileges",
        "PermissionMissing",
        "The application lacks the permission User.Invite.All. Grant it, with admin consent, in Entra under App registrations.",
        POLICY,
    ),
    (
        "Generic authorization exception",
        "PermissionMissing",
        "The application lacks a permission or role for this invitation.",
        POLICY,
    ),
];

/// Reason, sentence and waiting time for a refused invitation.
pub fn refused(error: &GraphError) -> (String, String, Duration) {
    let text = error.message.to_lowercase();
    let said = format!("Microsoft Graph said: {}", error);
    if matches!(error.class, Class::Transient | Class::Throttled) {
        return ("GraphBusy".into(), format!("{said}. It is tried again."), PASSING);
    }
    match KNOWN.iter().find(|(mark, ..)| text.contains(&mark.to_lowercase())) {
        Some((_, reason, way_out, wait)) => ((*reason).into(), format!("{way_out} {said}"), *wait),
        None => (
            "RefusedByGraph".into(),
            format!("{said}. It is asked again in some hours; change the spec to ask at once."),
            if error.status == Some(403) { POLICY } else { TERMINAL },
        ),
    }
}
