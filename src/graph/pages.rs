//! Reads listings page by page ("Paging Microsoft Graph data in your app", Graph). A page may be empty without being
//! the last. A nextLink is used unchanged, and only if it leads to this Graph.

use std::collections::HashSet;

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::batch::BatchRequest;
use super::transport::{Answered, Payload};
use super::{Class, Graph, GraphError, IN_BATCH, Reach};

/// The most users or members on one page ("List users", "List group members", Graph).
pub const IN_PAGE: usize = 999;

#[derive(Deserialize)]
struct Page<T> {
    #[serde(default = "Vec::new")]
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

/// A whole listing.
pub(super) struct Listing<T> {
    /// The items of all pages.
    pub(super) values: Vec<T>,
    /// The time on Graph's clock when the first page was read.
    pub(super) graph_time: Timestamp,
}

impl Graph {
    /// Reads a listing to its end. It never returns a part of a listing. `payload` is sent with every page.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        url: Url,
        payload: Payload<'_>,
    ) -> Result<Listing<T>, GraphError> {
        let mut values = Vec::new();
        let graph_time = self.each_page(operation, url, payload, |page| values.extend(page)).await?;
        Ok(Listing { values, graph_time })
    }

    /// Reads a listing page by page to its end, and hands each page on when it has come. Returns the time on Graph's clock when the
    /// first page was read. What was handed on before an error is true all the same.
    pub(super) async fn each_page<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        url: Url,
        payload: Payload<'_>,
        mut take: impl FnMut(Vec<T>),
    ) -> Result<Timestamp, GraphError> {
        let first: Answered<Page<T>> = self.call(operation, Method::GET, url, payload).await?;
        let mut next = first.body.next;
        take(first.body.value);
        let mut followed = HashSet::new();
        while let Some(link) = next {
            let url = self.follow(operation, &link)?;
            if !followed.insert(link) {
                return Err(broken(operation, "the listing goes in circles: a nextLink came twice"));
            }
            let page: Answered<Page<T>> = self.call(operation, Method::GET, url, payload).await?;
            next = page.body.next;
            take(page.body.value);
        }
        Ok(first.graph_time)
    }

    /// Reads a search. If Graph does not support the plain query, it asks again with an advanced query. Not every
    /// combination that the plain mode supports is documented ("Advanced query capabilities", Graph).
    pub(super) async fn search<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        mut url: Url,
    ) -> Result<Listing<T>, GraphError> {
        match self.pages(operation, url.clone(), Payload::None).await {
            Err(error) if error.is_unsupported() => {
                url.query_pairs_mut().append_pair("$count", "true");
                self.pages(operation, url, Payload::Advanced).await
            }
            other => other,
        }
    }

    /// Reads several searches, twenty to a call. In the place of a search whose item brought no whole listing there is nothing: whoever
    /// makes that search by itself learns why. If an item asks to wait, the gate closes, as it does for a single call.
    ///
    /// # Errors
    /// When a whole call fails.
    pub(super) async fn search_each<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        urls: Vec<Url>,
    ) -> Result<Vec<Option<Listing<T>>>, GraphError> {
        let requests: Vec<BatchRequest> =
            urls.into_iter().map(|url| BatchRequest { method: Method::GET, url, body: None }).collect();
        let mut found = Vec::with_capacity(requests.len());
        for chunk in requests.chunks(IN_BATCH) {
            let Answered { body: mut items, graph_time } = self.batch(chunk).await?;
            found.extend((0..chunk.len()).map(|n| {
                let item = items.remove(&n)?;
                if item.status != 200 {
                    let error = self.item_error(operation, &item);
                    tracing::info!(operation, %error, "a search in a batch brought nothing; it is made by itself");
                    return None;
                }
                let page: Page<T> = serde_json::from_value(item.body).ok()?;
                page.next.is_none().then_some(Listing { values: page.value, graph_time })
            }));
        }
        Ok(found)
    }

    fn follow(&self, operation: &'static str, link: &str) -> Result<Url, GraphError> {
        let ours = Url::parse(link).ok().filter(|url| self.owns(url));
        ours.ok_or_else(|| broken(operation, "the listing's nextLink leads elsewhere"))
    }
}

/// The error for a listing that cannot be read to its end.
fn broken(operation: &'static str, why: &str) -> GraphError {
    GraphError::local(operation, Class::Transient, Reach::Answered, why)
}
