//! Reads listings page by page ("Paging Microsoft Graph data in your app", Graph). A page may be empty without being
//! the last. A nextLink is used unchanged, and only if it leads to this Graph.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::transport::{Answered, Payload};
use super::{Class, Graph, GraphError, Reach};

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

    /// Makes a search for each address, twenty to a call. An address whose search brought no whole listing is left out: whoever makes it by
    /// itself learns why. If an item asks to wait, the gate closes, as it does for a single call.
    pub(super) async fn search_each<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        addresses: &[&str],
        url: impl Fn(&str) -> Url,
    ) -> HashMap<String, Listing<T>> {
        let mut found = HashMap::with_capacity(addresses.len());
        let take = |address: &&str, read: Result<Answered<Value>, GraphError>| match read {
            Ok(Answered { body, graph_time }) => {
                let page = serde_json::from_value::<Page<T>>(body).ok().filter(|page| page.next.is_none());
                let whole = page.map(|page| Listing { values: page.value, graph_time });
                found.extend(whole.map(|listing| ((*address).to_owned(), listing)));
            }
            Err(error) => {
                tracing::info!(operation, %error, "a search in a batch brought nothing; it is made by itself")
            }
        };
        if let Err(error) = self.read_each(operation, addresses, url, take).await {
            tracing::info!(operation, %error, "a batch of searches failed; they are made one by one");
        }
        found
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
