//! The conditions and Events that have reasons.

/// Where a reason can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonPlace {
    /// The condition Ready of a GuestInvitation.
    Guest,
    /// The condition Invited of a GuestInvitation.
    Invited,
    /// The condition Redeemed of a GuestInvitation.
    Redeemed,
    /// An Event about a GuestInvitation.
    Event,
    /// The condition Ready of an EntraTenant, and of all its guests while they wait for the tenant.
    Tenant,
    /// The condition Reconciling of an EntraTenant.
    Reconciling,
    /// The condition Authenticated of an EntraTenant. It can have the reasons of Ready as well.
    Authenticated,
    /// The condition Permitted of an EntraTenant.
    Permitted,
    /// The condition InvitationsBlocked of an EntraTenant.
    Blocked,
    /// The condition EndsStopped of an EntraTenant.
    EndsStopped,
    /// The condition SweepFailing of an EntraTenant.
    SweepFailing,
    /// The condition Mail of an EntraTenant.
    Mail,
    /// The condition Ready of a GuestList.
    List,
}
