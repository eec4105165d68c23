//! Durations as Go and Kubernetes write them (`90s`, `5m`, `1h30m`). The text is kept as it was written, so that people
//! read back what they wrote.

use std::{borrow::Cow, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A length of time, written as Go writes it. Units: `ms`, `s`, `m`, `h`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(String);

/// The text is not a duration.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0:?} is not a duration: write it like 90s, 5m or 1h30m")]
pub struct NotADuration(String);

/// What CEL takes for a duration. Its durations end at 292 years, and a longer one fails without a sentence: so few digits cannot
/// reach that.
const IS_ONE: &str = "^([0-9]{1,6}([.][0-9]+)?(ms|s|m|h))+$";

/// A rule in CEL about the duration `value`. Of a text that is none, the rule of its type tells already.
pub(super) fn of_duration(value: &str, rule: &str) -> String {
    format!("!{value}.matches('{IS_ONE}') || ({rule})")
}

impl Span {
    /// Takes `text` as it is; [`Span::length`] says whether it is a duration.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The length of time that the text names.
    ///
    /// # Errors
    /// When the text is no duration. The CRD refuses such a text, but an older CRD may not.
    pub fn length(&self) -> Result<Duration, NotADuration> {
        parse(&self.0)
    }
}

impl std::str::FromStr for Span {
    type Err = NotADuration;

    fn from_str(text: &str) -> Result<Self, NotADuration> {
        parse(text).map(|_| Span(text.to_owned()))
    }
}

fn parse(text: &str) -> Result<Duration, NotADuration> {
    let wrong = || NotADuration(text.to_owned());
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let amount: f64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(wrong()),
        };
        rest = &rest[end..];
        let part = Duration::try_from_secs_f64(amount * unit).map_err(|_| wrong())?;
        total = total.checked_add(part).ok_or_else(wrong)?;
    }
    if text.is_empty() { Err(wrong()) } else { Ok(total) }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "maxLength": 20, "x-kubernetes-validations": [
            {
                "rule": "!self.matches('^[0-9]+d$')",
                "message": "a duration has no unit for days: write hours, such as 720h for 30 days",
            },
            {
                "rule": format!("self.matches('^[0-9]+d$') || self.matches('{IS_ONE}')"),
                "message": "a duration is written like 90s, 5m or 720h; its units are ms, s, m and h",
            },
        ]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_writes() {
        for (text, seconds) in [("90s", 90.0), ("5m", 300.0), ("1h30m", 5400.0), ("1.5s", 1.5), ("250ms", 0.25)] {
            assert_eq!(Span::new(text).length(), Ok(Duration::from_secs_f64(seconds)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for text in ["", "5", "m", "5 m", "5d", "-5s", "1..5s", "99999999999999999999999h"] {
            assert!(Span::new(text).length().is_err(), "{text}");
        }
    }
}
