//! The token of one tenant. Only one request runs at a time, and the last good token is kept until it expires. Each
//! request uses a new credential. azure_identity has its own cache, but it waits minutes on a failing sign-in, and it
//! does not know when Graph refuses a token.

use std::time::{Duration, SystemTime};

use azure_core::error::ErrorKind;
use tokio::sync::Mutex;

use super::aadsts::{code_in, passes};
use super::assertion::AssertionError;
use super::broken::why;
use super::credential::{Credential, Proof};
use super::error::{LONGEST, told};
use super::permissions::Permissions;
use super::sign_in_http::NotEntra;
use super::{Class, GraphError, Reach};

/// How long a sign-in may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long a refusal is returned to every caller. A thousand guests must not ask a thousand times.
const REFUSED: Duration = Duration::from_secs(2);

/// The same wait while the last token is still good.
const STILL_GOOD: Duration = Duration::from_secs(30);

/// The operation's name in errors and in the simulator's journal.
const OPERATION: &str = "token";

/// Fetches and keeps the tokens of one tenant.
pub struct TokenSource {
    credential: Credential,
    held: Mutex<HeldToken>,
}

#[derive(Default)]
struct HeldToken {
    token: Option<Token>,
    /// The last refusal, until a new token arrives.
    failed: Option<(SystemTime, GraphError)>,
}

struct Token {
    secret: String,
    permissions: Option<Permissions>,
    fetched_at: SystemTime,
    refresh_at: SystemTime,
    expires_at: SystemTime,
}

impl std::fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenSource").field("credential", &self.credential).finish_non_exhaustive()
    }
}

impl TokenSource {
    /// A source of tokens from `credential`. It requests nothing yet.
    pub fn new(credential: Credential) -> Self {
        Self { credential, held: Mutex::default() }
    }

    /// A source that holds the token `secret` for a day.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn holding(credential: Credential, secret: &str) -> Self {
        let now = SystemTime::now();
        let tomorrow = now + Duration::from_secs(24 * 3600);
        let secret = secret.to_owned();
        let token = Token { secret, permissions: None, fetched_at: now, refresh_at: tomorrow, expires_at: tomorrow };
        Self { credential, held: Mutex::new(HeldToken { token: Some(token), failed: None }) }
    }

    /// A token that is valid now. Callers wait while another call fetches one, and share its result.
    ///
    /// # Errors
    /// Class Auth with the `AADSTS` number when Entra refuses; class Transient when Entra cannot be reached.
    pub async fn token(&self) -> Result<String, GraphError> {
        let mut held = self.held.lock().await;
        let now = SystemTime::now();
        if let Some(token) = held.token.as_ref().filter(|token| now < token.refresh_at) {
            return Ok(token.secret.clone());
        }
        let good = held.token.as_ref().filter(|token| now < token.expires_at).map(|token| token.secret.clone());
        let pause = if good.is_some() { STILL_GOOD } else { REFUSED };
        let lately = |at: &SystemTime| now.duration_since(*at).is_ok_and(|passed| passed < pause);
        let error = match held.failed.as_ref().filter(|(at, _)| lately(at)) {
            Some((_, error)) => error.clone(),
            None => match self.fetch().await {
                Ok(token) => {
                    let secret = token.secret.clone();
                    *held = HeldToken { token: Some(token), failed: None };
                    return Ok(secret);
                }
                Err(error) => {
                    held.failed = Some((SystemTime::now(), error.clone()));
                    if good.is_some() {
                        tracing::warn!(%error, "no new token; the last one is still good");
                    }
                    error
                }
            },
        };
        good.ok_or(error)
    }

    /// The permissions in the current token; none without a token, or when it cannot be read.
    pub async fn permissions(&self) -> Option<Permissions> {
        self.held.lock().await.token.as_ref().and_then(|token| token.permissions.clone())
    }

    /// Makes the next call fetch a new token if the current one is older than `age`. A token carries only the
    /// permissions that were granted when it was issued.
    pub async fn renew(&self, age: Duration) {
        let mut held = self.held.lock().await;
        if let Some(token) = &mut held.token
            && token.fetched_at.elapsed().is_ok_and(|passed| passed >= age)
        {
            token.refresh_at = token.fetched_at;
        }
    }

    /// Forgets `token` because Graph refused it.
    pub async fn refused(&self, token: &str) {
        let mut held = self.held.lock().await;
        if held.token.as_ref().is_some_and(|held| held.secret == token) {
            *held = HeldToken::default();
        }
    }

    async fn fetch(&self) -> Result<Token, GraphError> {
        let proof = &self.credential.proof;
        let signer = self.credential.signer().map_err(|error| {
            let message = format!("{error} {}", proof.when_refused());
            GraphError::local(OPERATION, Class::Auth, Reach::NotSent, message).because(error)
        })?;
        let scope = self.credential.scope();
        let asked = tokio::time::timeout(TIMEOUT, signer.get_token(&[scope.as_str()], None)).await;
        let token = match asked {
            Ok(Ok(token)) => token,
            Ok(Err(error)) => return Err(sign_in_error(&error, proof).because(error)),
            Err(late) => {
                let message = format!("{} did not answer within {} s", proof.shown_to(), TIMEOUT.as_secs());
                return Err(GraphError::local(OPERATION, Class::Transient, Reach::NotSent, message).because(late));
            }
        };
        let (now, expires_at) = (SystemTime::now(), SystemTime::from(token.expires_on));
        let life = expires_at.duration_since(now).unwrap_or_default();
        let jitter = 0.7 + 0.1 * fastrand::f64();
        let secret = token.token.secret().to_owned();
        if secret.is_empty() {
            let message = format!("{} answered without a token, as a proxy's own page does", proof.shown_to());
            return Err(GraphError::local(OPERATION, Class::Transient, Reach::NotSent, message));
        }
        Ok(Token {
            permissions: Permissions::of(&secret),
            secret,
            fetched_at: now,
            refresh_at: now + life.mul_f64(jitter),
            expires_at,
        })
    }
}

/// Finds Entra's answer inside azure_identity's error. Entra's number tells the causes apart.
fn sign_in_error(error: &azure_core::Error, proof: &Proof) -> GraphError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut deepest = error.to_string();
    let mut by_itself = false;
    while let Some(current) = cause {
        by_itself = false;
        if let Some(NotEntra(status)) = current.downcast_ref() {
            return not_entra(*status, proof);
        }
        if let Some(inner) = current.downcast_ref::<azure_core::Error>() {
            if let ErrorKind::HttpResponse { status, error_code, raw_response } = inner.kind() {
                let body = raw_response.as_ref().map(|response| String::from_utf8_lossy(response.body()).into_owned());
                return answered(u16::from(*status), error_code.as_deref(), &inner.to_string(), body.as_deref(), proof);
            }
            by_itself = matches!(inner.kind(), ErrorKind::Credential);
        }
        deepest = current.to_string();
        if current.is::<AssertionError>() {
            by_itself = true;
            break;
        }
        cause = current.source();
    }
    if by_itself {
        // There is no answer from Entra: the error comes from azure_identity itself, or from what it ran or read.
        let code = code_in(&deepest).unwrap_or_default();
        let message = format!("{} {}", ended(&first_sentence(&deepest)), proof.when_refused());
        return GraphError { code, ..GraphError::local(OPERATION, Class::Auth, Reach::NotSent, message) };
    }
    let message = format!("{} cannot be reached: {}", proof.shown_to(), why(error).unwrap_or(deepest));
    GraphError::local(OPERATION, Class::Transient, Reach::NotSent, message)
}

pub(crate) fn answered(status: u16, code: Option<&str>, said: &str, body: Option<&str>, proof: &Proof) -> GraphError {
    // The metadata service puts its message only into the body.
    let description = body.and_then(described);
    let is_page = |text: &str| text.trim_start().starts_with('<');
    if description.is_none() && is_page(body.unwrap_or(said)) {
        return not_entra(status, proof);
    }
    let said = first_sentence(description.as_deref().unwrap_or(said));
    // A gateway's answer has no useful text.
    let nothing = said.is_empty() || said.starts_with('<') || said.starts_with('{');
    let said = if nothing { format!("{} answered with HTTP {status} and no reason", proof.shown_to()) } else { said };
    let code = code.map(|code| format!("AADSTS{code}")).or_else(|| code_in(&said)).unwrap_or_default();
    let refused = (400..500).contains(&status) && status != 429 && !passes(&code);
    let class = if refused { Class::Auth } else { Class::Transient };
    let message = match code.as_str() {
        "" if class == Class::Auth => format!("{} {}", ended(&said), proof.when_refused()),
        _ => said,
    };
    GraphError { status: Some(status), code, ..GraphError::local(OPERATION, class, Reach::NotSent, message) }
}

/// Something on the way answered, or Entra's own gateway, which has no words.
fn not_entra(status: u16, proof: &Proof) -> GraphError {
    let asked = proof.shown_to();
    let message = match status {
        407 => format!("A proxy on the way to {asked} asks for a user name and a password (HTTP 407)"),
        429 | 500.. => format!("{asked} answered with HTTP {status} and no reason"),
        _ => {
            format!("Something on the way to {asked}, such as a proxy, answered with a page of its own (HTTP {status})")
        }
    };
    GraphError {
        status: Some(status),
        foreign: !matches!(status, 429 | 500..),
        ..GraphError::local(OPERATION, Class::Transient, Reach::NotSent, message)
    }
}

fn described(body: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    Some(body.get("error_description")?.as_str()?.to_owned()).filter(|text| !text.is_empty())
}

/// Takes the first sentence. The rest of Entra's descriptions has trace ids and times, which would make every status
/// different.
fn first_sentence(description: &str) -> String {
    let end = ["Trace ID", "\r\n", "\n"].iter().filter_map(|mark| description.find(mark)).min();
    told(description[..end.unwrap_or(description.len())].trim(), LONGEST)
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?']) { sentence.to_owned() } else { format!("{sentence}.") }
}
