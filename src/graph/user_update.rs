//! Updates a user ("Update user", Graph) and deletes one ("Delete a user", Graph). A deleted user can be restored for
//! 30 days.

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::object_id::object_ids;
use super::transport::Payload;
use super::{Graph, GraphError};

impl Graph {
    /// Sets the properties in `changes`, by Graph's names. A null clears a property. Other properties stay as they are.
    /// Without changes nothing is sent, and neither at or after `latest` on this process's wall clock.
    ///
    /// # Errors
    /// As any call; also when it is too late. For some minutes after its creation Graph may answer 404 for a user, even if a read found the
    /// user before.
    pub async fn update_user(
        &self,
        id: &str,
        changes: &Map<String, Value>,
        latest: Option<Timestamp>,
    ) -> Result<(), GraphError> {
        const OPERATION: &str = "updateUser";
        object_ids(OPERATION, &[id])?;
        if changes.is_empty() {
            return Ok(());
        }
        let body = Value::Object(changes.clone());
        self.command(OPERATION, Method::PATCH, self.url(&["users", id]), Payload::json(&body, latest)).await
    }

    /// Enables or disables the account (`accountEnabled`). Nothing is sent at or after `latest` on this process's wall clock.
    ///
    /// # Errors
    /// As [`Graph::update_user`].
    pub async fn enable_user(&self, id: &str, enabled: bool, latest: Option<Timestamp>) -> Result<(), GraphError> {
        const OPERATION: &str = "updateUser";
        object_ids(OPERATION, &[id])?;
        let body = json!({"accountEnabled": enabled});
        self.command(OPERATION, Method::PATCH, self.url(&["users", id]), Payload::json(&body, latest)).await
    }

    /// Deletes a user. False when Graph answers 404: the user is already deleted, or too new to be visible everywhere. Nothing is sent at or
    /// after `latest` on this process's wall clock.
    ///
    /// # Errors
    /// As any call; also when it is too late.
    pub async fn delete_user(&self, id: &str, latest: Option<Timestamp>) -> Result<bool, GraphError> {
        const OPERATION: &str = "deleteUser";
        object_ids(OPERATION, &[id])?;
        match self.command(OPERATION, Method::DELETE, self.url(&["users", id]), Payload::none(latest)).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
