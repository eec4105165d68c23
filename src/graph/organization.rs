//! The directory's own name ("List organization", Graph). It needs Organization.Read.All, which nothing else does.

use reqwest::Method;
use serde::Deserialize;

use super::transport::{Answered, Payload};
use super::{Graph, GraphError};

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    value: Vec<Organization>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Organization {
    display_name: Option<String>,
}

impl Graph {
    /// `displayName` of the directory, if Graph tells.
    ///
    /// # Errors
    /// As any call; 403 without Organization.Read.All.
    pub async fn organization_name(&self) -> Result<Option<String>, GraphError> {
        let mut url = self.url(&["organization"]);
        url.query_pairs_mut().append_pair("$select", "displayName");
        let page: Answered<Page> = self.call("getOrganization", Method::GET, url, Payload::None).await?;
        Ok(page.body.value.into_iter().find_map(|organization| organization.display_name))
    }
}
