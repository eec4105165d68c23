//! Rules of a text that stand twice, side by side: in CEL for the API server, and in Rust for the operator, which refuses by
//! itself what an older definition has let through. The two say the same of every text; tests/policy holds them against
//! each other.
//! They are CEL and no patterns, because a failed pattern shows the person a regular expression instead of a sentence.

use serde_json::{Value, json};

/// One rule of a text.
pub(super) struct TextRule {
    /// The rule in CEL, over `self`.
    pub cel: &'static str,
    /// The same in Rust.
    pub holds: fn(&str) -> bool,
    /// What to tell the person who breaks it.
    pub message: &'static str,
    /// The same as a CEL expression that tells more; empty if there is none.
    pub expression: &'static str,
}

/// A rule whose message is told as it is.
pub(super) const fn rule(cel: &'static str, holds: fn(&str) -> bool, message: &'static str) -> TextRule {
    TextRule { cel, holds, message, expression: "" }
}

/// The rules as a definition has them.
pub(super) fn schema(rules: &[TextRule]) -> Value {
    let one = |rule: &TextRule| {
        let mut one = json!({"rule": rule.cel, "message": rule.message});
        if !rule.expression.is_empty() {
            one["messageExpression"] = rule.expression.into();
        }
        one
    };
    rules.iter().map(one).collect()
}

/// The message of the first rule that `text` breaks.
pub(super) fn broken(rules: &[TextRule], text: &str) -> Option<&'static str> {
    rules.iter().find(|rule| !(rule.holds)(text)).map(|rule| rule.message)
}
