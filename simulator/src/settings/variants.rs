//! One switch for each behaviour that no document settles.
//! The default is the likelier or the stricter way; the contrary ones are there to be tried.

use serde::{Deserialize, Serialize};

/// Behaviours that are documented nowhere, or reported both ways: a client has to be right under every one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Variants {
    /// Inviting an Accepted guest again, with sendInvitationMessage, sends a mail.
    pub accepted_repeat_mails: bool,
    /// Inviting an Accepted guest again is refused with 400; else it answers 201 and changes nothing.
    pub accepted_repeat_refused: bool,
    /// Inviting a pending guest again, with sendInvitationMessage, sends a mail.
    pub pending_repeat_mails: bool,
    /// What inviting the address of a soft-deleted guest does.
    pub soft_deleted: SoftDeleted,
    /// What a guest of a domain with automatic redemption is right after the invitation.
    pub automatic_redemption: AutomaticRedemption,
    /// Blocked domains, group addresses and plus signs are refused with 403 and other words; else with 400.
    pub refusals_forbidden: bool,
    /// An app may not delete a user for good (older text of "Permanently delete an item").
    pub app_purge_refused: bool,
    /// 201, a mail if wanted, and a user that never appears in the directory (reported in 2025).
    pub user_never_appears: bool,
    /// An older redeem link keeps working after a newer invitation.
    pub old_tickets_work: bool,
    /// The first page of every listing is empty and has a nextLink.
    pub empty_first_page: bool,
    /// `or` together with `any` needs an advanced query.
    pub or_over_collections_needs_advanced: bool,
    /// PATCH of `mail` to an address in use is refused (reported); else it is set and the proxy address is not added (documented).
    pub mail_clash_refused: bool,
    /// `invitedUserType: Member` needs an app that may write users; else User.Invite.All is enough.
    pub member_needs_write_role: bool,
    /// With `adminsAndGuestInviters`, an app may not invite (older text of "Create invitation"); the newer text drops that.
    pub restricted_invites_refuse_apps: bool,
    /// An invitation that asks for a mail, for an address the directory holds as a contact, still mails it.
    pub contact_clash_mails: bool,
    /// Adding a user to a group needs User.ReadWrite.All as well (older text of "Add members").
    pub membership_needs_user_write: bool,
    /// Removing a member that is none answers 404; else 400 with a text of its own.
    pub absent_reference_not_found: bool,
    /// A reference to a user that was just made answers 400, as app role assignments do; else 404.
    pub young_reference_bad_request: bool,
    /// What `externalUserState` shows right after a reset.
    pub state_after_reset: StateAfterReset,
    /// Converting an internal account needs an app that may write users; else User.Invite.All is enough.
    pub convert_needs_user_write: bool,
    /// PATCH of a user cuts white space off both ends of a text; else it keeps what came.
    pub profile_values_trimmed: bool,
    /// What a delta query does with `externalUserState`.
    pub delta_state: DeltaState,
    /// Each round of a delta query tells the last change of the round before once more.
    pub delta_replays: bool,
    /// A delta token that has ended answers 410 with a Location to begin anew; else 400.
    pub delta_expiry_resets: bool,
    /// A guest who is made an internal user loses the `creationType`; else it stays `Invitation`.
    pub conversion_clears_creation_type: bool,
    /// How `POST /invitations` takes sponsors.
    pub invited_sponsors: InvitedSponsors,
    /// Who sponsors a guest that an app invites without naming sponsors. A person's guests are sponsored by that person.
    pub default_sponsor: DefaultSponsor,
}

impl Default for Variants {
    fn default() -> Self {
        Self {
            accepted_repeat_mails: true,
            accepted_repeat_refused: false,
            pending_repeat_mails: true,
            automatic_redemption: AutomaticRedemption::Pending,
            refusals_forbidden: false,
            app_purge_refused: false,
            soft_deleted: SoftDeleted::NewUser,
            user_never_appears: false,
            old_tickets_work: true,
            empty_first_page: false,
            or_over_collections_needs_advanced: false,
            mail_clash_refused: true,
            member_needs_write_role: true,
            restricted_invites_refuse_apps: false,
            contact_clash_mails: true,
            membership_needs_user_write: false,
            absent_reference_not_found: false,
            young_reference_bad_request: false,
            state_after_reset: StateAfterReset::AtOnce,
            convert_needs_user_write: true,
            profile_values_trimmed: false,
            delta_state: DeltaState::Silent,
            delta_replays: false,
            delta_expiry_resets: false,
            conversion_clears_creation_type: false,
            invited_sponsors: InvitedSponsors::Inline,
            default_sponsor: DefaultSponsor::Nobody,
        }
    }
}

/// A name and what it turns.
type Turned = (&'static str, fn(&mut Variants));

/// Every switch that can be turned, each way it can be.
const TURNED: &[Turned] = &[
    ("default", |_| {}),
    ("accepted-repeat-is-silent", |v| v.accepted_repeat_mails = false),
    ("accepted-repeat-is-refused", |v| v.accepted_repeat_refused = true),
    ("pending-repeat-is-silent", |v| v.pending_repeat_mails = false),
    ("soft-deleted-is-restored", |v| v.soft_deleted = SoftDeleted::Restored),
    ("soft-deleted-is-refused", |v| v.soft_deleted = SoftDeleted::Refused),
    ("automatic-redemption-unset", |v| v.automatic_redemption = AutomaticRedemption::Unset),
    ("automatic-redemption-accepted", |v| v.automatic_redemption = AutomaticRedemption::Accepted),
    ("refusals-forbidden", |v| v.refusals_forbidden = true),
    ("app-purge-refused", |v| v.app_purge_refused = true),
    ("user-never-appears", |v| v.user_never_appears = true),
    ("old-tickets-are-dead", |v| v.old_tickets_work = false),
    ("empty-first-page", |v| v.empty_first_page = true),
    ("or-needs-advanced", |v| v.or_over_collections_needs_advanced = true),
    ("mail-clash-is-taken", |v| v.mail_clash_refused = false),
    ("member-needs-no-write-role", |v| v.member_needs_write_role = false),
    ("restricted-invites-refuse-apps", |v| v.restricted_invites_refuse_apps = true),
    ("contact-clash-is-silent", |v| v.contact_clash_mails = false),
    ("membership-needs-user-write", |v| v.membership_needs_user_write = true),
    ("absent-reference-not-found", |v| v.absent_reference_not_found = true),
    ("young-reference-is-bad-request", |v| v.young_reference_bad_request = true),
    ("reset-shows-after-lag", |v| v.state_after_reset = StateAfterReset::AfterLag),
    ("reset-shows-with-listing", |v| v.state_after_reset = StateAfterReset::WithListing),
    ("reset-leaves-the-state", |v| v.state_after_reset = StateAfterReset::Unchanged),
    ("convert-needs-no-write-role", |v| v.convert_needs_user_write = false),
    ("profile-values-are-trimmed", |v| v.profile_values_trimmed = true),
    ("delta-tracks-the-state", |v| v.delta_state = DeltaState::Tracked),
    ("delta-refuses-the-state", |v| v.delta_state = DeltaState::Refused),
    ("delta-replays", |v| v.delta_replays = true),
    ("delta-expiry-resets", |v| v.delta_expiry_resets = true),
    ("conversion-clears-creation-type", |v| v.conversion_clears_creation_type = true),
    ("sponsors-by-bind", |v| v.invited_sponsors = InvitedSponsors::Bind),
    ("sponsors-refused", |v| v.invited_sponsors = InvitedSponsors::Refused),
    ("service-principal-sponsors", |v| v.default_sponsor = DefaultSponsor::ServicePrincipal),
];

impl Variants {
    /// The default first, then one for each switch turned away from it, each by a name to filter by.
    /// Some show only with a lag or a policy that brings them out.
    pub fn all() -> Vec<(&'static str, Self)> {
        let turn = |(name, change): &Turned| {
            let mut variants = Self::default();
            change(&mut variants);
            (*name, variants)
        };
        TURNED.iter().map(turn).collect()
    }

    /// The default with several of [`Self::all`] laid over it, one after the other; the first unknown name is the error.
    pub fn turned<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, &'a str> {
        let mut variants = Self::default();
        for name in names {
            let (_, change) = TURNED.iter().find(|(known, _)| *known == name).ok_or(name)?;
            change(&mut variants);
        }
        Ok(variants)
    }
}

/// What a delta query does with `externalUserState`, which may lie outside the main store of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeltaState {
    /// Its change is told like any other.
    Tracked,
    /// It is shown, but its change alone is not told.
    Silent,
    /// It cannot be selected.
    Refused,
}

/// What a guest of a domain with automatic redemption is right after the invitation. Nobody asks it for consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AutomaticRedemption {
    /// `PendingAcceptance`, until it signs in for the first time.
    Pending,
    /// `externalUserState` is null and stays so.
    Unset,
    /// `Accepted`, with its identity.
    Accepted,
}

/// What inviting the address of a soft-deleted guest does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SoftDeleted {
    /// A new user with a new id; the deleted one stays where it is.
    NewUser,
    /// The deleted user comes back with its id, pending.
    Restored,
    /// 400, in the words reported for a soft-deleted internal user.
    Refused,
}

/// How `POST /invitations` takes sponsors: no vendor sample shows it, and most sovereign clouds do not know the property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InvitedSponsors {
    /// `invitedUserSponsors` with objects that have an `id`.
    Inline,
    /// `invitedUserSponsors@odata.bind` with links.
    Bind,
    /// Not at all.
    Refused,
}

/// Who sponsors a guest that an app invites without naming sponsors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DefaultSponsor {
    /// The guest has none.
    Nobody,
    /// The app's own service principal, which counts among the five.
    ServicePrincipal,
}

/// What `externalUserState` shows right after a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StateAfterReset {
    /// `PendingAcceptance`.
    AtOnce,
    /// What it was before, until `lag.resetStateMs` has passed.
    AfterLag,
    /// What it was before, even when read by id, until a listing shows the change too.
    WithListing,
    /// What it was before, until the guest has redeemed anew; only the time of that change tells.
    Unchanged,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::Variants;

    #[test]
    fn every_switch_is_turned_by_exactly_its_own_entries() {
        let all = Variants::all();
        let names: HashSet<&str> = all.iter().map(|(name, _)| *name).collect();
        assert_eq!((names.len(), all[0].clone()), (all.len(), ("default", Variants::default())));
        let json = |variants: &Variants| serde_json::to_value(variants).unwrap().as_object().unwrap().clone();
        let default = json(&all[0].1);
        let mut turned: HashSet<String> = HashSet::new();
        for (name, variants) in &all[1..] {
            let changed: Vec<(String, Value)> =
                json(variants).into_iter().filter(|(switch, value)| default[switch] != *value).collect();
            assert_eq!(changed.len(), 1, "{name}");
            turned.insert(changed[0].0.clone());
        }
        assert_eq!(turned, default.keys().cloned().collect());
    }
}
