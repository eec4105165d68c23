//! The simulator's switches, by the names under which it turns them. They are written here as text, because the operator
//! does not stand on its simulator; a test holds that the simulator knows each of them.

/// One switch, turned as the directory has shown itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// None is turned: the simulator's default is the true one.
    Default,
    /// (a)
    PendingRepeatIsSilent,
    /// (a)
    OldTicketsAreDead,
    /// (b)
    AcceptedRepeatIsSilent,
    /// (b)
    AcceptedRepeatIsRefused,
    /// (c)
    SoftDeletedIsRestored,
    /// (c)
    SoftDeletedIsRefused,
    /// (d)
    RestrictedInvitesRefuseApps,
    /// (e)
    DeltaTracksTheState,
    /// (e)
    DeltaRefusesTheState,
    /// (f)
    OrNeedsAdvanced,
    /// (g)
    SponsorsByBind,
    /// (g)
    SponsorsRefused,
    /// (h)
    ServicePrincipalSponsors,
    /// (i)
    AutomaticRedemptionUnset,
    /// (i)
    AutomaticRedemptionAccepted,
    /// (j)
    RefusalsForbidden,
    /// (k)
    ResetShowsAfterLag,
    /// (k)
    ResetShowsWithListing,
    /// (k)
    ResetLeavesTheState,
    /// (l)
    AppPurgeRefused,
    /// What may happen to any invitation.
    UserNeverAppears,
}

impl Switch {
    /// Everything that a probe can print.
    pub const ALL: [Self; 22] = [
        Self::Default,
        Self::PendingRepeatIsSilent,
        Self::OldTicketsAreDead,
        Self::AcceptedRepeatIsSilent,
        Self::AcceptedRepeatIsRefused,
        Self::SoftDeletedIsRestored,
        Self::SoftDeletedIsRefused,
        Self::RestrictedInvitesRefuseApps,
        Self::DeltaTracksTheState,
        Self::DeltaRefusesTheState,
        Self::OrNeedsAdvanced,
        Self::SponsorsByBind,
        Self::SponsorsRefused,
        Self::ServicePrincipalSponsors,
        Self::AutomaticRedemptionUnset,
        Self::AutomaticRedemptionAccepted,
        Self::RefusalsForbidden,
        Self::ResetShowsAfterLag,
        Self::ResetShowsWithListing,
        Self::ResetLeavesTheState,
        Self::AppPurgeRefused,
        Self::UserNeverAppears,
    ];

    /// The simulator's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::PendingRepeatIsSilent => "pending-repeat-is-silent",
            Self::OldTicketsAreDead => "old-tickets-are-dead",
            Self::AcceptedRepeatIsSilent => "accepted-repeat-is-silent",
            Self::AcceptedRepeatIsRefused => "accepted-repeat-is-refused",
            Self::SoftDeletedIsRestored => "soft-deleted-is-restored",
            Self::SoftDeletedIsRefused => "soft-deleted-is-refused",
            Self::RestrictedInvitesRefuseApps => "restricted-invites-refuse-apps",
            Self::DeltaTracksTheState => "delta-tracks-the-state",
            Self::DeltaRefusesTheState => "delta-refuses-the-state",
            Self::OrNeedsAdvanced => "or-needs-advanced",
            Self::SponsorsByBind => "sponsors-by-bind",
            Self::SponsorsRefused => "sponsors-refused",
            Self::ServicePrincipalSponsors => "service-principal-sponsors",
            Self::AutomaticRedemptionUnset => "automatic-redemption-unset",
            Self::AutomaticRedemptionAccepted => "automatic-redemption-accepted",
            Self::RefusalsForbidden => "refusals-forbidden",
            Self::ResetShowsAfterLag => "reset-shows-after-lag",
            Self::ResetShowsWithListing => "reset-shows-with-listing",
            Self::ResetLeavesTheState => "reset-leaves-the-state",
            Self::AppPurgeRefused => "app-purge-refused",
            Self::UserNeverAppears => "user-never-appears",
        }
    }
}
