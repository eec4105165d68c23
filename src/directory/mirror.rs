//! The mirror: the declared guests as the directory showed them last, and what was written to them since. Between sweeps it answers
//! every question about a guest.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;

use super::Lost;
use crate::api::PerRelation;
use crate::packed::{Id, Pack, Packed, sample};
use crate::plan::{Changes, DirectoryUser, Rewritten, UserView};

impl Pack for DirectoryUser {
    fn sample() -> &'static [u8] {
        static SAMPLE: LazyLock<Box<[u8]>> = LazyLock::new(|| sample(include_str!("sample_user.json")));
        &SAMPLE
    }
}

/// Whenever so many more changes are remembered, those are dropped that are too old to count.
const MANY: usize = 1024;

/// The declared guests of one tenant, by user id.
#[derive(Debug, Default)]
pub struct Mirror {
    users: HashMap<Id, KnownUser>,
    /// What was written to users, and no read has shown since: reads lag behind.
    unseen: HashMap<String, Written>,
    /// The last change of each user whom the operator has changed lately, and how often it was written.
    rewritten: HashMap<Id, Rewritten>,
    /// Relations that the last sweep of everybody did not show.
    lost: Lost,
    /// When relations of a user were changed last: listings lag behind.
    related_at: HashMap<Id, Timestamp>,
}

/// One user, or that there is none.
#[derive(Debug)]
struct KnownUser {
    user: Option<Packed<DirectoryUser>>,
    /// Whether something about them is expected to change soon: they have not accepted yet, or are not shown yet.
    awaited: bool,
}

impl KnownUser {
    fn of(user: Option<&DirectoryUser>) -> Self {
        let awaited = user.is_none_or(DirectoryUser::is_pending);
        Self { user: user.map(Packed::of), awaited }
    }
}

#[derive(Debug)]
struct Written {
    at: Timestamp,
    changes: Changes,
}

impl Mirror {
    /// What is known of the user `id`.
    pub fn view(&self, id: &str) -> UserView {
        match self.users.get(&Id::from(id)).map(|known| &known.user) {
            None => UserView::Unknown,
            Some(None) => UserView::Missing,
            Some(Some(user)) => user.value().map_or(UserView::Unknown, UserView::Found),
        }
    }

    /// Whether the user is to be looked at with those who have not accepted yet.
    pub fn awaits(&self, id: &Id) -> bool {
        self.users.get(id).is_none_or(|known| known.awaited)
    }

    /// Everybody was looked for. Who is missing is not to be expected soon.
    pub fn settle_missing(&mut self) {
        self.users.values_mut().filter(|known| known.user.is_none()).for_each(|known| known.awaited = false);
    }

    /// The user `id` as it was known last.
    fn known(&self, id: &str) -> Option<DirectoryUser> {
        self.users.get(&Id::from(id))?.user.as_ref()?.value()
    }

    /// Takes in one user, or that there is no user with this id, as a read shows it. Returns whether that is new.
    pub fn put(&mut self, id: &str, user: Option<&DirectoryUser>) -> bool {
        let next = KnownUser::of(user);
        let id = Id::from(id);
        let same = self.users.get(&id).is_some_and(|known| known.user == next.user);
        if let Some(user) = user {
            if !same && self.is_outdated(user) {
                return false;
            }
            self.see(user);
        }
        if !same {
            self.users.insert(id, next);
        }
        !same
    }

    /// The newer of what a read has just shown and what is known: an older replica may have answered.
    pub fn newest(&mut self, read: DirectoryUser) -> DirectoryUser {
        match self.known(&read.id) {
            Some(known) if is_older(&read, &known) => known,
            _ => {
                self.see(&read);
                read
            }
        }
    }

    fn is_outdated(&self, user: &DirectoryUser) -> bool {
        self.known(&user.id).is_some_and(|known| is_older(user, &known))
    }

    /// What a read shows of our writes is no longer awaited. What differs later was changed by somebody else.
    fn see(&mut self, user: &DirectoryUser) {
        if let Some(written) = self.unseen.get_mut(&user.id) {
            written.changes.retain(|name, value| !user.shows(name, value.as_deref()));
        }
    }

    /// Takes in what was just written to the user `id`. That is newer than any read.
    pub fn change(&mut self, id: &str, changes: &Changes, now: Timestamp) {
        if let Some(mut user) = self.known(id) {
            user.change(changes);
            self.users.insert(Id::from(id), KnownUser::of(Some(&user)));
        }
        let written = self.unseen.entry(id.to_owned()).or_insert_with(|| Written { at: now, changes: Changes::new() });
        written.at = now;
        written.changes.extend(changes.clone());
        if self.rewritten.len().is_multiple_of(MANY) {
            self.rewritten.retain(|_, change| !change.is_forgotten(now));
        }
        let id = Id::from(id);
        let change = Rewritten::note(self.rewritten.get(&id).copied(), changes, now);
        self.rewritten.insert(id, change);
    }

    /// The last change of the user `id` that the operator has written, and how often.
    pub fn rewritten(&self, id: &str) -> Option<Rewritten> {
        self.rewritten.get(&Id::from(id)).copied()
    }

    /// What was written to the user `id` within `span` before `now`, and no read has shown since.
    pub fn unseen(&mut self, id: &str, now: Timestamp, span: Duration) -> Changes {
        self.unseen.retain(|_, written| now.duration_since(written.at).unsigned_abs() < span);
        self.unseen.get(id).map(|written| written.changes.clone()).unwrap_or_default()
    }

    /// Takes in which relations a listing that began at `since` did not show. Of users whose relations were changed within `span` before
    /// that it says nothing. Returns the users of whom that is news.
    pub fn lose(&mut self, mut lost: Lost, since: Timestamp, span: Duration) -> Vec<String> {
        self.related_at.retain(|_, at| *at > since || since.duration_since(*at).unsigned_abs() < span);
        lost.retain(|user, _| !self.related_at.contains_key(user));
        let before = std::mem::replace(&mut self.lost, lost);
        self.lost
            .iter()
            .filter(|(user, lost)| before.get(user) != Some(lost))
            .map(|(user, _)| user.to_string())
            .collect()
    }

    /// The relations of the user `id` that somebody took away, by the other object's id.
    pub fn lost(&self, id: &str) -> PerRelation<Vec<String>> {
        self.lost.get(&Id::from(id)).cloned().unwrap_or_default()
    }

    /// The relations of the user `id` were just changed.
    pub fn relate(&mut self, id: &str, now: Timestamp) {
        let id = Id::from(id);
        self.lost.remove(&id);
        self.related_at.insert(id, now);
    }

    /// Drops what is known of one user, because it was just changed.
    pub fn forget(&mut self, id: &str) {
        self.users.remove(&Id::from(id));
    }

    /// Drops every user who is no longer declared.
    pub fn keep(&mut self, declared: &HashSet<Id>) {
        self.users.retain(|id, _| declared.contains(id));
    }
}

/// Whether `user` is older than `known`. No state at all is not older than any: that is how an internal user looks who was a guest before.
fn is_older(user: &DirectoryUser, known: &DirectoryUser) -> bool {
    matches!((user.external_state_since, known.external_state_since), (Some(since), Some(known)) if since < known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(state: Option<(&str, &str)>) -> DirectoryUser {
        DirectoryUser {
            external_state: state.map(|(state, _)| state.to_owned()),
            external_state_since: state.map(|(_, since)| format!("2026-11-28T{since}Z").parse().unwrap()),
            ..DirectoryUser::new("u".into())
        }
    }

    fn put(mirror: &mut Mirror, user: DirectoryUser) -> bool {
        mirror.put("u", Some(&user))
    }

    #[test]
    fn an_older_state_is_dropped_and_none_is_news() {
        let mut mirror = Mirror::default();
        let (pending, accepted) = (user(Some(("PendingAcceptance", "10:00:00"))), user(Some(("Accepted", "11:00:00"))));
        assert!(put(&mut mirror, accepted.clone()));
        assert!(!put(&mut mirror, pending.clone()));
        assert_eq!(mirror.newest(pending), accepted, "an older replica answered");
        assert!(put(&mut mirror, user(None)), "somebody made an internal user of the guest");
        assert_eq!(mirror.view("u"), UserView::Found(user(None)));
        assert_eq!(mirror.newest(user(None)), user(None));
    }

    #[test]
    fn who_has_not_accepted_or_is_not_shown_yet_is_awaited() {
        let mut mirror = Mirror::default();
        let id = Id::from("u");
        assert!(mirror.awaits(&id), "nothing is known");
        assert!(put(&mut mirror, user(Some(("PendingAcceptance", "10:00:00")))) && mirror.awaits(&id));
        assert!(put(&mut mirror, user(Some(("Accepted", "11:00:00")))) && !mirror.awaits(&id));
        assert!(put(&mut mirror, user(None)) && !mirror.awaits(&id), "no state will come");
        assert!(mirror.put("u", None) && mirror.awaits(&id), "just made, and not shown yet");
        mirror.settle_missing();
        assert!(!mirror.awaits(&id) && !mirror.put("u", None) && !mirror.awaits(&id), "everybody was looked for");
    }

    #[test]
    fn a_relation_that_was_changed_a_moment_ago_is_not_taken_for_lost() {
        let (now, span) = ("2026-12-01T10:00:00Z".parse::<Timestamp>().unwrap(), Duration::from_secs(300));
        let later = |seconds| now.checked_add(Duration::from_secs(seconds)).unwrap();
        let lost = |users: &[&str]| -> Lost {
            users.iter().map(|user| (Id::from(*user), PerRelation::of(|_| vec!["group".to_owned()]))).collect()
        };
        let is_lost = |mirror: &Mirror, user: &str| mirror.lost(user).values().any(|ids| !ids.is_empty());
        let mut mirror = Mirror::default();
        mirror.relate("u", now);
        assert_eq!(mirror.lose(lost(&["u", "v"]), later(60), span), ["v"]);
        assert!(!is_lost(&mirror, "u") && is_lost(&mirror, "v"));
        assert!(mirror.lose(lost(&["u", "v"]), later(60), span).is_empty(), "no news: nobody is woken again");
        mirror.relate("v", later(61));
        assert!(!is_lost(&mirror, "v"), "it is put right");
        assert_eq!(mirror.lose(lost(&["u"]), later(301), span), ["u"]);
        assert!(is_lost(&mirror, "u"), "listings lag no longer");
        mirror.lose(lost(&["v"]), later(60), span);
        assert!(!is_lost(&mirror, "v"), "a listing that began before the change");
        mirror.lose(Lost::new(), later(900), span);
        assert!(!is_lost(&mirror, "u") && mirror.related_at.is_empty());
    }

    #[test]
    fn what_we_wrote_is_awaited_until_a_read_shows_it() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let span = Duration::from_secs(300);
        let with = |department: &str, country: &str| {
            let properties = [("department", department), ("usageLocation", country)];
            let properties = properties.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            DirectoryUser { properties, ..user(None) }
        };
        let changes: Changes = [("department", "Sales"), ("usageLocation", "nl")]
            .map(|(name, value)| (name.into(), Some(value.into())))
            .into();
        let mut mirror = Mirror::default();
        put(&mut mirror, with("Old", "DE"));
        mirror.change("u", &changes, now);
        assert_eq!(mirror.unseen("u", now, span), changes);
        put(&mut mirror, with("Old", "NL"));
        assert_eq!(mirror.unseen("u", now, span).into_keys().collect::<Vec<_>>(), ["department"], "a read lags");
        mirror.newest(with("Sales", "NL"));
        assert_eq!(mirror.unseen("u", now, span), Changes::new());
        put(&mut mirror, with("Other", "NL"));
        assert_eq!(mirror.unseen("u", now, span), Changes::new(), "somebody else's change");
        mirror.change("u", &changes, now);
        assert_eq!(mirror.unseen("u", now.checked_add(span).unwrap(), span), Changes::new(), "reads lag no longer");
    }
}
