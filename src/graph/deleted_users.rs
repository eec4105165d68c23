//! Users that were deleted within the last 30 days ("List deletedItems", "Restore deleted item", Graph).

use std::collections::HashMap;

use jiff::Timestamp;
use reqwest::Method;
use serde::{Deserialize, Deserializer};
use serde_json::Map;
use url::Url;

use super::object_id::object_ids;
use super::pages::Listing;
use super::transport::{Answered, Payload};
use super::users::{Fields, SELECT};
use super::{Graph, GraphError, User};

/// A deleted user. The deletion may have changed its userPrincipalName.
#[derive(Clone, Debug, PartialEq)]
pub struct DeletedUser {
    /// The user as it was before the deletion.
    pub user: User,
    /// `deletedDateTime`.
    pub deleted_at: Option<Timestamp>,
}

impl<'de> Deserialize<'de> for DeletedUser {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut fields = Fields { values: Map::deserialize(from)?, unreadable: Vec::new() };
        let deleted_at = fields.take("deletedDateTime");
        let mut user: User = serde_json::from_value(fields.values.into()).map_err(serde::de::Error::custom)?;
        user.unreadable.extend(fields.unreadable);
        Ok(Self { user, deleted_at })
    }
}

/// The operation that lists deleted users.
const LIST: &str = "listDeletedUsers";

impl Graph {
    /// The deleted users that had `address` in `mail`, `otherMails` or `proxyAddresses`. Several users may have had it,
    /// one after another.
    ///
    /// # Errors
    /// As any call.
    pub async fn deleted_by_address(&self, address: &str) -> Result<Vec<DeletedUser>, GraphError> {
        Ok(self.deleted(self.search(LIST, self.url_of_deleted(address)).await?))
    }

    /// As [`Graph::deleted_by_address`] for several addresses, twenty to a call. An address is left out for which that brought no answer that
    /// can be used.
    pub async fn deleted_by_addresses(&self, addresses: &[&str]) -> HashMap<String, Vec<DeletedUser>> {
        let found = self.search_each(LIST, addresses, |address| self.url_of_deleted(address)).await;
        found.into_iter().map(|(address, listing)| (address, self.deleted(listing))).collect()
    }

    fn url_of_deleted(&self, address: &str) -> Url {
        self.search_by_address(&["directory", "deletedItems", "microsoft.graph.user"], &select(), address)
    }

    fn deleted(&self, listing: Listing<DeletedUser>) -> Vec<DeletedUser> {
        self.count_unreadable(listing.values.iter().map(|deleted| &deleted.user));
        listing.values
    }

    /// Restores a deleted user with its id, groups and sponsors; none when Graph answers 404. The answer has only the
    /// properties that Graph returns without `$select`. Read the user by id for `externalUserState` and similar
    /// properties. Nothing is sent at or after `latest` on this process's wall clock.
    ///
    /// # Errors
    /// As any call; also when it is too late, and 400 when another user has the sign-in name now.
    pub async fn restore_user(&self, id: &str, latest: Option<Timestamp>) -> Result<Option<User>, GraphError> {
        const OPERATION: &str = "restoreDeletedItem";
        object_ids(OPERATION, &[id])?;
        let url = self.url(&["directory", "deletedItems", id, "restore"]);
        let answered: Result<Answered<User>, _> = self.call(OPERATION, Method::POST, url, Payload::none(latest)).await;
        match answered {
            Ok(answered) => Ok(Some(answered.body)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The properties that are read of a deleted user.
pub(super) fn select() -> String {
    format!("{SELECT},deletedDateTime")
}
