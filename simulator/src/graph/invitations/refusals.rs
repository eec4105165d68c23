//! What stands against an invitation before any guest is looked for: blocks, settings, lists, permissions.
//! The texts are those that people quote in issue threads, or those of the page "Troubleshoot common issues in B2B collaboration".

use super::request::Wanted;
use super::{forbidden, refused};
use crate::graph::access::Caller;
use crate::graph::errors::GraphError;
use crate::settings::AllowInvitesFrom;
use crate::state::World;
use crate::state::provider::domain;

pub(super) fn check(world: &World, caller: &Caller, wanted: &Wanted) -> Result<(), GraphError> {
    let policy = world.settings.policy_of(&caller.tenant);
    if policy.suspicious_activity_block {
        return Err(forbidden(
            "Invitations are blocked for this directory due to suspicious activity. Please contact Microsoft support for help.",
        ));
    }
    let restricted_refuses = policy.allow_invites_from == AllowInvitesFrom::AdminsAndGuestInviters
        && caller.user.is_none()
        && world.settings.variants.restricted_invites_refuse_apps;
    if policy.allow_invites_from == AllowInvitesFrom::None || restricted_refuses {
        return Err(forbidden(
            "Guest invitations not allowed for your company. Contact your company administrator for more details.",
        ));
    }
    // User.Invite.All is enough for an invitation, but not for a reset (page "Reset redemption status").
    let member = wanted.user_type == "Member" && world.settings.variants.member_needs_write_role;
    if (wanted.reset || member) && !caller.may_write_users() {
        return Err(forbidden("Generic authorization exception."));
    }
    let domain = domain(&wanted.email);
    if policy.cross_tenant_refuses(domain) {
        return Err(refused(
            "This invitation is blocked by cross-tenant access settings. Admins in both your organization and the invited user's organization must configure cross-tenant access settings to allow the invitation.",
        ));
    }
    if policy.list_refuses(domain) {
        return Err(refused(
            "The domain of the email address is blocked by the invitation policy of your organization. Contact your administrator.",
        ));
    }
    Ok(())
}
