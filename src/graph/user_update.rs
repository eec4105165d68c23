//! Changing a user ("Update user", Graph) and deleting one ("Delete a user", Graph), which can be restored for 30 days.

use reqwest::Method;
use serde_json::{Map, Value};

use super::object_id::object_ids;
use super::transport::Payload;
use super::{Graph, GraphError};

impl Graph {
    /// Sets the properties in `changes`, by Graph's names, and leaves all others as they are; null clears one. Without
    /// changes nothing is sent.
    ///
    /// # Errors
    /// As any call. For minutes after its creation a user may answer 404, even if it was read already.
    pub async fn update_user(&self, id: &str, changes: &Map<String, Value>) -> Result<(), GraphError> {
        const OPERATION: &str = "updateUser";
        object_ids(OPERATION, &[id])?;
        if changes.is_empty() {
            return Ok(());
        }
        let body = Value::Object(changes.clone());
        self.command(OPERATION, Method::PATCH, self.url(&["users", id]), Payload::Json(&body)).await
    }

    /// Deletes a user. False: Graph answered 404, so it is gone already, or too young to be seen everywhere.
    ///
    /// # Errors
    /// As any call.
    pub async fn delete_user(&self, id: &str) -> Result<bool, GraphError> {
        const OPERATION: &str = "deleteUser";
        object_ids(OPERATION, &[id])?;
        match self.command(OPERATION, Method::DELETE, self.url(&["users", id]), Payload::None).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
