//! One object through time: what it is now, and what a view that lags still takes it for.
//! Lag goes by the monotonic clock and is looked at when a view is taken, so it can change at any time.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use super::user::User;
use crate::settings::Lag;

#[derive(Debug)]
pub(super) struct Record {
    versions: Vec<Version>,
}

/// A user from a moment on (none: from ever); no user means it was deleted then.
#[derive(Debug)]
struct Version {
    from: Option<Instant>,
    user: Option<User>,
}

impl Version {
    fn older_than(&self, lag: Duration) -> bool {
        self.from.is_none_or(|from| from.elapsed() >= lag)
    }
}

impl Record {
    /// A user from now on; an `old` one was always there and no lag hides it.
    pub(super) fn new(user: User, old: bool) -> Self {
        let from = (!old).then(Instant::now);
        let user = Some(user);
        Self { versions: vec![Version { from, user }] }
    }

    /// From now on it is this user, or nobody.
    pub(super) fn becomes(&mut self, user: Option<User>) {
        let from = Some(Instant::now());
        self.versions.push(Version { from, user });
    }

    /// How many versions there are.
    pub(super) fn len(&self) -> usize {
        self.versions.len()
    }

    pub(super) fn version(&self, number: usize) -> Option<&User> {
        self.versions.get(number)?.user.as_ref()
    }

    /// Made at least so long ago.
    pub(super) fn is_older_than(&self, lag: Duration) -> bool {
        self.versions.first().is_some_and(|first| first.older_than(lag))
    }

    /// The user as it was a while ago, or as it was made if it is younger.
    pub(super) fn as_of(&self, lag: Duration) -> Option<&User> {
        let version = self.version_behind(lag).or_else(|| self.versions.first())?;
        version.user.as_ref()
    }

    pub(super) fn now(&self) -> Option<&User> {
        self.versions.last()?.user.as_ref()
    }

    /// The user as it was a while ago; none if it was not there then.
    pub(super) fn behind(&self, lag: Duration) -> Option<&User> {
        self.version_behind(lag)?.user.as_ref()
    }

    fn version_behind(&self, lag: Duration) -> Option<&Version> {
        self.versions.iter().rev().find(|version| version.older_than(lag))
    }

    /// The user as a listing shows it.
    pub(super) fn listed(&self, lag: &Lag, listing: Duration) -> Option<Cow<'_, User>> {
        let shown = self.behind(listing)?;
        let state_lag = lag.state_in_listing.max(listing);
        let state = self.as_of(state_lag);
        match state {
            Some(state)
                if state.external_user_state != shown.external_user_state || state.identities != shown.identities =>
            {
                let mut mixed = shown.clone();
                mixed.external_user_state.clone_from(&state.external_user_state);
                mixed.external_user_state_change_date_time = state.external_user_state_change_date_time;
                mixed.identities.clone_from(&state.identities);
                Some(Cow::Owned(mixed))
            }
            _ => Some(Cow::Borrowed(shown)),
        }
    }
}
