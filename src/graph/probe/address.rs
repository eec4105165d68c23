//! Which query finds a user by address ("Advanced query capabilities on Microsoft Entra ID objects", Graph).

use crate::graph::filter;
use crate::graph::transport::Payload;
use crate::graph::{Graph, GraphError};

impl Graph {
    /// Whether Graph refuses the plain form of [`Graph::find_by_address`] and asks for an advanced query.
    ///
    /// # Errors
    /// As any call.
    pub async fn address_needs_advanced(&self, address: &str) -> Result<bool, GraphError> {
        let mut url = self.url(&["users"]);
        url.query_pairs_mut()
            .append_pair("$filter", &filter::has_address(address))
            .append_pair("$select", "id")
            .append_pair("$top", "10");
        match self.pages::<serde::de::IgnoredAny>("listUsers", url, Payload::None).await {
            Ok(_) => Ok(false),
            Err(error) if error.is_unsupported() => Ok(true),
            Err(error) => Err(error),
        }
    }
}
