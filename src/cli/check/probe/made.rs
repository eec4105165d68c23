//! The users that a probe has made, and their removal. A user is removed by id, and only if the directory says that
//! they were made after the probe began. This happens however the probe ends.

use std::time::Duration;

use jiff::Timestamp;

use super::person::Person;
use crate::graph::{Class, Graph, GraphError, User};

/// A user that an invitation of the probe made.
#[derive(Clone, Debug)]
struct InvitedGuest {
    id: String,
    address: String,
    purged: bool,
}

/// All users that must be removed again.
#[derive(Debug, Default)]
pub struct Made {
    guests: Vec<InvitedGuest>,
    /// Addresses whose invitation may have made a user, because the answer was lost.
    unsure: Vec<String>,
}

/// The outcome of removing a user.
enum Removal {
    Done(&'static str),
    Left(String),
}

impl Made {
    /// An invitation of `address` made the user `id`.
    pub fn brought(&mut self, id: &str, address: &str) {
        if !self.guests.iter().any(|guest| guest.id == id) {
            self.guests.push(InvitedGuest { id: id.to_owned(), address: address.to_owned(), purged: false });
        }
    }

    /// An invitation of `address` may have made a user.
    pub fn may_have_brought(&mut self, address: &str) {
        self.unsure.push(address.to_owned());
    }

    /// The user `id` was deleted for good.
    pub fn purged(&mut self, id: &str) {
        for guest in self.guests.iter_mut().filter(|guest| guest.id == id) {
            guest.purged = true;
        }
    }

    /// Removes all users. Each wait gives up after `patience`, and no interrupt ends it. Returns what the person must
    /// do by hand.
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

    /// Looks for the user that an invitation made whose answer was lost. Finds a new user, or nobody but users who are
    /// known already.
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

/// Whether an invitation made the user after the probe began.
pub fn is_ours(user: &User, began: Timestamp) -> bool {
    user.created_date_time.is_some_and(|created| created >= began)
}

/// Deletes the user, waits until that shows, and deletes the user for good.
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
                match graph.delete_user(&guest.id, None).await {
                    // 404: a new user cannot be deleted for some minutes.
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

/// Whether the same request may be repeated.
pub fn passing(error: &GraphError) -> bool {
    matches!(error.class, Class::Transient | Class::Throttled)
}

/// The time between two looks. It is longer if the patience is longer.
pub fn step(patience: Duration) -> Duration {
    (patience / 20).clamp(Duration::from_millis(200), Duration::from_secs(3))
}

/// A wait with an end, which no interrupt stops.
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
