//! The conditions and Events that have reasons.

/// Where a reason can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonPlace {
    /// Ready of a GuestInvitation.
    Guest,
    /// Its condition Invited.
    Invited,
    /// Its condition Redeemed.
    Redeemed,
    /// An Event about a GuestInvitation.
    Event,
    /// Ready of an EntraTenant, and of all its guests while it stands.
    Tenant,
    /// Reconciling of an EntraTenant.
    Reconciling,
    /// Its condition Authenticated, beside the reasons of Ready.
    Authenticated,
    /// Its condition Permitted.
    Permitted,
    /// Its condition InvitationsBlocked.
    Blocked,
    /// Its condition Mail.
    Mail,
    /// Ready of a GuestList.
    List,
}
