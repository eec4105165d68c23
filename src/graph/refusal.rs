//! What Graph's refusal of an invitation or of a reset means, as a reason and a sentence with the way out.
//! The texts are no contract ("Error responses", Graph): they choose the reason and nothing else; an unknown one is shown as it came.

use std::time::Duration;

use super::{Class, Feature, GraphError};

/// How long a refusal stands before the same is asked again: policies take up to an hour to apply.
pub(super) const POLICY: Duration = Duration::from_secs(20 * 60);
pub(super) const TERMINAL: Duration = Duration::from_secs(6 * 3600);
pub(super) const PASSING: Duration = Duration::from_secs(30);

/// How long until a change of a user has come to where invitations are made: mostly seconds.
const REPLICATION: Duration = Duration::from_secs(15);

/// A text that tells a case, its reason, and the way out, in which `{permission}` stands for the one to invite.
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
        "The application lacks the permission {permission}. Grant it, with admin consent, in Entra under App registrations.",
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
        Some((_, reason, way_out, wait)) => {
            let way_out = way_out.replace("{permission}", Feature::Invite.permission());
            ((*reason).into(), format!("{way_out} {said}"), *wait)
        }
        None if error.status == Some(403) => (
            "RefusedByGraph".into(),
            format!(
                "{said}. An administrator may find the cause in Entra, under External collaboration settings. It is asked again in 20 minutes; change the spec to ask at once."
            ),
            POLICY,
        ),
        None => (
            "RefusedByGraph".into(),
            format!("{said}. It is asked again in 6 hours; change the spec to ask at once."),
            TERMINAL,
        ),
    }
}

/// The same for a refused reset ("Reset redemption status for a guest user", Entra).
pub fn refused_reset(error: &GraphError) -> (String, String, Duration) {
    let text = error.message.to_lowercase();
    let said = format!("Microsoft Graph said: {error}");
    if error.status == Some(400) && text.contains("doesn't match any emails") {
        let message = format!(
            "Microsoft Graph does not see the new address on the user yet, which takes a moment after it was written. It is tried again. {said}"
        );
        return ("AddressNotReplicated".into(), message, REPLICATION);
    }
    let denied = error.code == "Authorization_RequestDenied" || text.contains("generic authorization exception");
    if error.status == Some(403) && denied {
        let message = format!(
            "A reset needs the permission {}; {} is not enough. Grant it, with admin consent, in Entra under App registrations. Nor can an application reset somebody who holds a directory role: take the role away first, or reset the redemption by hand in Entra. {said}",
            Feature::Reset.permission(),
            Feature::Invite.permission()
        );
        return ("PermissionMissing".into(), message, POLICY);
    }
    if error.is_not_found() {
        let message = format!("Microsoft Graph does not find the user to reset. It is tried again. {said}");
        return ("NotReplicated".into(), message, PASSING);
    }
    refused(error)
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;

    fn reset(status: u16, code: &str, message: &str) -> (String, String, Duration) {
        let body = serde_json::json!({"error": {"code": code, "message": message}}).to_string();
        let status = StatusCode::from_u16(status).unwrap();
        refused_reset(&GraphError::answered("resetRedemption", status, &body, None, None))
    }

    #[test]
    fn a_refused_reset_says_what_to_do() {
        let lag = "The email you're using to invite this user doesn't match any emails on the user object. Please add this email to the user object and try again.";
        assert_eq!(reset(400, "BadRequest", lag).0, "AddressNotReplicated");
        assert_eq!(reset(400, "BadRequest", lag).2, Duration::from_secs(15));
        for (code, text) in [
            ("Forbidden", "Generic authorization exception."),
            ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
        ] {
            let (reason, message, wait) = reset(403, code, text);
            assert_eq!((reason.as_str(), wait), ("PermissionMissing", POLICY));
            assert!(message.contains("User.ReadWrite.All") && message.contains("directory role"), "{message}");
        }
        assert_eq!(reset(404, "Request_ResourceNotFound", "Resource 'x' does not exist").0, "NotReplicated");
        assert_eq!(reset(503, "ServiceUnavailable", "later").0, "GraphBusy");
        assert_eq!(reset(400, "BadRequest", "Invitee is in inviter tenant").0, "OwnDomain");
        let not_allowed = "Guest invitations not allowed for your company. Contact your company administrator.";
        assert_eq!(reset(403, "Forbidden", not_allowed).0, "InvitationsNotAllowed");
    }
}
