//! The proxy before the API server: the one that the kubeconfig names (`proxy-url`), else that of HTTPS_PROXY, unless NO_PROXY
//! names the server. The environment is read as for Graph and the sign-in. As with kubectl it does not count for a server on this
//! machine, nor for the pod's own ServiceAccount.
//!
//! kube reads these variables too, but holds NO_PROXY against the address of the proxy.

use std::net::IpAddr;
use std::time::Duration;

use hyper::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioExecutor;
use kube::client::{Body, ConfigExt};
use kube::{Client, Config};
use tower::{BoxError, ServiceBuilder};

const CONNECT: Duration = Duration::from_secs(30);

/// The variables that kube takes a proxy from.
const VARIABLES: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];

/// The proxy before the server of `config`, if there is one.
pub fn before(config: &Config) -> Option<Intercept> {
    let environment = VARIABLES.map(|name| std::env::var(name).unwrap_or_default());
    chosen(config, &environment, Matcher::from_env)
}

fn chosen(config: &Config, environment: &[String], by_environment: fn() -> Matcher) -> Option<Intercept> {
    let named = config.proxy_url.as_ref()?;
    let is_named = |value: &String| value.parse::<Uri>().is_ok_and(|value| value == *named);
    let matcher = match environment.iter().any(is_named) {
        true if is_here(&config.cluster_url) => return None,
        true => by_environment(),
        false => Matcher::builder().all(named.to_string()).build(),
    };
    matcher.intercept(&config.cluster_url)
}

/// Whether the server is on this machine.
fn is_here(server: &Uri) -> bool {
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// A client that reaches the server through `proxy`, as kube would make it.
///
/// # Errors
/// When the certificates or the credentials of `config` cannot be used.
pub fn client_through(proxy: &Intercept, config: &Config) -> kube::Result<Client> {
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_connect_timeout(Some(CONNECT));
    let tunnel = Tunnel::new(proxy.uri().clone(), connector);
    let tunnel = match proxy.basic_auth() {
        Some(password) => tunnel.with_auth(password.clone()),
        None => tunnel,
    };
    let connector = config.rustls_https_connector_with_connector(tunnel)?;
    let http: hyper_util::client::legacy::Client<_, Body> =
        hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build(connector);
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .map_err(BoxError::from)
        .service(http);
    Ok(Client::new(service, config.default_namespace.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Matcher {
        Matcher::builder().https("http://proxy.example:3128").no("10.0.0.0/8, .corp.example,,localhost").build()
    }

    fn found(server: &str, named: Option<&str>, environment: fn() -> Matcher) -> Option<String> {
        let mut config = Config::new(server.parse().unwrap());
        config.proxy_url = named.map(|named| named.parse().unwrap());
        let variables = ["http://proxy.example:3128".to_owned(), String::new()];
        chosen(&config, &variables, environment).map(|proxy| proxy.uri().to_string())
    }

    #[test]
    fn the_environment_counts_but_where_no_proxy_names_the_server() {
        let of = |server: &str| found(server, Some("http://proxy.example:3128"), environment);
        assert_eq!(of("https://kube.example:6443").as_deref(), Some("http://proxy.example:3128/"));
        for direct in ["https://10.1.2.3:6443", "https://kube.corp.example", "https://127.0.0.1:6443", "https://[::1]"]
        {
            assert_eq!(of(direct), None, "{direct}");
        }
        assert_eq!(found("https://kube.example", None, environment), None);
    }

    #[test]
    fn the_proxy_of_the_kubeconfig_counts_always() {
        for server in ["https://kube.example", "https://10.1.2.3", "https://127.0.0.1:6443"] {
            let of = found(server, Some("http://other.example:1"), environment);
            assert_eq!(of.as_deref(), Some("http://other.example:1/"), "{server}");
        }
    }
}
