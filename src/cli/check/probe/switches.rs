//! The switches of the simulator, by name. The names are text here, because the operator does not depend on the
//! simulator. A test checks that the simulator knows each of them.

/// One switch, set so that the simulator behaves as the directory does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// No switch: the simulator behaves like the directory by default.
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
    /// Any invitation may show this.
    UserNeverAppears,
}

impl Switch {
    /// Every switch that a probe can print.
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

    /// The name of the switch in the simulator.
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
