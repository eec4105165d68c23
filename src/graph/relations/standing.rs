//! Which relations stand, read for many users at once: for groups by the pages of their members, for sponsors twenty users to a call
//! ("List group members", "List sponsors", Graph).

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;

use super::DirectoryObject;
use crate::api::RelationKind;
use crate::graph::pages::IN_PAGE;
use crate::graph::transport::{Answered, Payload};
use crate::graph::{Graph, GraphError};

#[derive(Deserialize)]
struct RelatedPage {
    #[serde(default = "Vec::new")]
    value: Vec<DirectoryObject>,
}

impl Graph {
    /// Whether relations of this kind are read from the other object, whose users come in pages, and not from the user.
    pub fn lists_users_of(kind: RelationKind) -> bool {
        !kind.graph().owned_by_user
    }

    /// Reads which users are related to the object `target`, and hands each page of ids to `take`. Returns false if there is no such object.
    /// Only for kinds of which [`Graph::lists_users_of`] says so.
    ///
    /// # Errors
    /// As any call; 403 when the application may not read them. What was handed on before the error is true all the same.
    pub async fn each_user_of(
        &self,
        kind: RelationKind,
        target: &str,
        mut take: impl FnMut(Vec<String>),
    ) -> Result<bool, GraphError> {
        let row = kind.graph();
        let mut url = self.url(&[row.owners, target, row.navigation]);
        url.query_pairs_mut().append_pair("$select", "id").append_pair("$top", &IN_PAGE.to_string());
        let take = |page: Vec<DirectoryObject>| take(page.into_iter().map(|object| object.id).collect());
        match self.each_page("listMembers", url, Payload::None, take).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What each of the users is related to, by id, as [`Graph::related`] says it for one. A user whose item failed is left out.
    ///
    /// # Errors
    /// When a whole call fails.
    pub async fn related_of(
        &self,
        kind: RelationKind,
        users: &[String],
    ) -> Result<Vec<(String, HashSet<String>)>, GraphError> {
        let row = kind.graph();
        let mut found = Vec::with_capacity(users.len());
        let url = |user: &str| {
            let mut url = self.url(&["users", user, row.read]);
            url.query_pairs_mut().append_pair("$select", "id");
            url
        };
        let take = |user: &String, read: Result<Answered<Value>, GraphError>| match read {
            Ok(read) => {
                if let Ok(related) = serde_json::from_value::<RelatedPage>(read.body) {
                    found.push((user.clone(), related.value.into_iter().map(|object| object.id).collect()));
                }
            }
            Err(error) => {
                tracing::debug!(%error, "a read in a batch failed; the next sweep of everybody reads it again")
            }
        };
        self.read_each(row.read_operation, users, url, take).await?;
        Ok(found)
    }
}
