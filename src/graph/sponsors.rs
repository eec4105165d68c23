//! Who answers for a guest ("List sponsors", Graph). Adding and removing them is in [`super::references`].

use serde::Deserialize;

use super::transport::Payload;
use super::{Graph, GraphError};

#[derive(Deserialize)]
struct Sponsor {
    id: String,
}

impl Graph {
    /// The object ids of a user's sponsors: users, groups, or the application that invited it.
    ///
    /// # Errors
    /// As any call; 404 when there is no such user, or not yet.
    pub async fn sponsors(&self, user: &str) -> Result<Vec<String>, GraphError> {
        let mut url = self.url(&["users", user, "sponsors"]);
        url.query_pairs_mut().append_pair("$select", "id");
        let listing = self.pages::<Sponsor>("listSponsors", url, Payload::None).await?;
        Ok(listing.values.into_iter().map(|sponsor| sponsor.id).collect())
    }
}
