//! The token of one tenant: one request at a time, the last good one kept until it expires, a new credential after a 401.
//! azure_identity keeps a cache of its own but waits minutes on a broken sign-in and cannot be told that a token was refused.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use azure_core::credentials::TokenCredential;
use azure_core::error::ErrorKind;
use tokio::sync::Mutex;

use super::credential::Credential;
use super::{Class, GraphError, Reach};

/// How long the sign-in may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The operation's name in errors and in the simulator's journal.
const OPERATION: &str = "token";

/// The tokens of one tenant.
pub struct TokenSource {
    credential: Credential,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    signer: Option<Arc<dyn TokenCredential>>,
    token: Option<Token>,
}

#[derive(Clone)]
struct Token {
    secret: String,
    refresh_at: SystemTime,
    expires_at: SystemTime,
}

impl std::fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenSource").field("credential", &self.credential).finish_non_exhaustive()
    }
}

impl TokenSource {
    /// Tokens by `credential`. Nothing is asked for yet.
    pub fn new(credential: Credential) -> Self {
        Self { credential, held: Mutex::default() }
    }

    /// A token that is good now. Callers that come while one is fetched wait for that one.
    ///
    /// # Errors
    /// Class Auth with the `AADSTS` number when Entra refuses, Transient when it cannot be reached.
    pub async fn token(&self) -> Result<String, GraphError> {
        let mut held = self.held.lock().await;
        let now = SystemTime::now();
        if let Some(token) = held.token.as_ref().filter(|token| now < token.refresh_at) {
            return Ok(token.secret.clone());
        }
        match self.fetch(&mut held).await {
            Ok(token) => {
                let secret = token.secret.clone();
                held.token = Some(token);
                Ok(secret)
            }
            Err(error) => match held.token.as_ref().filter(|token| now < token.expires_at) {
                Some(token) => {
                    tracing::warn!(%error, "no new token; the last one is still good");
                    Ok(token.secret.clone())
                }
                None => Err(error),
            },
        }
    }

    /// Graph refused `token`: forget it, with the credential that keeps it in a cache of its own.
    pub async fn refused(&self, token: &str) {
        let mut held = self.held.lock().await;
        if held.token.as_ref().is_some_and(|held| held.secret == token) {
            *held = Held::default();
        }
    }

    async fn fetch(&self, held: &mut Held) -> Result<Token, GraphError> {
        let signer = match &held.signer {
            Some(signer) => signer.clone(),
            None => {
                let made = self.credential.signer();
                let made =
                    made.map_err(|error| GraphError::local(OPERATION, Class::Auth, Reach::NotSent, error.to_string()))?;
                held.signer.insert(made).clone()
            }
        };
        let scope = self.credential.scope();
        let asked = tokio::time::timeout(TIMEOUT, signer.get_token(&[scope.as_str()], None)).await;
        let token = match asked {
            Ok(Ok(token)) => token,
            Ok(Err(error)) => {
                // A failed signer is made anew: its files or its Secret may have changed meanwhile.
                held.signer = None;
                return Err(sign_in_error(&error));
            }
            Err(_) => {
                held.signer = None;
                let message = format!("the sign-in did not answer within {} s", TIMEOUT.as_secs());
                return Err(GraphError::local(OPERATION, Class::Transient, Reach::NotSent, message));
            }
        };
        let expires_at = SystemTime::from(token.expires_on);
        let life = expires_at.duration_since(SystemTime::now()).unwrap_or_default();
        let jitter = 0.7 + 0.1 * fastrand::f64();
        Ok(Token {
            secret: token.token.secret().to_owned(),
            refresh_at: SystemTime::now() + life.mul_f64(jitter),
            expires_at,
        })
    }
}

/// Finds Entra's own answer under azure_identity's wrapping: its number is what tells causes apart.
fn sign_in_error(error: &azure_core::Error) -> GraphError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut deepest = error.to_string();
    while let Some(current) = cause {
        if let Some(inner) = current.downcast_ref::<azure_core::Error>()
            && let ErrorKind::HttpResponse { status, error_code, .. } = inner.kind()
        {
            let status = u16::from(*status);
            let code = error_code.as_deref().map(|code| format!("AADSTS{code}")).unwrap_or_default();
            let class = if (400..500).contains(&status) && status != 429 { Class::Auth } else { Class::Transient };
            let message = first_sentence(&inner.to_string());
            return GraphError {
                status: Some(status),
                code,
                ..GraphError::local(OPERATION, class, Reach::NotSent, message)
            };
        }
        deepest = current.to_string();
        cause = current.source();
    }
    GraphError::local(OPERATION, Class::Transient, Reach::NotSent, format!("the sign-in cannot be reached: {deepest}"))
}

/// Entra's descriptions carry trace ids and times, which would make every status a new one.
fn first_sentence(description: &str) -> String {
    let end = ["Trace ID", "\r\n", "\n"].iter().filter_map(|mark| description.find(mark)).min();
    description[..end.unwrap_or(description.len())].trim().to_owned()
}
