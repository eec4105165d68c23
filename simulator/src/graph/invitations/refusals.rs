//! What stands against an invitation before any guest is looked for: blocks, settings, lists, permissions.
//! The texts are those that people quote in issue threads, or those of the page "Troubleshoot common issues in B2B collaboration".

use super::errors::{forbidden, refused};
use super::request::Wanted;
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
        && world.settings.variants.restricted_invites_refuse_apps
        && !world.tenant(&caller.tenant).is_some_and(|tenant| tenant.config.guest_inviter(&caller.app));
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
        return Err(by_policy(
            world,
            "The domain of the email address is blocked by the invitation policy of your organization. Contact your administrator.",
            "This invitation is blocked by your organization's collaboration restrictions.",
        ));
    }
    let mut groups = world.tenant(&caller.tenant).into_iter().flat_map(|tenant| tenant.groups.iter());
    let of_group = |address: &String| address.eq_ignore_ascii_case(&wanted.email);
    if world.settings.accounts.group_addresses.iter().any(of_group)
        || groups.any(|group| group.mail.as_ref().is_some_and(of_group))
    {
        return Err(by_policy(
            world,
            "Group email addresses aren't supported; enter the email address for an individual.",
            "The invited email address belongs to a group.",
        ));
    }
    if wanted.email.contains('+') {
        return Err(by_policy(
            world,
            "Invalid value specified for property 'invitedUserEmailAddress' of resource 'Invitation'.",
            "Email addresses with a plus sign are not supported.",
        ));
    }
    Ok(())
}

/// Nobody has published how these are refused: two ways are plausible.
fn by_policy(world: &World, text: &str, other: &str) -> GraphError {
    if world.settings.variants.refusals_forbidden { forbidden(other) } else { refused(text) }
}
