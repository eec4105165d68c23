//! (k): what `externalUserState` shows after a reset. The step changes the job title at the same time. That shows how
//! late the listing is, and so whether the state waits for the listing or for something else.

use std::time::{Duration, Instant};

use serde_json::{Map, json};

use super::super::people::FirstGuest;
use super::super::questions::ProbeQuestion::K;
use super::super::{Probe, Stop, Switch, made};
use super::accepted::state;
use crate::graph::{Graph, GraphError, Invitation, refused_reset};

const TITLE: &str = "guestlist probe";

/// When the changes showed, as time since the reset.
#[derive(Clone, Copy, Debug, Default)]
struct ShownChanges {
    /// The state, in a read by id.
    by_id: Option<Duration>,
    /// The job title, in a listing.
    listed: Option<Duration>,
}

impl Probe<'_> {
    pub(super) async fn reset(&mut self) -> Result<(), Stop> {
        let FirstGuest { id, address } = self.guest()?;
        let reset = Invitation { reset: Some(id.clone()), ..self.invitation(&address, false) };
        if let Err(error) = self.invite(&reset, None).await? {
            return Err(Stop::Unsettled(refused_reset(&error).explanation.message));
        }
        let began = Instant::now();
        let now = self.graph.user(&id).await?.map_or_else(|| "gone".to_owned(), |user| state(&user));
        match now.as_str() {
            "Accepted" => {}
            "PendingAcceptance" => {
                self.report.settled(K, K.about(), "PendingAcceptance at once", Switch::Default);
                return Ok(());
            }
            _ => {
                self.report.without_switch(K, K.about(), now, "the simulator shows no such state");
                return Ok(());
            }
        }
        let title = Map::from_iter([("jobTitle".to_owned(), json!(TITLE))]);
        self.graph.update_user(&id, &title, None).await?;
        let mut shown = ShownChanges::default();
        let look = async |graph: &Graph| {
            let user = graph.user(&id).await?;
            if shown.by_id.is_none() && user.is_some_and(|user| state(&user) == "PendingAcceptance") {
                shown.by_id = Some(began.elapsed());
            }
            let users = graph.find_by_address(&address).await?.users;
            if shown.listed.is_none() && users.iter().any(|user| user.job_title.as_deref() == Some(TITLE)) {
                shown.listed = Some(began.elapsed());
            }
            Ok::<_, GraphError>(shown.by_id.zip(shown.listed).map(|_| ()))
        };
        self.until("the state shows the reset", self.patience, look).await?;
        let (finding, switch) = conclude(shown, made::step(self.patience), self.patience);
        self.report.settled(K, K.about(), finding, switch);
        Ok(())
    }
}

/// Two changes count as simultaneous if they show within two looks of each other.
fn conclude(shown: ShownChanges, step: Duration, patience: Duration) -> (String, Switch) {
    let Some(by_id) = shown.by_id else {
        return (format!("still Accepted after {} s", patience.as_secs()), Switch::ResetLeavesTheState);
    };
    let together = shown.listed.is_some_and(|listed| listed.abs_diff(by_id) <= 2 * step + Duration::from_millis(200));
    let listed = shown.listed.map_or_else(
        || format!("not within {} s", patience.as_secs()),
        |listed| format!("after {:.1} s", listed.as_secs_f32()),
    );
    let finding = format!("PendingAcceptance after {:.1} s; a listing shows a change {listed}", by_id.as_secs_f32());
    (finding, if together { Switch::ResetShowsWithListing } else { Switch::ResetShowsAfterLag })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_waits_for_the_listing_or_for_something_else() {
        let seconds = |n: f32| Some(Duration::from_secs_f32(n));
        let switch = |by_id: Option<Duration>, listed: Option<Duration>| {
            conclude(ShownChanges { by_id, listed }, Duration::from_secs(1), Duration::from_secs(60)).1
        };
        assert_eq!(switch(seconds(9.0), seconds(10.5)), Switch::ResetShowsWithListing);
        assert_eq!(switch(seconds(3.0), seconds(10.5)), Switch::ResetShowsAfterLag);
        assert_eq!(switch(seconds(20.0), seconds(4.0)), Switch::ResetShowsAfterLag);
        assert_eq!(switch(seconds(3.0), None), Switch::ResetShowsAfterLag);
        assert_eq!(switch(None, seconds(3.0)), Switch::ResetLeavesTheState);
    }
}
