//! The addresses of Graph and of the sign-in for each cloud ("National cloud deployments", Graph; "National clouds",
//! Entra).

use url::Url;

/// The clouds that Microsoft publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clouds {
    /// The global cloud, including GCC.
    Global,
    /// US Government L4.
    UsGovernment,
    /// US Government L5, DoD.
    UsGovernmentDod,
    /// China, operated by 21Vianet.
    China,
}

/// The two base addresses for a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    /// The base address of Graph, without the version: `https://graph.microsoft.com/`.
    pub graph: Url,
    /// The base address of the sign-in: `https://login.microsoftonline.com/`.
    pub authority: Url,
}

/// An address that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WrongEndpoint {
    /// The text is not a URL.
    #[error("{text:?} cannot be an endpoint: {source}")]
    NoUrl {
        /// The text that was given.
        text: String,
        /// Why it cannot be parsed.
        source: url::ParseError,
    },
    /// The URL has another scheme than https, or no host.
    #[error("{0:?} cannot be an endpoint: it must begin with https:// and name a host")]
    NotHttps(String),
}

impl Roots {
    /// The addresses of a published cloud.
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

    /// Custom addresses.
    ///
    /// # Errors
    /// When one of them is not an https address.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// As the pages "National cloud deployments" (Graph) and "National clouds" (Entra) list them.
    #[test]
    fn each_cloud_has_its_own_roots_and_scope() {
        for (cloud, graph, authority) in [
            (Clouds::Global, "graph.microsoft.com", "login.microsoftonline.com"),
            (Clouds::UsGovernment, "graph.microsoft.us", "login.microsoftonline.us"),
            (Clouds::UsGovernmentDod, "dod-graph.microsoft.us", "login.microsoftonline.us"),
            (Clouds::China, "microsoftgraph.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
        ] {
            let roots = Roots::of(cloud).unwrap();
            assert_eq!(roots.graph.as_str(), format!("https://{graph}/"));
            assert_eq!(roots.authority.as_str(), format!("https://{authority}/"));
            assert_eq!(roots.scope(), format!("https://{graph}/.default"));
        }
        assert!(matches!(Roots::custom("http://graph.example", "https://x"), Err(WrongEndpoint::NotHttps(_))));
    }
}
