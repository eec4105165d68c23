//! What a guest showed before its redemption was reset, for reads that run behind a reset.
//! Nobody has documented when a reset shows; [`crate::settings::StateAfterReset`] says which way it is.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Instant;

use super::user::User;
use crate::settings::{Settings, StateAfterReset};

/// The last reset of each user, by user id.
#[derive(Debug, Default)]
pub(crate) struct Resets(HashMap<String, Before>);

#[derive(Debug)]
struct Before {
    at: Instant,
    user: User,
}

impl Resets {
    /// To be called right before a reset.
    pub(crate) fn remember(&mut self, user: &User) {
        self.0.insert(user.id.clone(), Before { at: Instant::now(), user: user.clone() });
    }

    /// The user as a read shows it: the state and the identities may be those from before a reset.
    pub(crate) fn shown<'u>(&self, user: Cow<'u, User>, settings: &Settings) -> Cow<'u, User> {
        let lag = match settings.variants.state_after_reset {
            StateAfterReset::AtOnce | StateAfterReset::Unchanged => return user,
            StateAfterReset::AfterLag => settings.lag.reset_state,
            StateAfterReset::WithListing => settings.lag.listing.max(settings.lag.state_in_listing),
        };
        match self.0.get(&user.id) {
            Some(before) if user.is_pending() && before.at.elapsed() < lag => {
                let mut mixed = user.into_owned();
                mixed.external_user_state.clone_from(&before.user.external_user_state);
                mixed.external_user_state_change_date_time = before.user.external_user_state_change_date_time;
                mixed.identities.clone_from(&before.user.identities);
                Cow::Owned(mixed)
            }
            _ => user,
        }
    }
}
