//! (i): the state of a guest right after an invitation, when both organisations have agreed on automatic redemption.

use super::super::questions::ProbeQuestion::I;
use super::super::{Probe, Stop, Switch};
use super::accepted::state;

impl Probe<'_> {
    pub(super) fn will_redeem_automatically(&self) -> Result<String, Stop> {
        match &self.people.automatic {
            Some(address) => Ok(format!(
                "Invite {address} without a mail, who redeems automatically. Makes a guest; their own directory may tell them."
            )),
            None => Err(Stop::Unsettled(
                "it needs an organisation with automatic redemption: run again with --only i --automatic EMAIL".into(),
            )),
        }
    }

    pub(super) async fn redeem_automatically(&mut self) -> Result<(), Stop> {
        let address = self.people.automatic.clone().unwrap_or_default();
        let invited = self.invite_silently(&address).await?;
        let state = state(&self.appears(&invited.user_id).await?);
        let status = invited.status.unwrap_or_else(|| "null".into());
        let finding = format!("status {status}, externalUserState {state}");
        match state.as_str() {
            "PendingAcceptance" => self.report.settled(I, I.about(), finding, Switch::Default),
            "Accepted" => self.report.settled(I, I.about(), finding, Switch::AutomaticRedemptionAccepted),
            "null" => self.report.settled(I, I.about(), finding, Switch::AutomaticRedemptionUnset),
            _ => self.report.without_switch(I, I.about(), finding, "the simulator shows no such state"),
        }
        Ok(())
    }
}
