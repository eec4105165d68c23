//! The invitation mail, as it would be sent (page "Elements of the B2B collaboration invitation email").
//! An app's own words never reach the guest, and nothing tells the app so.

use super::request::Wanted;
use crate::graph::access::Caller;
use crate::journal::{MailEntry, MailKind};
use crate::state::World;
use crate::state::invitation::Invitation;
use crate::state::provider::domain;
use crate::state::user::User;

pub(super) fn send(
    world: &mut World,
    caller: &Caller,
    wanted: &Wanted,
    guest: &User,
    invitation: &Invitation,
    redeem_url: &str,
) {
    let at = world.now();
    let policy = world.settings.policy_of(&caller.tenant);
    if policy.unsubscribed.iter().any(|address| address.eq_ignore_ascii_case(&wanted.email)) {
        return;
    }
    let automatic = policy.redeems_automatically(domain(&wanted.email));
    let Some(tenant) = world.tenant(&caller.tenant) else {
        return;
    };
    let inviting_user = caller.user.as_deref().and_then(|id| tenant.directory.get(id));
    let inviter =
        inviting_user.and_then(|user| user.display_name.clone()).unwrap_or_else(|| tenant.config.display_name.clone());
    let own_words = wanted.body.clone().filter(|_| inviting_user.is_some_and(|user| user.mail.is_some()));
    let entry = MailEntry {
        seq: 0,
        at,
        from: tenant.config.inviting_address(),
        reply_to: inviting_user.and_then(|user| user.mail.clone()),
        message_id: None,
        tenant: tenant.config.id.clone(),
        kind: if automatic { MailKind::Notification } else { MailKind::Invitation },
        to: wanted.email.clone(),
        cc: wanted.cc.clone(),
        language: language(world, wanted, guest, tenant.config.language.as_deref()),
        subject: if automatic {
            format!("You’ve been added as a guest of {}", tenant.config.display_name)
        } else {
            format!("{inviter} invited you to collaborate with {}", tenant.config.primary_domain())
        },
        inviter,
        body: own_words,
        redeem_link: Some(redeem_url.to_owned()),
        invitation_id: Some(invitation.id.clone()),
        user_id: guest.id.clone(),
    };
    world.journal.mail(entry);
}

/// The request, the guest, the guest's organisation, this organisation, English.
fn language(world: &World, wanted: &Wanted, guest: &User, own: Option<&str>) -> String {
    // With a body of one's own the language is ignored (page "invitedUserMessageInfo resource type").
    let asked = wanted.language.clone().filter(|_| wanted.body.is_none());
    let preferred = guest.property("preferredLanguage").as_str().map(str::to_owned);
    let mut homes = world.settings.accounts.entra_languages.iter();
    let home = homes.find(|(name, _)| name.eq_ignore_ascii_case(domain(&wanted.email))).map(|(_, tag)| tag.clone());
    asked.or(preferred).or(home).or_else(|| own.map(str::to_owned)).unwrap_or_else(|| "en-US".to_owned())
}
