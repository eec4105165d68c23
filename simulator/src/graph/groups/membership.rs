//! What stands against changing the members of a group: the caller, the group, the new member.

use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::settings::Variants;
use crate::state::group::Group;
use crate::state::user::User;

/// Whether the caller may change members at all: a switch asks for the permission to write users as well.
pub(super) fn permitted(variants: &Variants, caller: &Caller) -> Result<(), GraphError> {
    let allowed = !variants.membership_needs_user_write || caller.may_write_users();
    allowed.then_some(()).ok_or_else(GraphError::denied)
}

/// What stands against changing the members of a group, whoever they are.
pub(super) fn changeable(group: &Group, caller: &Caller) -> Result<(), GraphError> {
    if group.on_premises_sync_enabled {
        return Err(GraphError::bad_request(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        ));
    }
    // Distribution lists and mail-enabled security groups belong to Exchange.
    if group.mail_enabled && !group.is_unified() {
        return Err(GraphError::bad_request(
            "Unable to update the specified properties for objects that have originated within an external service.",
        ));
    }
    let role_missing = group.is_assignable_to_role && !caller.has(&["RoleManagement.ReadWrite.Directory"]);
    if group.is_dynamic() || role_missing {
        return Err(GraphError::denied());
    }
    Ok(())
}

/// What stands against one new member.
pub(super) fn welcome(group: &Group, user: &User) -> Result<(), GraphError> {
    if group.is_unified() && group.guests_not_allowed && user.user_type.as_deref() == Some("Guest") {
        return Err(GraphError::new(
            403,
            "Authorization_RequestDenied",
            "Guests users are not allowed to join this Unified Group due to policy setting.",
        ));
    }
    Ok(())
}
