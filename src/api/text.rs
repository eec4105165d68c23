//! Text whose schema carries rules: the shape of such a type, and the language.

use serde_json::json;

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $least:literal..=$most:literal, $rules:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
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

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "minLength": $least,
                    "maxLength": $most,
                    "x-kubernetes-validations": $rules,
                })
            }
        }
    };
}
pub(super) use text;

text! {
    /// A language tag as Graph's `invitedUserMessageInfo.messageLanguage` takes it.
    Language, 2..=35, json!([
        {"rule": "self.matches('^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$')", "message": "language is a tag such as en-US, nl or pt-BR"},
    ])
}
