//! Reads one deleted user and deletes it permanently ("Get deleted item", "Permanently delete item", Graph).

use reqwest::Method;
use serde::Deserialize;

use crate::graph::deleted_users::select;
use crate::graph::object_id::{is_object_id, object_ids};
use crate::graph::transport::Payload;
use crate::graph::{DeletedUser, Graph, GraphError};

/// A deleted item can have several types. Each item names its own type.
#[derive(Deserialize)]
struct DeletedItem {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    #[serde(flatten)]
    deleted: DeletedUser,
}

impl Graph {
    /// A deleted user by id; none when Graph answers 404 or the id does not belong to a user.
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

    /// Deletes a deleted user permanently. False when Graph answers 404: the user is already gone.
    ///
    /// # Errors
    /// As any call. The documentation contradicts itself on whether an application may do this.
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
