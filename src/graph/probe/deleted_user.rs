//! One deleted user, and its end ("Get deleted item", "Permanently delete item", Graph).

use reqwest::Method;
use serde::Deserialize;

use crate::graph::deleted_users::select;
use crate::graph::object_id::{is_object_id, object_ids};
use crate::graph::transport::Payload;
use crate::graph::{DeletedUser, Graph, GraphError};

/// Deleted items are of several types, and each says which it is.
#[derive(Deserialize)]
struct DeletedItem {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    #[serde(flatten)]
    deleted: DeletedUser,
}

impl Graph {
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
