//! Users that were deleted within 30 days ("List deletedItems", "Restore deleted item", Graph).

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;

use super::filter;
use super::object_id::object_ids;
use super::transport::{Answered, Payload};
use super::users::SELECT;
use super::{Graph, GraphError, User};

/// A deleted user. Its userPrincipalName may have been changed by the deletion.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct DeletedUser {
    /// The user as it was.
    #[serde(flatten)]
    pub user: User,
    /// `deletedDateTime`.
    #[serde(rename = "deletedDateTime", default)]
    pub deleted_at: Option<Timestamp>,
}

impl Graph {
    /// The deleted users that had `address` in `mail`, `otherMails` or `proxyAddresses`. Several may have had it, one after another.
    ///
    /// # Errors
    /// As any call.
    pub async fn deleted_by_address(&self, address: &str) -> Result<Vec<DeletedUser>, GraphError> {
        let mut url = self.url(&["directory", "deletedItems", "microsoft.graph.user"]);
        url.query_pairs_mut()
            .append_pair("$filter", &filter::has_address(address))
            .append_pair("$select", &select())
            .append_pair("$top", "10");
        Ok(self.search("listDeletedUsers", url).await?.values)
    }

    /// Brings a deleted user back, with its id, groups and sponsors; nothing when Graph answers 404. The answer holds what
    /// Graph returns without `$select`, so `externalUserState` and its like have to be read by id.
    ///
    /// # Errors
    /// As any call; 400 when somebody else has the sign-in name meanwhile.
    pub async fn restore_user(&self, id: &str) -> Result<Option<User>, GraphError> {
        const OPERATION: &str = "restoreDeletedItem";
        object_ids(OPERATION, &[id])?;
        let url = self.url(&["directory", "deletedItems", id, "restore"]);
        let answered: Result<Answered<User>, _> = self.call(OPERATION, Method::POST, url, Payload::None).await;
        match answered {
            Ok(answered) => Ok(Some(answered.body)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What is read of a deleted user.
pub(super) fn select() -> String {
    format!("{SELECT},deletedDateTime")
}
