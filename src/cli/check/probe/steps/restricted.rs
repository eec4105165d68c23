//! (d): whether an application may invite when the directory lets only administrators and guest inviters do so. Only
//! the person can change this setting. The probe cannot.

use super::super::questions::ProbeQuestion::D;
use super::super::{Probe, Stop, Switch};
use crate::graph::GraphError;

/// What the person says about the setting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Restricted {
    guest_inviter: bool,
}

impl Probe<'_> {
    /// Asks for the setting before the first invitation. Returns nothing if the setting is another one, which leaves
    /// the question open.
    pub(super) async fn restricted(&mut self) -> Result<Option<Restricted>, Stop> {
        if !self.is_open(D) {
            return Ok(None);
        }
        if !self.by_application() {
            self.report.open(D, "you are signed in as a person; it is about applications");
            return Ok(None);
        }
        let setting = "In Entra under External collaboration settings: has Guest invite restrictions been \"Only users assigned to specific admin roles\" (allowInvitesFrom adminsAndGuestInviters) for an hour?";
        if self.person.saw(setting).await? != Some(true) {
            self.report.open(
                D,
                "needs tenant policy allowInvitesFrom=adminsAndGuestInviters: set it, wait an hour, and run again with --only d",
            );
            return Ok(None);
        }
        match self.person.saw("Does the application hold the role Guest Inviter?").await? {
            Some(guest_inviter) => Ok(Some(Restricted { guest_inviter })),
            None => {
                self.report.open(D, "you could not tell whether the application is a Guest Inviter");
                Ok(None)
            }
        }
    }

    /// Answers the question from the first invitation.
    pub(super) fn conclude_restricted(
        &mut self,
        Restricted { guest_inviter }: Restricted,
        refused: Option<&GraphError>,
    ) {
        let about = if guest_inviter { "with the role Guest Inviter" } else { "without the role Guest Inviter" };
        match (refused, guest_inviter) {
            (None, false) => self.report.settled(D, about, "the application may invite", Switch::Default),
            (Some(error), false) if error.status == Some(403) => {
                self.report.settled(D, about, format!("refused: {error}"), Switch::RestrictedInvitesRefuseApps);
            }
            (None, true) => self.report.without_switch(
                D,
                about,
                "the application may invite; take the role away, wait an hour, and run again with --only d",
                "it may so under either",
            ),
            (Some(error), true) if error.status == Some(403) => {
                self.report.without_switch(D, about, format!("refused: {error}"), "the simulator lets it invite");
            }
            (Some(error), _) => self.report.open(D, error.to_string()),
        }
    }
}
