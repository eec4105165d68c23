//! (c): what an invitation of a deleted guest does. (l): whether an application may delete a user for good.

use super::super::people::FirstGuest;
use super::super::questions::ProbeQuestion::{C, L};
use super::super::{Probe, Stop, Switch};
use crate::graph::{Graph, GraphError};

impl Probe<'_> {
    pub(super) async fn delete(&mut self) -> Result<(), Stop> {
        let id = self.guest()?.id;
        // Graph may answer 404 to this for some minutes after the user was created.
        let look = async |graph: &Graph| {
            if graph.user(&id).await?.is_some() {
                graph.delete_user(&id, None).await?;
                return Ok::<_, GraphError>(None);
            }
            Ok(graph.deleted_user(&id).await?.map(|_| ()))
        };
        match self.until("the guest is among the deleted users", self.patience, look).await? {
            Some(()) => Ok(()),
            None => Err(Stop::Unsettled("the guest has not shown among the deleted users".into())),
        }
    }

    pub(super) async fn invite_deleted(&mut self) -> Result<(), Stop> {
        let FirstGuest { id, address } = self.guest()?;
        let invited = match self.invite(&self.invitation(&address, false), None).await? {
            Ok(invited) => invited,
            Err(error) if error.status == Some(400) => {
                self.report.settled(C, C.about(), format!("refused: {error}"), Switch::SoftDeletedIsRefused);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.appears(&invited.user_id).await?;
        let still_deleted = self.graph.deleted_user(&id).await?.is_some();
        match (invited.user_id == id, still_deleted) {
            (true, false) => self.report.settled(C, C.about(), "restored, with its id", Switch::SoftDeletedIsRestored),
            (false, true) => {
                self.report.settled(C, C.about(), "a new user; the deleted one stays deleted", Switch::Default);
            }
            (same, deleted) => {
                let id = if same { "the same id" } else { "a new id" };
                let old = if deleted { "still deleted" } else { "gone" };
                self.report.without_switch(
                    C,
                    C.about(),
                    format!("{id}, the old user is {old}"),
                    "the simulator has no such way",
                );
            }
        }
        Ok(())
    }

    pub(super) async fn purge(&mut self) -> Result<(), Stop> {
        if !self.by_application() {
            return Err(Stop::Unsettled("you are signed in as a person; it is about applications".into()));
        }
        // The last step may have restored the guest.
        self.delete().await?;
        let id = self.guest()?.id;
        match self.graph.purge_user(&id).await {
            Ok(_) => {
                self.made.purged(&id);
                self.report.settled(L, L.about(), "an application may", Switch::Default);
            }
            Err(error) if error.status == Some(403) => {
                self.report.settled(L, L.about(), format!("refused: {error}"), Switch::AppPurgeRefused);
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
