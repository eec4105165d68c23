//! Which groups hold a user ("List a user's direct memberships", Graph).

use serde::Deserialize;

use super::{Graph, GraphError};

#[derive(Deserialize)]
struct Object {
    id: String,
}

impl Graph {
    /// The ids of the groups and other objects that the user is a direct member of.
    ///
    /// # Errors
    /// As any call; 403 without GroupMember.Read.All or more, 404 when there is no such user, or not yet.
    pub async fn groups_of(&self, user: &str) -> Result<Vec<String>, GraphError> {
        let mut url = self.url(&["users", user, "memberOf"]);
        url.query_pairs_mut().append_pair("$select", "id");
        Ok(self.search::<Object>("listMemberOf", url).await?.values.into_iter().map(|object| object.id).collect())
    }
}
