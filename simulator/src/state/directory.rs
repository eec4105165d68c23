//! The objects of one tenant, in the order of their creation, which is the order in which listings show them.
//! Each keeps its history, so that a query can see the directory as it was a while ago.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::changes::Changes;
use super::history::Record;
use super::user::User;
use crate::settings::Lag;

/// How long a deleted user can be restored (page "Delete user").
const RESTORABLE: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Debug, Default)]
pub(crate) struct Directory {
    records: Vec<Record>,
    /// Where an object may be found by id, sign-in name or address, in small letters. Only ever added to: what is
    /// found has to be looked at.
    index: HashMap<String, Vec<usize>>,
    alive: usize,
    changes: Changes,
    deleted: Vec<User>,
    /// Addresses of mail contacts: they bar an address from becoming a guest's `mail`.
    pub(crate) contacts: Vec<String>,
}

impl Directory {
    /// Adds a user; `old` ones were always there and no lag hides them.
    pub(crate) fn add(&mut self, user: User, old: bool) {
        self.enter(&user, self.records.len());
        self.changes.enter(self.records.len(), 1, old);
        self.records.push(Record::new(user, old));
        self.alive += 1;
    }

    /// Every user as it is now.
    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.records.iter().filter_map(Record::now)
    }

    /// How many users there are now; the throttling budget goes by it.
    pub(crate) fn len(&self) -> usize {
        self.alive
    }

    /// Every user as `GET /users` sees it, with its place in the order.
    pub(crate) fn listed<'a>(&'a self, lag: &'a Lag, advanced: bool) -> impl Iterator<Item = (usize, Cow<'a, User>)> {
        let listing = if advanced { lag.listing.max(lag.advanced) } else { lag.listing };
        let seen = move |(place, record): (usize, &'a Record)| record.listed(lag, listing).map(|user| (place, user));
        self.records.iter().enumerate().filter_map(seen)
    }

    /// A user by object id or user principal name, whatever the lag.
    pub(crate) fn get(&self, key: &str) -> Option<&User> {
        self.at(key)
            .find(|user| user.id.eq_ignore_ascii_case(key) || user.user_principal_name.eq_ignore_ascii_case(key))
    }

    /// The same, unless it is younger than `lag`.
    pub(crate) fn get_behind(&self, key: &str, lag: Duration) -> Option<&User> {
        let user = self.get(key)?;
        let record = self.records.get(self.place(&user.id)?)?;
        record.is_older_than(lag).then_some(user)
    }

    /// The users that have this address in any way, or had it once.
    pub(crate) fn at(&self, key: &str) -> impl Iterator<Item = &User> {
        let places = self.index.get(&key.to_lowercase());
        let places = places.map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.records.get(*place)?.now())
    }

    /// The ids of all users who have this address in any way or had it once, deleted ones too.
    pub(crate) fn ever_at(&self, address: &str) -> impl Iterator<Item = String> {
        let places = self.index.get(&address.to_lowercase());
        let places = places.map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.id_at(*place)).map(str::to_owned)
    }

    /// A user as it was a while ago, or as it was made if it is younger.
    pub(crate) fn as_of(&self, id: &str, lag: Duration) -> Option<&User> {
        self.records.get(self.place(id)?)?.as_of(lag)
    }

    /// A user by object id as a view shows it that runs so far behind: new ones not yet, deleted ones still.
    pub(crate) fn seen(&self, id: &str, lag: Duration) -> Option<&User> {
        self.records.get(self.place(id)?)?.behind(lag)
    }

    /// Changes a user, which later shows in listings.
    pub(crate) fn change(&mut self, id: &str, change: impl FnOnce(&mut User)) -> Option<User> {
        let place = self.place(id)?;
        let mut user = self.records.get(place)?.now()?.clone();
        change(&mut user);
        self.enter(&user, place);
        self.becomes(place, Some(user.clone()))?;
        Some(user)
    }

    /// Moves a user to the deleted items; none if there is no such user.
    pub(crate) fn delete(&mut self, id: &str, at: Timestamp) -> Option<()> {
        let place = self.place(id)?;
        let mut user = self.records.get(place)?.now()?.clone();
        self.becomes(place, None)?;
        self.alive -= 1;
        user.deleted_date_time = Some(at);
        self.deleted.push(user);
        Some(())
    }

    /// The deleted users that can still be restored.
    pub(crate) fn deleted(&self, now: Timestamp) -> impl Iterator<Item = &User> {
        self.deleted
            .iter()
            .filter(move |user| user.deleted_date_time.is_some_and(|at| now.duration_since(at) < RESTORABLE))
    }

    /// Brings a deleted user back with its id.
    pub(crate) fn restore(&mut self, id: &str, now: Timestamp) -> Option<User> {
        self.deleted(now).find(|user| user.id.eq_ignore_ascii_case(id))?;
        let mut user = self.take_deleted(id)?;
        user.deleted_date_time = None;
        let place = self.place(&user.id)?;
        self.becomes(place, Some(user.clone()))?;
        self.alive += 1;
        Some(user)
    }

    /// Removes a deleted user for good, which delta queries tell.
    pub(crate) fn purge(&mut self, id: &str) -> Option<()> {
        let user = self.take_deleted(id)?;
        let place = self.place(&user.id)?;
        self.changes.enter(place, self.records.get(place)?.len(), false);
        Some(())
    }

    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// A user by its place, in one of its versions; none if it was deleted then.
    pub(crate) fn version(&self, place: usize, version: usize) -> Option<&User> {
        self.records.get(place)?.version(version)
    }

    /// The id of whoever is or was at this place.
    pub(crate) fn id_at(&self, place: usize) -> Option<&str> {
        Some(self.records.get(place)?.version(0)?.id.as_str())
    }

    fn becomes(&mut self, place: usize, user: Option<User>) -> Option<()> {
        let record = self.records.get_mut(place)?;
        record.becomes(user);
        self.changes.enter(place, record.len(), false);
        Some(())
    }

    fn take_deleted(&mut self, id: &str) -> Option<User> {
        let place = self.deleted.iter().position(|user| user.id.eq_ignore_ascii_case(id))?;
        Some(self.deleted.remove(place))
    }

    /// Where the object with this id is, or was before it was deleted.
    fn place(&self, id: &str) -> Option<usize> {
        // Nothing else is ever written like an object id.
        self.index.get(&id.to_lowercase())?.first().copied()
    }

    fn enter(&mut self, user: &User, place: usize) {
        let proxies = user.proxy_addresses.iter();
        let proxies = proxies.filter_map(|proxy| Some(proxy.split_once(':')?.1));
        let own = [user.id.as_str(), user.user_principal_name.as_str()];
        let names = own
            .into_iter()
            .chain(user.mail.as_deref())
            .chain(user.invited_address.as_deref())
            .chain(user.other_mails.iter().map(String::as_str))
            .chain(proxies);
        for name in names {
            let places = self.index.entry(name.to_lowercase()).or_default();
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
}
