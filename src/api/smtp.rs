//! The operator's own delivery: the mail server and the text of the invitation.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The mail server and the text for `delivery: Mail`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct MailSettings {
    /// The server that takes the mails.
    pub smtp: Smtp,
    /// An own text. Default: the built-in one in the guest's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<MailTemplate>,
}

/// A mail server.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Smtp {
    /// Its name, as its certificate has it.
    #[schemars(length(min = 1, max = 253))]
    pub host: String,
    /// Its port: 587 goes with StartTls, 465 with Tls.
    #[serde(default = "default_port")]
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// The sender: `invites@contoso.example` or `Contoso <invites@contoso.example>`.
    #[schemars(length(min = 3, max = 320))]
    pub from: String,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: SmtpTls,
    /// User name and password, in a Secret of the operator's namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SmtpSecretRef>,
    /// More certificate authorities to trust: PEM, base64 encoded.
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
    /// STARTTLS, and nothing without it.
    #[default]
    StartTls,
    /// Not at all: for a relay on the same machine.
    None,
}

/// A Secret of the operator's namespace with the keys `username` and `password`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct SmtpSecretRef {
    /// The Secret's name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
}

/// An own text with `{{placeholders}}`; docs/own-mail.md lists them.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
pub struct MailTemplate {
    /// The subject.
    #[schemars(length(min = 1, max = 998))]
    pub subject: String,
    /// The plain text.
    #[schemars(length(min = 1, max = 50000))]
    pub text: String,
    /// The same as HTML. Default: none.
    #[schemars(length(min = 1, max = 100000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}
