//! Who answers for a guest ("List sponsors", Graph). Adding and removing them is in [`super::references`].

use serde::Deserialize;

use super::transport::Payload;
use super::{Graph, GraphError};

/// Who answers for a guest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Sponsor {
    /// Object id.
    pub id: String,
    /// `@odata.type`, such as `#microsoft.graph.servicePrincipal`.
    #[serde(rename = "@odata.type")]
    pub kind: Option<String>,
}

impl Graph {
    /// The object ids of a user's sponsors: users, groups, or the application that invited it.
    ///
    /// # Errors
    /// As any call; 404 when there is no such user, or not yet.
    pub async fn sponsors(&self, user: &str) -> Result<Vec<String>, GraphError> {
        Ok(self.sponsors_by_type(user).await?.into_iter().map(|sponsor| sponsor.id).collect())
    }

    /// The same, each with its type.
    ///
    /// # Errors
    /// As [`Graph::sponsors`].
    pub async fn sponsors_by_type(&self, user: &str) -> Result<Vec<Sponsor>, GraphError> {
        let mut url = self.url(&["users", user, "sponsors"]);
        url.query_pairs_mut().append_pair("$select", "id");
        Ok(self.pages::<Sponsor>("listSponsors", url, Payload::None).await?.values)
    }
}
