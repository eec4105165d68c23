//! The addresses that the person gives, and what each is for. An address that the directory already knows is refused.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::person::Person;
use super::questions::ProbeQuestion::{self, A, B, C, D, E, F, G, H, I, J, K, L};
use super::{Flags, Stop, Subject};
use crate::graph::{Graph, GraphError};

/// The people in the probe. Nobody where the person skipped the question.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// The guest of most steps: a mailbox that the person reads.
    pub guest: Option<String>,
    /// A guest who is invited with a sponsor and never mailed.
    pub sponsored: Option<String>,
    /// The sponsor of that guest: a user or a group of the directory.
    pub sponsor: Option<String>,
    /// A guest who redeems automatically and is never mailed.
    pub automatic: Option<String>,
    /// An address of a domain that the directory blocks.
    pub blocked: Option<String>,
    /// The address of a group.
    pub group: Option<String>,
}

/// The first guest.
#[derive(Clone, Debug)]
pub struct FirstGuest {
    /// The user's id now.
    pub id: String,
    /// The address that was invited.
    pub address: String,
}

/// Why an address cannot be used in the probe.
#[derive(Debug, thiserror::Error)]
pub enum UnfitPeople {
    /// The text is no address.
    #[error("{0:?} is no address")]
    NoAddress(String),
    /// An address is given for two purposes.
    #[error("{0} is given twice: each part is played by somebody else")]
    Twice(String),
    /// The probe cannot find out whether the directory knows the address.
    #[error("the directory cannot be asked for {address}: {source}")]
    Unasked {
        /// The address.
        address: String,
        /// What Graph says.
        source: Box<GraphError>,
    },
    /// The directory has a user with the address.
    #[error(
        "the directory has {address} already (user {user}), and a probe touches nobody whom it has not made: give another address"
    )]
    Known {
        /// The address.
        address: String,
        /// The user's id.
        user: String,
    },
    /// The directory has a deleted user with the address.
    #[error(
        "the directory has {address} among its deleted users (user {user}), and a probe touches nobody whom it has not made: delete them for good in Entra under Users, Deleted users, or give another address"
    )]
    Deleted {
        /// The address.
        address: String,
        /// The user's id.
        user: String,
    },
    /// The address is declared in a GuestInvitation.
    #[error("{address} is declared as GuestInvitation {guest}: give another address")]
    Declared {
        /// The address.
        address: String,
        /// The namespace and name of the GuestInvitation.
        guest: String,
    },
    /// No address was given.
    #[error("no address is left to probe with: give one with --address")]
    Nobody,
}

impl People {
    /// Takes the addresses from the flags, and asks the person for the others.
    ///
    /// # Errors
    /// When the person stops.
    pub async fn gather(flags: &Flags, wanted: &BTreeSet<ProbeQuestion>, person: &mut Person) -> Result<Self, Stop> {
        let any = |questions: &[ProbeQuestion]| questions.iter().any(|question| wanted.contains(question));
        let mut given = flags.address.iter().cloned();
        let mut people = Self::default();
        let mails = "a mailbox that you can read; gets up to three mails, and accepts an invitation in between";
        // The plus sign for question (j) is put into this address.
        if any(&[A, B, C, D, E, F, H, J, K, L]) {
            people.guest = ask(given.next(), mails, person).await?;
        }
        if any(&[G]) {
            let silent = "another address of yours, for a guest with a sponsor; gets no mail";
            people.sponsored = ask(given.next(), silent, person).await?;
            if people.sponsored.is_some() {
                let sponsor = "the sponsor: object id or sign-in name of a user of this directory; gets no mail";
                people.sponsor = ask(flags.sponsor.clone(), sponsor, person).await?;
            }
        }
        if any(&[I]) {
            let automatic = "an address of an organisation with automatic redemption (cross-tenant access settings, on both sides); gets no mail from this probe";
            people.automatic = ask(flags.automatic.clone(), automatic, person).await?;
        }
        if any(&[J]) {
            let blocked = "an address of a domain that this directory's collaboration restrictions block; gets no mail";
            people.blocked = ask(flags.blocked.clone(), blocked, person).await?;
            let group = "the address of a group; gets no mail";
            people.group = ask(flags.group.clone(), group, person).await?;
        }
        Ok(people)
    }

    /// The guest's address with a plus sign, for the question how Graph refuses such an address.
    pub fn with_plus(&self) -> Option<String> {
        let (local, domain) = self.guest.as_ref()?.split_once('@')?;
        Some(format!("{local}+probe@{domain}"))
    }

    fn invited(&self) -> Vec<&str> {
        let all = [&self.guest, &self.sponsored, &self.automatic, &self.blocked, &self.group];
        all.into_iter().flatten().map(String::as_str).collect()
    }

    /// Checks that the directory knows none of the addresses. Returns when the directory said so, on its own clock.
    ///
    /// # Errors
    /// A sentence that names the known address, or says why the directory cannot be asked.
    pub async fn unknown_to(&self, graph: &Graph, subject: &Subject) -> Result<Timestamp, UnfitPeople> {
        let mut began: Option<Timestamp> = None;
        let mut seen = BTreeSet::new();
        let plus = self.with_plus();
        for address in self.invited().into_iter().chain(plus.as_deref()) {
            if address.split('@').filter(|part| !part.is_empty()).count() != 2 || address.contains(char::is_whitespace)
            {
                return Err(UnfitPeople::NoAddress(address.to_owned()));
            }
            if !seen.insert(address.to_lowercase()) {
                return Err(UnfitPeople::Twice(address.to_owned()));
            }
            let named = || address.to_owned();
            let unasked = |error| UnfitPeople::Unasked { address: named(), source: Box::new(error) };
            let found = graph.find_by_address(address).await.map_err(unasked)?;
            if let Some(user) = found.users.first() {
                return Err(UnfitPeople::Known { address: named(), user: user.id.clone() });
            }
            let deleted = graph.deleted_by_address(address).await.map_err(unasked)?;
            if let Some(deleted) = deleted.first() {
                return Err(UnfitPeople::Deleted { address: named(), user: deleted.user.id.clone() });
            }
            if let Some(guest) = subject.declared(address) {
                return Err(UnfitPeople::Declared { address: named(), guest });
            }
            // The earliest time counts, because the clock of one server may be behind.
            began = Some(began.map_or(found.graph_time, |began| began.min(found.graph_time)));
        }
        began.ok_or(UnfitPeople::Nobody)
    }
}

async fn ask(given: Option<String>, what: &str, person: &mut Person) -> Result<Option<String>, Stop> {
    if given.is_some() {
        return Ok(given);
    }
    let line = person.line(format_args!("  {what}; Enter leaves it out")).await?;
    Ok(Some(line).filter(|line| !line.is_empty()))
}
