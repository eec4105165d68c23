//! Changes in the directory from now on ("user: delta", Graph). They are read for single users, because a delta query
//! can be filtered by id only.

use reqwest::Method;
use serde::Deserialize;
use url::Url;

use crate::graph::filter;
use crate::graph::transport::{Answered, Payload};
use crate::graph::{Class, Graph, GraphError, Reach, User};

/// The link for the next delta query.
#[derive(Clone, Debug)]
pub struct DeltaLink(Url);

#[derive(Deserialize)]
struct DeltaPage {
    #[serde(default)]
    value: Vec<User>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta: Option<String>,
}

impl Graph {
    /// The user `id` from a delta query, with its `externalUserState`, and the link for later changes.
    ///
    /// # Errors
    /// As any call; [`GraphError::is_unsupported`] if Graph cannot follow that property.
    pub async fn follow_state(&self, id: &str) -> Result<(Vec<User>, DeltaLink), GraphError> {
        let mut url = self.url(&["users", "delta"]);
        let one = filter::equals("id", id);
        url.query_pairs_mut().append_pair("$select", "id,externalUserState").append_pair("$filter", &one);
        self.round(url).await
    }

    /// The changes since `link`, and the link for the next query.
    ///
    /// # Errors
    /// As any call.
    pub async fn followed(&self, link: &DeltaLink) -> Result<(Vec<User>, DeltaLink), GraphError> {
        self.round(link.0.clone()).await
    }

    async fn round(&self, mut url: Url) -> Result<(Vec<User>, DeltaLink), GraphError> {
        const OPERATION: &str = "deltaUsers";
        let mut users = Vec::new();
        loop {
            let page: Answered<DeltaPage> = self.call(OPERATION, Method::GET, url, Payload::None).await?;
            users.extend(page.body.value);
            let own = |link: String| Url::parse(&link).ok().filter(|url| self.owns(url));
            match (page.body.next.map(own), page.body.delta.map(own)) {
                (Some(Some(next)), _) => url = next,
                (None, Some(Some(link))) => return Ok((users, DeltaLink(link))),
                _ => {
                    let message = "the round's link is missing or leads elsewhere";
                    return Err(GraphError::local(OPERATION, Class::Transient, Reach::Answered, message));
                }
            }
        }
    }
}
