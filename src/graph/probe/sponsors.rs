//! The sponsors of a guest with their types ("List sponsors", Graph). `graph::relations` reads the ids alone, and adds
//! and removes sponsors.

use serde::Deserialize;

use crate::graph::transport::Payload;
use crate::graph::{Graph, GraphError};

/// A sponsor of a guest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Sponsor {
    /// Object id.
    pub id: String,
    /// `@odata.type`, such as `#microsoft.graph.servicePrincipal`.
    #[serde(rename = "@odata.type")]
    pub kind: Option<String>,
}

impl Graph {
    /// A user's sponsors: users, groups, or the application that invited it.
    ///
    /// # Errors
    /// As any call; 404 when the user does not exist or is not visible yet.
    pub async fn sponsors_by_type(&self, user: &str) -> Result<Vec<Sponsor>, GraphError> {
        let mut url = self.url(&["users", user, "sponsors"]);
        url.query_pairs_mut().append_pair("$select", "id");
        Ok(self.pages::<Sponsor>("listSponsors", url, Payload::None).await?.values)
    }
}
