//! Times that people write for "never". The API server accepts any time up to the last day of the year 9999. Our clocks
//! end earlier.

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Reads a time. A time after the last one of our clocks becomes that last one.
pub(super) fn or_never<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    match text.parse() {
        Ok(time) => Ok(Some(time)),
        Err(_) if text.starts_with("9999-12-3") => Ok(Some(Timestamp::MAX)),
        Err(error) => Err(D::Error::custom(error)),
    }
}

#[cfg(test)]
mod tests {
    use crate::api::GuestInvitationSpec;

    #[test]
    fn the_last_day_is_never() {
        let of = |time: &str| {
            let spec = serde_json::json!({"email": "bob@example.com", "accessUntil": time});
            serde_json::from_value::<GuestInvitationSpec>(spec).map(|spec| spec.access_until.unwrap())
        };
        assert_eq!(of("2030-06-01T12:00:00Z").unwrap().to_string(), "2030-06-01T12:00:00Z");
        for never in ["9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-30T23:59:59.5-12:00"] {
            assert_eq!(of(never).unwrap(), jiff::Timestamp::MAX, "{never}");
        }
        assert!(of("tomorrow").is_err());
    }
}
