//! Makes the tenant's own delivery ready from `spec.mail`.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;

use crate::api::{Explanation, MailSettings, Reason, SmtpTls};
use crate::controller::context::Context;
use crate::mail::{LetterTemplate, Sender, Server, SmtpClient, SmtpCredentials, Tls};
use crate::store::Mailer;

/// What a mailer is made from, read from the cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct MailParts {
    settings: Option<MailSettings>,
    credentials: Option<SmtpCredentials>,
    trouble: Option<Explanation>,
}

impl MailParts {
    /// The password or what stands in its place, to tell one connection from another; never to be kept.
    pub fn password(&self) -> (Option<&str>, Option<&Explanation>) {
        (self.credentials.as_ref().map(|credentials| credentials.password.as_str()), self.trouble.as_ref())
    }
}

/// Reads the Secret that `settings` names.
pub async fn parts(context: &Context, settings: Option<&MailSettings>) -> MailParts {
    let mut parts = MailParts { settings: settings.cloned(), credentials: None, trouble: None };
    let Some(name) = settings.and_then(|settings| settings.smtp.secret_ref.as_ref()).map(|secret| &secret.name) else {
        return parts;
    };
    match credentials(context, name).await {
        Ok(credentials) => parts.credentials = Some(credentials),
        Err(wrong) => parts.trouble = Some(Explanation::new(Reason::MailSecretUnusable, wrong.to_string())),
    }
    parts
}

/// Makes the mailer. Each mail gives up after `timeout`.
///
/// # Errors
/// What is wrong, for the guests that wait for a mail.
pub fn mailer(parts: MailParts, timeout: Duration) -> Result<Mailer, Explanation> {
    let Some(settings) = parts.settings else {
        return Err(Explanation::new(
            Reason::MailNotConfigured,
            "delivery: Mail needs a mail server: give spec.mail.smtp of the EntraTenant, or set delivery: Microsoft.",
        ));
    };
    if let Some(trouble) = parts.trouble {
        return Err(trouble);
    }
    let wrong = |message: String| {
        Explanation::new(Reason::MailSettingsInvalid, format!("spec.mail of the EntraTenant: {message}."))
    };
    let from: Sender = settings.smtp.from.parse().map_err(|error| wrong(format!("smtp.from: {error}")))?;
    let reply_to = settings.smtp.reply_to.as_ref().map(|text| text.parse::<Sender>());
    let reply_to = reply_to.transpose().map_err(|error| wrong(format!("smtp.replyTo: {error}")))?;
    let ca_bundle = settings.smtp.ca_bundle.as_ref().map(|text| {
        let compact: String = text.split_whitespace().collect();
        STANDARD.decode(compact).map_err(|error| wrong(format!("smtp.caBundle is no base64: {error}")))
    });
    let server = Server {
        host: settings.smtp.host.clone(),
        port: settings.smtp.port,
        tls: match settings.smtp.tls {
            SmtpTls::Tls => Tls::Tls,
            SmtpTls::StartTls => Tls::StartTls,
            SmtpTls::None => Tls::None,
        },
        credentials: parts.credentials,
        ca_bundle: ca_bundle.transpose()?,
        timeout,
    };
    let smtp = SmtpClient::new(server).map_err(|error| wrong(format!("smtp: {error}")))?;
    let template = settings
        .template
        .as_ref()
        .map(|template| LetterTemplate::parse(&template.subject, &template.text, template.html.as_deref()))
        .transpose()
        .map_err(|error| wrong(format!("template: {error}")))?;
    Ok(Mailer { smtp, from, reply_to, template })
}

/// Why a Secret gives no user name and password. The first field names the Secret.
#[derive(Debug, thiserror::Error)]
enum MailSecretError {
    #[error(
        "The Secret {namespace}/{name} with the mail server's credentials does not exist. Make it: kubectl -n {namespace} create secret generic {name} --from-literal=username=<name> --from-literal=password=<password>"
    )]
    Missing { namespace: String, name: String },
    #[error("The Secret {0} cannot be read: {1}")]
    Unreadable(String, #[source] kube::Error),
    #[error("The Secret {0} has no text under the key {1:?}: it needs username and password.")]
    NoText(String, &'static str),
}

async fn credentials(context: &Context, name: &str) -> Result<SmtpCredentials, MailSecretError> {
    let namespace = &context.settings.namespace;
    let named = || format!("{namespace}/{name}");
    let api: Api<Secret> = Api::namespaced(context.client.clone(), namespace);
    let secret = match api.get_opt(name).await {
        Ok(Some(secret)) => secret,
        Ok(None) => {
            return Err(MailSecretError::Missing { namespace: namespace.clone(), name: name.to_owned() });
        }
        Err(error) => return Err(MailSecretError::Unreadable(named(), error)),
    };
    let value = |key: &'static str| {
        let bytes = secret.data.as_ref().and_then(|data| data.get(key));
        let text = bytes.and_then(|bytes| String::from_utf8(bytes.0.clone()).ok()).map(|text| text.trim().to_owned());
        text.filter(|text| !text.is_empty()).ok_or_else(|| MailSecretError::NoText(named(), key))
    };
    Ok(SmtpCredentials { username: value("username")?, password: value("password")? })
}
