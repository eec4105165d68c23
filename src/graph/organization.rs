//! The directory's own name ("List organization", Graph). It needs Organization.Read.All, which nothing else does.

use reqwest::Method;
use serde::Deserialize;

use super::transport::{Answered, Payload};
use super::users::nullable;
use super::{Graph, GraphError};

#[derive(Deserialize)]
struct OrganizationPage {
    #[serde(default)]
    value: Vec<Organization>,
}

/// Who a directory is.
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
    /// The domain that the directory was made with, such as `contoso.onmicrosoft.com`. It never changes.
    pub fn initial_domain(&self) -> Option<&str> {
        let initial = self.verified_domains.iter().find(|domain| domain.is_initial == Some(true));
        initial.map(|domain| domain.name.as_str())
    }
}

impl Graph {
    /// `displayName` of the directory, if Graph tells.
    ///
    /// # Errors
    /// As any call; 403 without Organization.Read.All.
    pub async fn organization_name(&self) -> Result<Option<String>, GraphError> {
        Ok(self.read_organization("displayName").await?.and_then(|organization| organization.display_name))
    }

    /// The directory's name and domains, if Graph tells.
    ///
    /// # Errors
    /// As any call; 403 without Organization.Read.All.
    pub async fn organization(&self) -> Result<Option<Organization>, GraphError> {
        self.read_organization("displayName,verifiedDomains").await
    }

    async fn read_organization(&self, select: &str) -> Result<Option<Organization>, GraphError> {
        let mut url = self.url(&["organization"]);
        url.query_pairs_mut().append_pair("$select", select);
        let page: Answered<OrganizationPage> = self.call("getOrganization", Method::GET, url, Payload::None).await?;
        Ok(page.body.value.into_iter().next())
    }
}
