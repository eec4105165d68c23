//! (j): how Graph refuses addresses that cannot be invited. If it takes one, the guest is removed at the end.

use super::super::questions::ProbeQuestion::J;
use super::super::{Probe, Stop, Switch};

impl Probe<'_> {
    fn refusable(&self) -> Vec<(&'static str, String)> {
        let given =
            [("a blocked domain", self.people.blocked.clone()), ("a group's address", self.people.group.clone())];
        let given = given.into_iter().chain([("a plus sign", self.people.with_plus())]);
        given.filter_map(|(about, address)| Some((about, address?))).collect()
    }

    pub(super) fn will_be_refused(&self) -> Result<String, Stop> {
        let addresses: Vec<String> = self.refusable().into_iter().map(|(_, address)| address).collect();
        match addresses.as_slice() {
            [] => Err(Stop::Unsettled("it needs an address: --address, --blocked or --group".into())),
            addresses => Ok(format!(
                "Invite {} without a mail, which should be refused. Makes a guest of whom is not.",
                addresses.join(", ")
            )),
        }
    }

    pub(super) async fn refusals(&mut self) -> Result<(), Stop> {
        for (about, address) in self.refusable() {
            match self.invite(&self.invitation(&address, false), None).await? {
                Err(error) if error.status == Some(400) => {
                    self.report.settled(J, about, error.to_string(), Switch::Default);
                }
                Err(error) if error.status == Some(403) => {
                    self.report.settled(J, about, error.to_string(), Switch::RefusalsForbidden);
                }
                Err(error) => self.report.without_switch(J, about, error.to_string(), "another status"),
                Ok(_) => self.report.without_switch(J, about, "taken: 201", "the simulator refuses it"),
            }
        }
        Ok(())
    }
}
