//! The directory's name and domains ("List organization", Graph).

use serde::Deserialize;

use crate::graph::users::nullable;
use crate::graph::{Graph, GraphError};

/// A directory's name and domains.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Organization {
    /// `displayName`.
    pub display_name: Option<String>,
    #[serde(deserialize_with = "nullable")]
    verified_domains: Vec<Domain>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Domain {
    name: String,
    is_initial: Option<bool>,
}

impl Organization {
    /// The domain that the directory was created with, such as `contoso.onmicrosoft.com`. It never changes.
    pub fn initial_domain(&self) -> Option<&str> {
        let initial = self.verified_domains.iter().find(|domain| domain.is_initial == Some(true));
        initial.map(|domain| domain.name.as_str())
    }
}

impl Graph {
    /// The directory's name and domains, if Graph returns them.
    ///
    /// # Errors
    /// As any call; 403 without Organization.Read.All.
    pub async fn organization(&self) -> Result<Option<Organization>, GraphError> {
        self.read_organization("displayName,verifiedDomains").await
    }
}
