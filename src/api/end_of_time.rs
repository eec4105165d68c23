//! Times that people write for "never". The API server accepts any time up to the last day of the year 9999. Our clocks
//! end earlier.

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// The rule of a time, in CEL: from 1970 on, on a day that its month has, and with an offset.
pub(super) const IS_A_TIME: &str = "self.matches('^(19[7-9][0-9]|[2-9][0-9]{3})-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]{1,9})?([Zz]|[+-](0[0-9]|1[0-4]):[0-5][0-9])$')";

/// What to tell who breaks it. Most leave out the hour or the zone.
pub(super) const WITH_A_TIME: &str = "self.matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}$') \
    ? 'a day has no end: give the time and its zone too, such as ' + self + 'T18:00:00Z' \
    : 'accessUntil is a time with its zone from 1970 on, such as 2027-06-30T18:00:00Z'";

/// The 29th of February is in leap years.
pub(super) const IS_A_DAY: &str = "!self.matches('^[0-9]{4}-02-29') || self.matches('^([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-')";

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
