//! (f): the look-up. (h): the sponsor that nobody named. (a): what another invitation does for a guest who has not
//! accepted.

use std::time::Duration;

use super::super::people::FirstGuest;
use super::super::questions::ProbeQuestion::{A, B, C, D, E, F, H, K, L};
use super::super::{Probe, Stop, Switch};
use crate::graph::{Graph, GraphError};

/// How long to wait for a sponsor that Graph names by itself. It is there with the guest, or a moment later.
const SPONSOR: Duration = Duration::from_secs(20);

impl Probe<'_> {
    pub(super) async fn look_up(&mut self) -> Result<(), Stop> {
        let address = self.people.guest.clone().unwrap_or_default();
        let (finding, switch) = match self.graph.address_needs_advanced(&address).await? {
            true => ("refused without ConsistencyLevel: eventual", Switch::OrNeedsAdvanced),
            false => ("`or` over `any` is taken in default mode", Switch::Default),
        };
        self.report.settled(F, F.about(), finding, switch);
        Ok(())
    }

    pub(super) async fn invite_guest(&mut self) -> Result<(), Stop> {
        let address = self.people.guest.clone().unwrap_or_default();
        let restricted = self.restricted().await?;
        if ![A, B, C, D, E, H, K, L].into_iter().any(|question| self.is_open(question)) {
            return Ok(());
        }
        let send = self.mails_guest();
        let asked = self.invite(&self.invitation(&address, send), None).await?;
        if let Some(restricted) = restricted {
            self.conclude_restricted(restricted, asked.as_ref().err());
        }
        let invited = asked?;
        self.appears(&invited.user_id).await?;
        self.guest = Some(FirstGuest { id: invited.user_id, address: address.clone() });
        if self.is_open(H) {
            self.default_sponsor().await?;
        }
        if send
            && self.person.saw(format_args!("Has the invitation arrived at {address}? (look among junk, too)")).await?
                != Some(true)
        {
            let why = "the first mail did not arrive: find out why, or give another mailbox, and run again";
            for question in [A, B, E, K].into_iter().filter(|question| self.wanted.contains(question)) {
                self.report.open(question, why);
            }
        }
        Ok(())
    }

    async fn default_sponsor(&mut self) -> Result<(), Stop> {
        let guest = self.guest()?;
        if !self.by_application() {
            self.report.open(H, "you are signed in as a person, who sponsors their guests; it is about applications");
            return Ok(());
        }
        let patience = self.patience.min(SPONSOR);
        let look = async |graph: &Graph| {
            let sponsors = graph.sponsors_by_type(&guest.id).await?;
            Ok::<_, GraphError>(Some(sponsors).filter(|sponsors| !sponsors.is_empty()))
        };
        let Some(sponsors) = self.until("the guest shows a sponsor, if it has one", patience, look).await? else {
            self.report.settled(H, H.about(), "none", Switch::Default);
            return Ok(());
        };
        let kinds: Vec<&str> =
            sponsors.iter().map(|sponsor| sponsor.kind.as_deref().unwrap_or("of no told type")).collect();
        let finding = format!("{} ({})", sponsors.len(), kinds.join(", "));
        match kinds.as_slice() {
            [kind] if kind.to_lowercase().ends_with("serviceprincipal") => {
                self.report.settled(H, H.about(), finding, Switch::ServicePrincipalSponsors);
            }
            _ => self.report.without_switch(H, H.about(), finding, "a sponsor of another type"),
        }
        Ok(())
    }

    pub(super) async fn repeat_pending(&mut self) -> Result<(), Stop> {
        let FirstGuest { id, address } = self.guest()?;
        let invited = self.invite(&self.invitation(&address, true), None).await??;
        match invited.user_id == id {
            true => self.report.without_switch(A, "the user", "the same id", "the simulator does so"),
            false => self.report.without_switch(
                A,
                "the user",
                format!("another id, {}", invited.user_id),
                "the simulator keeps the id",
            ),
        }
        let mail = format!("Has a SECOND invitation arrived at {address}? (give it two minutes)");
        match self.person.saw(mail).await? {
            Some(true) => self.report.settled(A, "a second mail", "it came", Switch::Default),
            Some(false) => self.report.settled(A, "a second mail", "none came", Switch::PendingRepeatIsSilent),
            None => self.report.open(A, "whether a second mail came"),
        }
        let link = "Open the link of the FIRST mail in a private window, and stop before you accept. Does it lead on to a sign-in (no: to an error)?";
        match self.person.saw(link).await? {
            Some(true) => self.report.settled(A, "the first link after that", "works", Switch::Default),
            Some(false) => self.report.settled(A, "the first link after that", "is dead", Switch::OldTicketsAreDead),
            None => self.report.open(A, "whether the first link still works"),
        }
        Ok(())
    }
}
