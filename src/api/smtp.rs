//! The operator's own mail: the mail server and the text of the invitation.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The mail server and the text for `delivery: Mail`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct MailSettings {
    /// The server that takes the mails.
    pub smtp: Smtp,
    /// A text of your own. Default: the built-in text in the guest's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<MailTemplate>,
}

/// A mail server.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Smtp {
    /// The server's name, as in its certificate.
    #[schemars(length(min = 1, max = 253))]
    pub host: String,
    /// The port: 587 for StartTls, 465 for Tls.
    #[serde(default = "default_port")]
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// The sender: `invites@contoso.example` or `Contoso <invites@contoso.example>`.
    #[schemars(length(min = 3, max = 320))]
    pub from: String,
    /// Where the guests' answers go: `host@contoso.example` or `Contoso <host@contoso.example>`. Default: to `from`.
    #[schemars(length(min = 3, max = 320))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: SmtpTls,
    /// The Secret in the operator's namespace that holds user name and password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SmtpSecretRef>,
    /// More certificate authorities to trust, as PEM in base64.
    #[schemars(length(max = 262144))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_bundle: Option<String>,
}

fn default_port() -> u16 {
    587
}

/// How the connection to the mail server is protected.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmtpTls {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS. If the server does not offer it, nothing is sent.
    #[default]
    StartTls,
    /// No protection. For a relay on the same machine.
    None,
}

/// A Secret in the operator's namespace with the keys `username` and `password`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct SmtpSecretRef {
    /// The Secret's name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
}

/// A text of your own with `{{placeholders}}`; docs/own-mail.md lists them.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct MailTemplate {
    /// The subject.
    #[schemars(length(min = 1, max = 998))]
    pub subject: String,
    /// The plain text.
    #[schemars(length(min = 1, max = 50000))]
    pub text: String,
    /// The same text as HTML. Default: none.
    #[schemars(length(min = 1, max = 100000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}
