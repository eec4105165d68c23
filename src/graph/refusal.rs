//! Explains why Graph refused an invitation or a reset: a reason, and a message that says what to do. Graph's texts are
//! no contract ("Error responses", Graph). They only choose the reason. An unknown text is shown unchanged.

use std::time::Duration;

use super::{Class, Feature, GraphError};
use crate::api::{Explanation, Reason};
use crate::plan::Refused;

/// How long to wait after a refusal before asking again. A changed policy takes up to an hour to apply.
pub(super) const POLICY: Duration = Duration::from_secs(20 * 60);
pub(super) const TERMINAL: Duration = Duration::from_secs(6 * 3600);
pub(super) const PASSING: Duration = Duration::from_secs(30);

/// How long a change of a user takes to reach the invitation service: usually seconds.
const REPLICATION: Duration = Duration::from_secs(15);

/// Part of Graph's text, the reason it stands for, what to do, and the wait. `{permission}` stands for the permission
/// to invite.
const KNOWN: [(&str, Reason, &str, Duration); 11] = [
    (
        "account is blocked from signing in",
        Reason::AccountDisabled,
        "The directory has this guest with a disabled account. Enable it in Entra, or delete the user there.",
        TERMINAL,
    ),
    (
        "Non-external user already exists",
        Reason::InternalUser,
        "The address belongs to a user of the directory that is no guest, perhaps to one who was deleted. Have an administrator look in Entra under Users and under Deleted users: give that user access as they are, or restore them or delete them for good. Or delete this resource.",
        TERMINAL,
    ),
    (
        "already exists",
        Reason::InternalUser,
        "The address belongs to a user of the directory that is no guest. Give them access as they are, or delete this resource.",
        TERMINAL,
    ),
    (
        "Invitee is in inviter tenant",
        Reason::OwnDomain,
        "The address is in a domain of this directory: its people are members and cannot be guests.",
        TERMINAL,
    ),
    (
        "Guest invitations not allowed",
        Reason::InvitationsNotAllowed,
        "The directory's external collaboration settings allow nobody to invite, or not this application. An administrator can change that in Entra, under External collaboration settings.",
        POLICY,
    ),
    (
        "cross-tenant access",
        Reason::CrossTenantBlocked,
        "Cross-tenant access settings of this or of the guest's organisation block the invitation. The administrators have to allow it.",
        POLICY,
    ),
    (
        "Cross Cloud Worker",
        Reason::CrossTenantBlocked,
        "The guest's organisation has disabled invitations across clouds.",
        TERMINAL,
    ),
    (
        "blocked by the invitation policy",
        Reason::DomainBlocked,
        "The directory's collaboration restrictions block this domain. An administrator can change the list in Entra.",
        POLICY,
    ),
    (
        "not allowed by",
        Reason::DomainBlocked,
        "The directory's collaboration restrictions do not allow this domain. An administrator can change the list in Entra.",
        POLICY,
    ),
    (
        "Insufficient privileges",
        Reason::PermissionMissing,
        "The application lacks the permission {permission}. Grant it, with admin consent, in Entra under App registrations.",
        POLICY,
    ),
    (
        "Generic authorization exception",
        Reason::PermissionMissing,
        "The application lacks a permission or role for this invitation.",
        POLICY,
    ),
];

/// Explains a refused invitation.
pub fn refused(error: &GraphError) -> Refused {
    let text = error.message.to_lowercase();
    let said = format!("Microsoft Graph said: {}", error);
    if error.class == Class::Full {
        return refusal(Reason::DirectoryFull, format!("{} {said}", crate::plan::DIRECTORY_FULL), POLICY);
    }
    if matches!(error.class, Class::Transient | Class::Throttled) {
        return refusal(Reason::GraphBusy, format!("{said}. It is tried again."), PASSING);
    }
    match KNOWN.iter().find(|(mark, ..)| text.contains(&mark.to_lowercase())) {
        Some((_, reason, way_out, wait)) => {
            let way_out = way_out.replace("{permission}", Feature::Invite.permission());
            refusal(*reason, format!("{way_out} {said}"), *wait)
        }
        None if error.status == Some(403) => refusal(
            Reason::RefusedByGraph,
            format!(
                "{said}. An administrator may find the cause in Entra, under External collaboration settings. It is asked again in 20 minutes; change the spec to ask at once."
            ),
            POLICY,
        ),
        None => refusal(
            Reason::RefusedByGraph,
            format!("{said}. It is asked again in 6 hours; change the spec to ask at once."),
            TERMINAL,
        ),
    }
}

/// A refusal that may be asked again after `retry_after`.
pub(super) fn refusal(reason: Reason, message: String, retry_after: Duration) -> Refused {
    Refused { explanation: Explanation { reason, message }, retry_after }
}

/// Explains a refused reset ("Reset redemption status for a guest user", Entra).
pub fn refused_reset(error: &GraphError) -> Refused {
    let text = error.message.to_lowercase();
    let said = format!("Microsoft Graph said: {error}");
    if error.status == Some(400) && text.contains("doesn't match any emails") {
        let message = format!(
            "Microsoft Graph does not see the new address on the user yet, which takes a moment after it was written. It is tried again. {said}"
        );
        return refusal(Reason::AddressNotReplicated, message, REPLICATION);
    }
    let denied = error.code == "Authorization_RequestDenied" || text.contains("generic authorization exception");
    if error.status == Some(403) && denied {
        let message = format!(
            "A reset needs the permission {}; {} is not enough. Grant it, with admin consent, in Entra under App registrations. Nor can an application reset somebody who holds a directory role: take the role away first, or reset the redemption by hand in Entra. {said}",
            Feature::Reset.permission(),
            Feature::Invite.permission()
        );
        return refusal(Reason::PermissionMissing, message, POLICY);
    }
    if error.is_not_found() {
        let message = format!("Microsoft Graph does not find the user to reset. It is tried again. {said}");
        return refusal(Reason::NotReplicated, message, PASSING);
    }
    refused(error)
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;

    fn reset(status: u16, code: &str, message: &str) -> Refused {
        let body = serde_json::json!({"error": {"code": code, "message": message}}).to_string();
        let status = StatusCode::from_u16(status).unwrap();
        refused_reset(&GraphError::answered("resetRedemption", status, &body, None, None))
    }

    fn invited(status: u16, body: &str) -> Refused {
        refused(&GraphError::answered("createInvitation", StatusCode::from_u16(status).unwrap(), body, None, None))
    }

    fn error(code: &str, message: &str) -> String {
        serde_json::json!({"error": {"code": code, "message": message}}).to_string()
    }

    #[test]
    fn a_page_of_a_proxy_is_not_kept_for_hours() {
        for status in [403, 404, 407] {
            let Refused { explanation, retry_after } = invited(status, "<html><title>Not here</title></html>");
            assert_eq!((explanation.reason, retry_after), (Reason::GraphBusy, PASSING), "{status}");
            let said = explanation.message;
            assert!(said.contains("proxy or gateway") && !said.contains("External collaboration"), "{said}");
        }
    }

    #[test]
    fn a_full_directory_is_told_as_such() {
        let text = "The directory object quota limit for the Tenant has been exceeded.";
        let Refused { explanation, .. } = invited(403, &error("Directory_QuotaExceeded", text));
        assert_eq!(explanation.reason, Reason::DirectoryFull);
        let said = explanation.message;
        assert!(said.contains("as many objects as it may") && !said.contains("External collaboration"), "{said}");
    }

    #[test]
    fn somebody_who_was_deleted_is_not_to_be_given_access() {
        let deleted = "Non-external user already exists with the given mail address and can't be invited.";
        let said = invited(400, &error("BadRequest", deleted)).explanation;
        assert!(said.message.contains("Deleted users") && said.message.contains("restore"), "{}", said.message);
        let there = "The invited user already exists in the directory as objectID: 4. They can use that account.";
        let there = invited(400, &error("BadRequest", there)).explanation;
        assert!(!there.message.contains("Deleted users"), "{}", there.message);
        assert_eq!((said.reason, there.reason), (Reason::InternalUser, Reason::InternalUser));
    }

    #[test]
    fn a_refused_reset_says_what_to_do() {
        let lag = "The email you're using to invite this user doesn't match any emails on the user object. Please add this email to the user object and try again.";
        assert_eq!(reset(400, "BadRequest", lag).explanation.reason, Reason::AddressNotReplicated);
        assert_eq!(reset(400, "BadRequest", lag).retry_after, Duration::from_secs(15));
        for (code, text) in [
            ("Forbidden", "Generic authorization exception."),
            ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
        ] {
            let Refused { explanation: Explanation { reason, message }, retry_after } = reset(403, code, text);
            assert_eq!((reason, retry_after), (Reason::PermissionMissing, POLICY));
            assert!(message.contains("User.ReadWrite.All") && message.contains("directory role"), "{message}");
        }
        assert_eq!(
            reset(404, "Request_ResourceNotFound", "Resource 'x' does not exist").explanation.reason,
            Reason::NotReplicated
        );
        assert_eq!(reset(503, "ServiceUnavailable", "later").explanation.reason, Reason::GraphBusy);
        assert_eq!(reset(400, "BadRequest", "Invitee is in inviter tenant").explanation.reason, Reason::OwnDomain);
        let not_allowed = "Guest invitations not allowed for your company. Contact your company administrator.";
        assert_eq!(reset(403, "Forbidden", not_allowed).explanation.reason, Reason::InvitationsNotAllowed);
    }
}
