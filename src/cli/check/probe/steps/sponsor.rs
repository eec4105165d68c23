//! (g): which form of a sponsor an invitation takes. It is taken only if the guest has the sponsor afterwards: an
//! answer of 201 alone may mean that the sponsor was ignored.

use super::super::questions::ProbeQuestion::G;
use super::super::{Probe, Stop, Switch};
use crate::api::RelationKind;
use crate::graph::probe::SponsorForm;
use crate::graph::{Graph, GraphError, PrincipalKind};

impl Probe<'_> {
    pub(super) fn will_sponsor(&self) -> Result<String, Stop> {
        let (guest, sponsor) = (self.people.sponsored.as_ref(), self.people.sponsor.as_ref());
        match guest.zip(sponsor) {
            Some((guest, sponsor)) => {
                Ok(format!("Invite {guest} with the sponsor {sponsor}. Makes a guest, mails nobody."))
            }
            None => {
                Err(Stop::Unsettled("it needs a second --address, and a --sponsor: run again with --only g".into()))
            }
        }
    }

    pub(super) async fn sponsor(&mut self) -> Result<(), Stop> {
        let address = self.people.sponsored.clone().unwrap_or_default();
        let named = self.people.sponsor.clone().unwrap_or_default();
        let found = self.graph.principals_named(&named, &[PrincipalKind::User, PrincipalKind::Group]).await?;
        let [sponsor] = found.as_slice() else {
            let why =
                format!("{} users and groups are meant by {named:?}: give an object id to --sponsor", found.len());
            return Err(Stop::Unsettled(why));
        };
        if let Err(inline) = self.takes(&address, &sponsor.id, SponsorForm::Inline).await? {
            let (finding, switch) = match self.takes(&address, &sponsor.id, SponsorForm::Bind).await? {
                Ok(()) => (
                    format!("invitedUserSponsors@odata.bind is taken; inline is refused: {inline}"),
                    Switch::SponsorsByBind,
                ),
                Err(bind) => {
                    (format!("refused inline ({inline}) and by @odata.bind ({bind})"), Switch::SponsorsRefused)
                }
            };
            self.report.settled(G, G.about(), finding, switch);
        } else {
            self.report.settled(G, G.about(), "invitedUserSponsors is taken, inline with an id", Switch::Default);
        }
        Ok(())
    }

    async fn takes(&mut self, address: &str, sponsor: &str, form: SponsorForm) -> Result<Result<(), GraphError>, Stop> {
        let invited = match self.invite(&self.invitation(address, false), Some((sponsor, form))).await? {
            Ok(invited) => invited,
            Err(error) if error.status == Some(400) => return Ok(Err(error)),
            Err(error) => return Err(error.into()),
        };
        self.appears(&invited.user_id).await?;
        let look = async |graph: &Graph| {
            let sponsors = graph.related(RelationKind::Sponsors, &invited.user_id).await?;
            Ok::<_, GraphError>(sponsors.iter().any(|id| id == sponsor).then_some(()))
        };
        match self.until("the guest has the sponsor", self.patience, look).await? {
            Some(()) => Ok(Ok(())),
            None => Err(Stop::Unsettled(format!(
                "{form:?}: 201, but the guest does not have the sponsor; no switch has that"
            ))),
        }
    }
}
