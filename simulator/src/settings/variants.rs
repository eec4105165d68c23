//! One switch for each behaviour that no document settles.
//! The default is the likelier or the stricter way; the contrary ones are there to be tried.

use serde::{Deserialize, Serialize};

/// Behaviours that are documented nowhere, or reported both ways: a client has to be right under every one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Variants {
    /// Inviting an Accepted guest again, with sendInvitationMessage, sends a mail.
    pub accepted_repeat_mails: bool,
    /// What inviting the address of a soft-deleted guest does.
    pub soft_deleted: SoftDeleted,
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
    /// What `externalUserState` shows right after a reset.
    pub state_after_reset: StateAfterReset,
    /// Converting an internal account needs an app that may write users; else User.Invite.All is enough.
    pub convert_needs_user_write: bool,
    /// PATCH of a user cuts white space off both ends of a text; else it keeps what came.
    pub profile_values_trimmed: bool,
    /// How `POST /invitations` takes sponsors.
    pub invited_sponsors: InvitedSponsors,
    /// Who sponsors a guest that an app invites without naming sponsors. A person's guests are sponsored by that person.
    pub default_sponsor: DefaultSponsor,
}

impl Default for Variants {
    fn default() -> Self {
        Self {
            accepted_repeat_mails: true,
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
            state_after_reset: StateAfterReset::AtOnce,
            convert_needs_user_write: true,
            profile_values_trimmed: false,
            invited_sponsors: InvitedSponsors::Inline,
            default_sponsor: DefaultSponsor::Nobody,
        }
    }
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
