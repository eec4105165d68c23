//! The guest accepts. Question (e): does a delta query tell that? Question (b): what does another invitation do then?

use super::super::people::FirstGuest;
use super::super::questions::ProbeQuestion::{B, E};
use super::super::{Probe, Stop, Switch};
use crate::graph::probe::DeltaLink;
use crate::graph::{Graph, GraphError, User};

/// `externalUserState`. Two pages of the documentation spell it differently.
pub(super) fn state(user: &User) -> String {
    user.external_user_state.as_deref().unwrap_or("null").replace(' ', "")
}

impl Probe<'_> {
    pub(super) async fn accept(&mut self) -> Result<(), Stop> {
        let guest = self.guest()?;
        let link = if self.is_open(E) { self.follow(&guest).await? } else { None };
        let done = format!(
            "  Accept the invitation as {} now: open the link of the LAST mail that came, sign in, consent. Then press Enter ([s]kip, [q]uit)",
            guest.address
        );
        match self.person.line(done).await?.to_lowercase().as_str() {
            "q" | "quit" => return Err(Stop::Quit),
            "s" | "skip" => return Err(Stop::Unsettled("the guest has not accepted".into())),
            _ => {}
        }
        let look = async |graph: &Graph| {
            Ok::<_, GraphError>(graph.user(&guest.id).await?.filter(|user| state(user) == "Accepted"))
        };
        if self.until("the directory shows that the guest has accepted", self.patience, look).await?.is_none() {
            return Err(Stop::Unsettled("the directory has not shown that the guest has accepted".into()));
        }
        match link {
            Some(link) => self.told_by_delta(&guest, link).await,
            None => Ok(()),
        }
    }

    /// The link for the delta query that would tell of the acceptance. Nothing if the state cannot be asked for.
    async fn follow(&mut self, guest: &FirstGuest) -> Result<Option<DeltaLink>, Stop> {
        match self.graph.follow_state(&guest.id).await {
            Err(error) if error.is_unsupported() || error.status == Some(400) => {
                self.report.settled(
                    E,
                    E.about(),
                    format!("the state cannot be selected: {error}"),
                    Switch::DeltaRefusesTheState,
                );
                return Ok(None);
            }
            _ => {}
        }
        let look = async |graph: &Graph| {
            let (users, link) = graph.follow_state(&guest.id).await?;
            Ok::<_, GraphError>(users.iter().any(|user| user.id == guest.id).then_some(link))
        };
        let link = self.until("the delta query shows the guest", self.patience, look).await?;
        if link.is_none() {
            self.report.open(E, "the delta query has not shown the guest at all; run again with a longer --wait");
        }
        Ok(link)
    }

    async fn told_by_delta(&mut self, guest: &FirstGuest, mut link: DeltaLink) -> Result<(), Stop> {
        let look = async |graph: &Graph| {
            let (users, next) = graph.followed(&link).await?;
            link = next;
            let accepted = users.iter().any(|user| user.id == guest.id && state(user) == "Accepted");
            Ok::<_, GraphError>(accepted.then_some(()))
        };
        let (finding, switch) = match self.until("the delta query tells it, if it does", self.patience, look).await? {
            Some(()) => ("told".to_owned(), Switch::DeltaTracksTheState),
            None => (format!("not told within {} s", self.patience.as_secs()), Switch::Default),
        };
        self.report.settled(E, E.about(), finding, switch);
        Ok(())
    }

    pub(super) async fn repeat_accepted(&mut self) -> Result<(), Stop> {
        let FirstGuest { id, address } = self.guest()?;
        let invited = match self.invite(&self.invitation(&address, true), None).await? {
            Ok(invited) => invited,
            Err(error) if error.status == Some(400) => {
                self.report.settled(B, B.about(), format!("refused: {error}"), Switch::AcceptedRepeatIsRefused);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let now = self.graph.user(&id).await?.map_or_else(|| "gone".to_owned(), |user| state(&user));
        let same = if invited.user_id == id { "the same id" } else { "another id" };
        let status = invited.status.unwrap_or_default();
        let finding = |mail: &str| format!("201 ({status}), {same}, the guest is {now}; {mail}");
        match self
            .person
            .saw(format_args!("Has ANOTHER invitation arrived at {address}? (give it two minutes)"))
            .await?
        {
            Some(true) => self.report.settled(B, B.about(), finding("a mail came"), Switch::Default),
            Some(false) => self.report.settled(B, B.about(), finding("no mail came"), Switch::AcceptedRepeatIsSilent),
            None => self.report.open(B, finding("whether a mail came was not told")),
        }
        Ok(())
    }
}
