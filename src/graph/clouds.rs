//! Where each cloud's Graph and sign-in are ("National cloud deployments", Graph; "National clouds", Entra).

use url::Url;

/// The published clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clouds {
    /// Global, GCC included.
    Global,
    /// US Government L4.
    UsGovernment,
    /// US Government L5, DoD.
    UsGovernmentDod,
    /// China, operated by 21Vianet.
    China,
}

/// The two roots that a directory is reached by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    /// Graph, without the version: `https://graph.microsoft.com/`.
    pub graph: Url,
    /// The sign-in: `https://login.microsoftonline.com/`.
    pub authority: Url,
}

/// A root that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WrongEndpoint {
    /// It is no address at all.
    #[error("{text:?} cannot be an endpoint: {source}")]
    NoUrl {
        /// The text that was given.
        text: String,
        /// Why it cannot be read.
        source: url::ParseError,
    },
    /// It is an address of another scheme, or it names no host.
    #[error("{0:?} cannot be an endpoint: it must begin with https:// and name a host")]
    NotHttps(String),
}

impl Roots {
    /// The roots of a published cloud.
    ///
    /// # Errors
    /// Never in practice: the addresses are constants.
    pub fn of(cloud: Clouds) -> Result<Self, WrongEndpoint> {
        let (graph, authority) = match cloud {
            Clouds::Global => ("https://graph.microsoft.com", "https://login.microsoftonline.com"),
            Clouds::UsGovernment => ("https://graph.microsoft.us", "https://login.microsoftonline.us"),
            Clouds::UsGovernmentDod => ("https://dod-graph.microsoft.us", "https://login.microsoftonline.us"),
            Clouds::China => ("https://microsoftgraph.chinacloudapi.cn", "https://login.partner.microsoftonline.cn"),
        };
        Self::custom(graph, authority)
    }

    /// Roots of one's own.
    ///
    /// # Errors
    /// When one is no https address.
    pub fn custom(graph: &str, authority: &str) -> Result<Self, WrongEndpoint> {
        Ok(Self { graph: root(graph)?, authority: root(authority)? })
    }

    /// The scope of an app-only token for this Graph.
    pub fn scope(&self) -> String {
        format!("{}/.default", self.graph.as_str().trim_end_matches('/'))
    }
}

fn root(text: &str) -> Result<Url, WrongEndpoint> {
    let url = Url::parse(text).map_err(|source| WrongEndpoint::NoUrl { text: text.to_owned(), source })?;
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        _ => Err(WrongEndpoint::NotHttps(text.to_owned())),
    }
}
