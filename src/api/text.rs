//! Text whose schema carries rules: addresses, redirect URLs and languages.
//! The rules are CEL and not patterns, because a failed pattern shows the person a regular expression instead of a sentence.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $least:literal..=$most:literal, $rules:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes any text. The schema refuses wrong text, but an older schema may have allowed it.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "minLength": $least,
                    "maxLength": $most,
                    "x-kubernetes-validations": $rules,
                })
            }
        }
    };
}

text! {
    /// An e-mail address that Graph takes for a guest: bare, in lower case, ASCII. (Source: Graph, "invitation resource
    /// type", Properties; Entra, "Add B2B collaboration users".)
    Email, 3..=254, email_rules()
}

text! {
    /// Where a redemption ends: https anywhere, http on localhost only.
    RedirectUrl, 1..=2048, redirect_rules()
}

text! {
    /// A language tag as Graph's `invitedUserMessageInfo.messageLanguage` takes it.
    Language, 2..=35, json!([
        {"rule": "self.matches('^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$')", "message": "language is a tag such as en-US, nl or pt-BR"},
    ])
}

/// Where possible, a rule accepts what an earlier rule refuses, so that most wrong addresses get only one sentence.
fn email_rules() -> Value {
    json!([
        {
            "rule": r"!self.matches(r'[\s<>]')",
            "message": "give the bare address, such as bob@example.com: no display text, spaces or angle brackets",
        },
        {
            "rule": r"self.matches(r'[\s<>]') || self.matches(r'^[^@]+@[^@]+$')",
            "message": "an address has exactly one @ with something on both sides, such as bob@example.com",
        },
        {
            "rule": "!self.contains('+')",
            "message": "Entra does not support plus addressing: give the mailbox's own address, without the + and what follows it",
        },
        {
            "rule": r"!self.matches(r'[^\x00-\x7f]')",
            "message": "only ASCII: write an international domain in its xn-- form; Entra takes no accented letters before the @",
        },
        {
            "rule": "!self.matches(r'[A-Z]')",
            "message": "write the address in lower case: Entra compares addresses without case",
            "messageExpression": "'write the address in lower case, ' + self.lowerAscii() + ': Entra compares addresses without case'",
        },
        {
            "rule": r#"self.matches(r'[\s<>]') || !self.matches(r'[~!#$%^&*()=\[\]{}|;:"?,/\\`]')"#,
            "message": "Microsoft Graph refuses an address with quotes or with any of ~ ! # $ % ^ & * ( ) = [ ] { } | ; : ? , / \\ `",
        },
        {
            "rule": r"!self.matches(r'(^[.-])|([.-]@)|(\.\.)')",
            "message": "the part before the @ cannot begin or end with a dot or a hyphen, and two dots cannot follow each other",
        },
        {
            "rule": r"!self.matches(r'^[^@\s<>]+@[\x21-\x3f\x41-\x7e]+$') || self.matches(r'@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+([A-Za-z]{2,}|(xn|XN)--[A-Za-z0-9-]*[A-Za-z0-9])$')",
            "message": "the part after the @ must be a full domain name, such as example.com",
        },
    ])
}

fn redirect_rules() -> Value {
    json!([
        {
            "rule": "isURL(self) && url(self).getHostname() != '' && (url(self).getScheme() == 'https' || (url(self).getScheme() == 'http' && url(self).getHostname() == 'localhost'))",
            "message": "the guest's browser is sent here after accepting, so it must be a full https:// address, such as https://myapps.microsoft.com (http:// only for localhost)",
        },
        {
            "rule": "!self.matches('^[a-zA-Z]+://[^/?#]*@')",
            "message": "a redirect address carries no user name or password before the host",
        },
    ])
}

/// An address in the one form in which it is compared: trimmed and in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(String);

impl Address {
    /// Normalises `raw`, which may come from an older schema or from the directory.
    pub fn new(raw: &str) -> Self {
        Self(raw.trim().to_lowercase())
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the @.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or(&*self.0, |(local, _)| local)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&Email> for Address {
    fn from(email: &Email) -> Self {
        Self::new(email.as_str())
    }
}
