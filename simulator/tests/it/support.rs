//! A started simulator with a client that trusts it, and short ways to say the usual things.

use entra_simulator::{Config, Settings, Simulator};
use reqwest::{Certificate, Client, Method, Response};
use serde_json::{Value, json};

pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub const APP: &str = "aaaaaaaa-0000-0000-0000-000000000001";

pub struct Bench {
    pub sim: Simulator,
    pub client: Client,
    pub token: String,
}

pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Reply {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
    }

    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }

    pub fn emails(&self) -> Vec<&str> {
        self.body["value"].as_array().unwrap().iter().filter_map(|user| user["mail"].as_str()).collect()
    }
}

impl Bench {
    pub async fn new() -> Self {
        Self::with_roles(&["User.Invite.All", "User.Read.All"]).await
    }

    pub async fn with_roles(roles: &[&str]) -> Self {
        let mut config = Config::default();
        config.tenants[0].apps[0].roles = roles.iter().map(|role| (*role).to_owned()).collect();
        Self::with_config(config).await
    }

    pub async fn with_config(config: Config) -> Self {
        let sim = Simulator::start(config).await.unwrap();
        let client = client(&sim).build().unwrap();
        let mut bench = Self { sim, client, token: String::new() };
        bench.token = bench.sign_in().await;
        bench
    }

    pub async fn sign_in(&self) -> String {
        let reply = self.token_request(TENANT, &self.secret_form("simulator-secret")).await;
        reply.body["access_token"].as_str().expect("a token").to_owned()
    }

    pub fn secret_form<'a>(&self, secret: &'a str) -> Vec<(&'static str, std::borrow::Cow<'a, str>)> {
        vec![
            ("grant_type", "client_credentials".into()),
            ("client_id", APP.into()),
            ("client_secret", secret.into()),
            ("scope", self.scope().into()),
        ]
    }

    pub fn scope(&self) -> String {
        format!("{}.default", self.sim.url())
    }

    pub async fn token_request(&self, tenant: &str, form: &[(&str, std::borrow::Cow<'_, str>)]) -> Reply {
        let url = format!("{}{tenant}/oauth2/v2.0/token", self.sim.url());
        Reply::of(self.client.post(url).form(form).send().await.unwrap()).await
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("https://") { path.to_owned() } else { format!("{}v1.0/{path}", self.sim.url()) };
        self.client.request(method, url).bearer_auth(&self.token)
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        Reply::of(request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// With `ConsistencyLevel: eventual`.
    pub async fn eventual(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path).header("ConsistencyLevel", "eventual")).await
    }

    /// `GET /users` with options that are encoded here.
    pub async fn users(&self, options: &[(&str, &str)]) -> Reply {
        self.send(self.request(Method::GET, "users").query(options)).await
    }

    pub async fn users_eventual(&self, options: &[(&str, &str)]) -> Reply {
        self.send(self.request(Method::GET, "users").query(options).header("ConsistencyLevel", "eventual")).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn invite(&self, email: &str) -> Reply {
        self.post("invitations", &invitation(email)).await
    }

    /// Invites and gives the user's id.
    pub async fn guest(&self, email: &str) -> String {
        let reply = self.invite(email).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body["invitedUser"]["id"].as_str().unwrap().to_owned()
    }

    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        self.sim.update_settings(change);
    }
}

pub fn client(sim: &Simulator) -> reqwest::ClientBuilder {
    Client::builder().tls_certs_only([Certificate::from_pem(sim.ca_pem().as_bytes()).unwrap()])
}

/// An invitation that asks for a mail.
pub fn invitation(email: &str) -> Value {
    json!({
        "invitedUserEmailAddress": email,
        "inviteRedirectUrl": "https://myapps.microsoft.com",
        "sendInvitationMessage": true,
    })
}
