//! Users that were deleted within 30 days ("List deletedItems", "Get deleted item", "Restore deleted item", Graph).

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;

use super::filter;
use super::object_id::{is_object_id, object_ids};
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

/// Deleted items are of several types, and each says which it is.
#[derive(Deserialize)]
struct DeletedItem {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    #[serde(flatten)]
    deleted: DeletedUser,
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

    /// A deleted user by id; nothing when Graph answers 404, or when the id is not a user's.
    ///
    /// # Errors
    /// As any call.
    pub async fn deleted_user(&self, id: &str) -> Result<Option<DeletedUser>, GraphError> {
        if !is_object_id(id) {
            return Ok(None);
        }
        let mut url = self.url(&["directory", "deletedItems", id]);
        url.query_pairs_mut().append_pair("$select", &select());
        match self.call::<DeletedItem>("getDeletedItem", Method::GET, url, Payload::None).await {
            Ok(answered) => {
                let user = |kind: &String| kind.eq_ignore_ascii_case("#microsoft.graph.user");
                let item = answered.body;
                Ok(item.kind.as_ref().is_none_or(user).then_some(item.deleted))
            }
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
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

    /// Deletes a deleted user for good. False: Graph answered 404, so it is gone already.
    ///
    /// # Errors
    /// As any call; whether an application may do this is documented both ways.
    pub async fn purge_user(&self, id: &str) -> Result<bool, GraphError> {
        const OPERATION: &str = "purgeDeletedItem";
        object_ids(OPERATION, &[id])?;
        match self.command(OPERATION, Method::DELETE, self.url(&["directory", "deletedItems", id]), Payload::None).await
        {
            Ok(()) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn select() -> String {
    format!("{SELECT},deletedDateTime")
}
