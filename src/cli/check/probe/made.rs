//! The users that a probe has made, and their removal: by id, only if the directory says that they were made after the
//! probe began, whatever ended it.

use std::time::Duration;

use jiff::Timestamp;

use super::person::Person;
use crate::graph::{Class, Graph, GraphError, User};

/// A user that an invitation of the probe's brought.
#[derive(Clone, Debug)]
struct InvitedGuest {
    id: String,
    address: String,
    purged: bool,
}

/// All that is to be removed again.
#[derive(Debug, Default)]
pub struct Made {
    guests: Vec<InvitedGuest>,
    /// Addresses that may have been invited by a request whose answer was lost.
    unsure: Vec<String>,
}

/// What removing a user came to.
enum Removal {
    Done(&'static str),
    Left(String),
}

impl Made {
    /// An invitation of `address` brought the user `id`.
    pub fn brought(&mut self, id: &str, address: &str) {
        if !self.guests.iter().any(|guest| guest.id == id) {
            self.guests.push(InvitedGuest { id: id.to_owned(), address: address.to_owned(), purged: false });
        }
    }

    /// An invitation of `address` may have brought somebody.
    pub fn may_have_brought(&mut self, address: &str) {
        self.unsure.push(address.to_owned());
    }

    /// The user `id` was deleted for good.
    pub fn purged(&mut self, id: &str) {
        for guest in self.guests.iter_mut().filter(|guest| guest.id == id) {
            guest.purged = true;
        }
    }

    /// Removes them all. Each wait gives up after `patience`; no interrupt ends it. Returns what is left to do by hand.
    pub async fn clean_up(
        &mut self,
        graph: &Graph,
        began: Timestamp,
        patience: Duration,
        person: &mut Person,
    ) -> Vec<String> {
        let mut left = Vec::new();
        for address in std::mem::take(&mut self.unsure) {
            left.extend(self.search(graph, &address, began, patience).await);
        }
        if self.guests.iter().all(|guest| guest.purged) {
            return left;
        }
        person.say("\nCleaning up; please let it end.");
        for guest in self.guests.iter().filter(|guest| !guest.purged) {
            match remove(graph, guest, began, patience).await {
                Removal::Done(how) => person.say(format_args!("  {} ({}): {how}", guest.address, guest.id)),
                Removal::Left(how) => left.push(format!("{} ({}): {how}", guest.address, guest.id)),
            }
        }
        left
    }

    /// Looks for who came of a request whose answer was lost: somebody new, or nobody but those who are known already.
    async fn search(&mut self, graph: &Graph, address: &str, began: Timestamp, patience: Duration) -> Option<String> {
        let mut wait = Wait::new(patience);
        let mut known = false;
        loop {
            match graph.find_by_address(address).await {
                Ok(found) => {
                    let before = self.guests.len();
                    for user in found.users.iter().filter(|user| is_ours(user, began)) {
                        known = true;
                        self.brought(&user.id, address);
                    }
                    if self.guests.len() > before {
                        return None;
                    }
                }
                Err(error) if passing(&error) => {}
                Err(error) => return Some(format!("{address}: look for it in Entra under Users, by hand: {error}")),
            }
            if !wait.again().await {
                let once_more =
                    "an invitation's answer was lost and no user has shown; look once more in Entra under Users";
                return (!known).then(|| format!("{address}: {once_more}"));
            }
        }
    }
}

/// Made after the probe began, by an invitation.
pub fn is_ours(user: &User, began: Timestamp) -> bool {
    user.created_date_time.is_some_and(|created| created >= began)
}

/// Deletes, waits until that shows, and deletes for good.
async fn remove(graph: &Graph, guest: &InvitedGuest, began: Timestamp, patience: Duration) -> Removal {
    let by_hand = |what: &str, error: &GraphError| Removal::Left(format!("{what}: {error}"));
    let mut wait = Wait::new(patience);
    let mut seen = false;
    loop {
        match graph.user(&guest.id).await {
            Ok(Some(user)) if !is_ours(&user, began) => {
                return Removal::Done("left alone: the directory says that it was there before the probe began");
            }
            Ok(Some(_)) => {
                seen = true;
                match graph.delete_user(&guest.id).await {
                    // 404: too young to be deleted, for minutes.
                    Ok(_) => {}
                    Err(error) if passing(&error) => {}
                    Err(error) => return by_hand("delete it in Entra under Users", &error),
                }
            }
            Ok(None) => match graph.deleted_user(&guest.id).await {
                Ok(Some(deleted)) if is_ours(&deleted.user, began) => match graph.purge_user(&guest.id).await {
                    Ok(_) => return Removal::Done("deleted for good"),
                    Err(error) if passing(&error) => {}
                    Err(error) => {
                        return by_hand(
                            "deleted, but not for good: do that in Entra under Users, Deleted users, or let it lapse in 30 days",
                            &error,
                        );
                    }
                },
                Ok(Some(_)) => {
                    return Removal::Done("left alone: the directory says that it was there before the probe began");
                }
                Ok(None) => {}
                Err(error) if passing(&error) => {}
                Err(error) => return by_hand("look for it in Entra under Users, Deleted users", &error),
            },
            Err(error) if passing(&error) => {}
            Err(error) => return by_hand("delete it in Entra under Users", &error),
        }
        if !wait.again().await {
            return match seen {
                true => Removal::Left("delete it in Entra under Users; it could not be deleted in time".into()),
                false => Removal::Left("it has never shown; look once more in Entra under Users".into()),
            };
        }
    }
}

/// Whether the same may be asked again.
pub fn passing(error: &GraphError) -> bool {
    matches!(error.class, Class::Transient | Class::Throttled)
}

/// How long between two looks, so that a long patience asks seldom.
pub fn step(patience: Duration) -> Duration {
    (patience / 20).clamp(Duration::from_millis(200), Duration::from_secs(3))
}

/// A wait that comes to an end, deaf to interrupts.
struct Wait {
    until: std::time::Instant,
    step: Duration,
}

impl Wait {
    fn new(patience: Duration) -> Self {
        Self { until: std::time::Instant::now() + patience, step: step(patience) }
    }

    async fn again(&mut self) -> bool {
        if std::time::Instant::now() >= self.until {
            return false;
        }
        tokio::time::sleep(self.step).await;
        true
    }
}
