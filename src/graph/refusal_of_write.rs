//! Explains why Graph refused a write to a user, a group's members, sponsors or deleted users. As with invitations, the
//! status decides, and the text only chooses between reasons. An unknown text is shown unchanged.

use super::refusal::{PASSING, POLICY, TERMINAL, refusal};
use super::{Class, Feature, GraphError};
use crate::api::Reason;
use crate::plan::Refused;

/// A status and part of Graph's text, the reason they stand for, and what to do.
const KNOWN: [(u16, &str, Reason, &str); 9] = [
    (
        403,
        "not allowed to join this unified group",
        Reason::GuestsNotAllowed,
        "This Microsoft 365 group takes no guests, by its own setting or by the directory's. An administrator can allow them; or name a security group instead.",
    ),
    (
        403,
        "cannot be set by an application",
        Reason::NotForApplications,
        "No application can set one of these properties, whatever its permissions. Take it out of the spec and set it by hand.",
    ),
    (
        400,
        "on-premises mastered",
        Reason::OnPremises,
        "The object is synchronised from on-premises and can be changed only there.",
    ),
    (
        400,
        "originated within an external service",
        Reason::MailEnabledGroup,
        "The group is a distribution list or a mail-enabled security group: Exchange keeps its members. Name a security group or a Microsoft 365 group instead.",
    ),
    (
        400,
        "dynamic membership",
        Reason::DynamicGroup,
        "A rule decides who belongs to this group. Name a group with assigned members instead, or change the rule.",
    ),
    (
        400,
        "same value for property",
        Reason::ObjectConflict,
        "Another object of the directory has this value already, be it a user, a group or a contact. Free it there, or use another.",
    ),
    (
        400,
        "invalid value specified for property",
        Reason::InvalidProperty,
        "Graph does not take this value. Change it in the spec, or clear the property.",
    ),
    (
        400,
        "number of sponsors exceeds",
        Reason::TooManySponsors,
        "A guest has five sponsors at most. Take one away, in the spec or in Entra.",
    ),
    (
        400,
        "is read-only and cannot be set",
        Reason::InvalidProperty,
        "Graph lets nobody set this property. Take it out of the spec.",
    ),
];

/// Explains why Graph refused a write. `feature` is the feature that needed the write. `what` names the object of the
/// write, such as `the group Analysts`.
pub fn refused_write(error: &GraphError, feature: Feature, what: &str) -> Refused {
    let text = error.message.to_lowercase();
    let said = format!("Microsoft Graph said: {error}");
    if matches!(error.class, Class::Transient | Class::Throttled) {
        return refusal(Reason::GraphBusy, format!("{said}. It is tried again."), PASSING);
    }
    if error.status == Some(401) {
        let message = format!(
            "{what}: Microsoft Graph refused the token: check that the application belongs to this directory and cloud. It is tried again. {said}"
        );
        return refusal(Reason::AuthenticationFailed, message, PASSING);
    }
    let fits = |(status, mark, ..): &&(u16, &str, Reason, &str)| error.status == Some(*status) && text.contains(mark);
    if let Some((_, _, reason, way_out)) = KNOWN.iter().find(fits) {
        let wait = if error.status == Some(403) { POLICY } else { TERMINAL };
        return refusal(*reason, format!("{what}: {way_out} {said}"), wait);
    }
    // Graph reports both for some minutes after a creation. The 400 with "Request_BadRequest" has many other causes.
    let too_young =
        error.is_not_found() || (error.status == Some(400) && text.contains("not a valid reference update"));
    match error.status {
        _ if too_young => {
            let message = format!(
                "{what}: Microsoft Graph does not find all of it yet, which is usual for some minutes after a guest was made. It is tried again; if it stays so, look whether it was deleted. {said}"
            );
            refusal(Reason::NotReplicated, message, PASSING)
        }
        Some(403) => refusal(Reason::PermissionMissing, format!("{what}: {} {said}", grant(error, feature)), POLICY),
        _ => refusal(
            Reason::RefusedByGraph,
            format!("{what}: {said}. It is asked again in some hours; change the spec to ask at once."),
            TERMINAL,
        ),
    }
}

/// Which permission to grant, and which causes no permission can fix. Graph gives the same answer for all of them.
fn grant(error: &GraphError, feature: Feature) -> String {
    let beside = match error.operation {
        "addMember" | "removeMember" => format!(
            "A group that directory roles can be assigned to needs {} as well, adding users may need {}, and a group with dynamic membership lets nobody change its members.",
            Feature::RoleAssignableGroups.permission(),
            Feature::Profile.permission()
        ),
        "updateUser" | "deleteUser" | "restoreDeletedItem" => {
            "With it an application still cannot do this to somebody who holds a directory role; an administrator has to."
                .into()
        }
        _ => String::new(),
    };
    let space = if beside.is_empty() { "" } else { " " };
    format!(
        "The application needs the permission {}. Grant it, with admin consent, in Entra under App registrations; it may take an hour to apply.{space}{beside}",
        feature.permission()
    )
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;
    use crate::api::{Explanation, RelationKind};

    fn written(operation: &'static str, status: u16, code: &str, message: &str) -> Refused {
        let body = serde_json::json!({"error": {"code": code, "message": message}}).to_string();
        let error = GraphError::answered(operation, StatusCode::from_u16(status).unwrap(), &body, None, None);
        refused_write(&error, Feature::Relation(RelationKind::Groups), "the group Analysts")
    }

    #[test]
    fn a_missing_permission_is_named_with_what_else_it_can_be() {
        let denied = "Insufficient privileges to complete the operation.";
        let refused = written("addMember", 403, "Authorization_RequestDenied", denied);
        let Explanation { reason, message } = refused.explanation;
        assert_eq!((reason, refused.retry_after), (Reason::PermissionMissing, POLICY));
        for part in ["the group Analysts", "GroupMember.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "dynamic"]
        {
            assert!(message.contains(part), "{part}: {message}");
        }
        let message = written("deleteUser", 403, "Authorization_RequestDenied", denied).explanation.message;
        assert!(message.contains("directory role"), "{message}");
    }

    #[test]
    fn each_known_text_has_its_reason() {
        let bad = "Request_BadRequest";
        for (status, code, text, reason) in [
            (
                403,
                "Authorization_RequestDenied",
                "Guests users are not allowed to join this Unified Group due to policy setting.",
                Reason::GuestsNotAllowed,
            ),
            (
                400,
                bad,
                "Another object with the same value for property proxyAddresses already exists.",
                Reason::ObjectConflict,
            ),
            (
                400,
                bad,
                "Unable to update the specified properties for on-premises mastered Directory Sync objects.",
                Reason::OnPremises,
            ),
            (
                400,
                bad,
                "Unable to update the specified properties for objects that have originated within an external service.",
                Reason::MailEnabledGroup,
            ),
            (
                400,
                bad,
                "Invalid value specified for property 'usageLocation' of resource 'User'.",
                Reason::InvalidProperty,
            ),
            (400, bad, "Something that nobody has seen.", Reason::RefusedByGraph),
            (
                404,
                "Directory_ObjectNotFound",
                "Unable to read the company information from the directory.",
                Reason::NotReplicated,
            ),
            (400, bad, "Not a valid reference update.", Reason::NotReplicated),
            (409, "Directory_ConcurrencyViolation", "Please retry your request.", Reason::GraphBusy),
            (429, "TooManyRequests", "Too many requests", Reason::GraphBusy),
            (500, "InternalServerError", "", Reason::GraphBusy),
        ] {
            assert_eq!(written("addMember", status, code, text).explanation.reason, reason, "{text}");
        }
    }
}
