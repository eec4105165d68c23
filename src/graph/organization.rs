//! The directory's name ("List organization", Graph). Only this call needs Organization.Read.All.

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::transport::{Answered, Payload};
use super::{Graph, GraphError};

#[derive(Deserialize)]
struct OrganizationPage<T> {
    #[serde(default = "Vec::new")]
    value: Vec<T>,
}

#[derive(Deserialize)]
struct OrganizationName {
    #[serde(rename = "displayName", default)]
    display_name: Option<String>,
}

impl Graph {
    /// `displayName` of the directory, if Graph returns it.
    ///
    /// # Errors
    /// As any call; 403 without Organization.Read.All.
    pub async fn organization_name(&self) -> Result<Option<String>, GraphError> {
        let organization = self.read_organization::<OrganizationName>("displayName").await?;
        Ok(organization.and_then(|organization| organization.display_name))
    }

    /// The properties in `select` of the directory, if Graph returns them.
    pub(super) async fn read_organization<T: DeserializeOwned>(&self, select: &str) -> Result<Option<T>, GraphError> {
        let mut url = self.url(&["organization"]);
        url.query_pairs_mut().append_pair("$select", select);
        let page: Answered<OrganizationPage<T>> = self.call("getOrganization", Method::GET, url, Payload::None).await?;
        Ok(page.body.value.into_iter().next())
    }
}
