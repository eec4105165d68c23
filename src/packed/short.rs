//! JSON with the texts in it that no compression finds shorter: UUIDs, times, and digests in hex. Each becomes a mark and its bytes.
//!
//! JSON has no control characters as such, so a mark cannot be taken for text.

use jiff::Timestamp;
use uuid::Uuid;

use super::id::usual;

/// 16 bytes of a UUID in lower case with hyphens follow.
const UUID: u8 = 1;

/// The seconds since 1970 of a time like `2026-12-01T10:00:00Z` follow, in 4 bytes.
const TIME: u8 = 2;

/// 16 bytes of 32 digits in lower case follow.
const HEX: u8 = 3;

/// `json`, shorter. [`lengthen`] gives it back as it was, whatever it says.
pub(super) fn shorten(json: &[u8]) -> Vec<u8> {
    let mut short = Vec::with_capacity(json.len());
    let mut rest = json;
    while let [byte, others @ ..] = rest {
        let after = byte
            .is_ascii_hexdigit()
            .then(|| uuid(rest, &mut short).or_else(|| time(rest, &mut short)).or_else(|| hex(rest, &mut short)));
        rest = after.flatten().unwrap_or_else(|| {
            short.push(*byte);
            others
        });
    }
    short
}

/// What [`shorten`] made `short` of. Nothing where it was not made by it.
pub(super) fn lengthen(short: &[u8]) -> Option<Vec<u8>> {
    let mut json = Vec::with_capacity(short.len() * 2);
    let mut rest = short;
    while let [byte, others @ ..] = rest {
        rest = match *byte {
            UUID => {
                let (id, rest) = others.split_first_chunk()?;
                json.extend(Uuid::from_bytes(*id).hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
                rest
            }
            TIME => {
                let (seconds, rest) = others.split_first_chunk()?;
                let time = Timestamp::from_second(u32::from_be_bytes(*seconds).into()).ok()?;
                json.extend(time.to_string().as_bytes());
                rest
            }
            HEX => {
                let (digits, rest) = others.split_first_chunk()?;
                json.extend(Uuid::from_bytes(*digits).simple().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
                rest
            }
            byte => {
                json.push(byte);
                others
            }
        };
    }
    Some(json)
}

/// Adds the UUID that `json` begins with, and gives what comes after it.
fn uuid<'a>(json: &'a [u8], short: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (text, after) = json.split_at_checked(36)?;
    let id = (text.get(8) == Some(&b'-')).then(|| usual(text)).flatten()?;
    short.push(UUID);
    short.extend(id.as_bytes());
    Some(after)
}

/// Adds the time in whole seconds that `json` begins with, and gives what comes after it.
fn time<'a>(json: &'a [u8], short: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (text, after) = json.split_at_checked(20)?;
    let text = (text.last() == Some(&b'Z')).then(|| std::str::from_utf8(text).ok()).flatten()?;
    let time: Timestamp = text.parse().ok().filter(|time: &Timestamp| time.to_string() == text)?;
    let seconds = u32::try_from(time.as_second()).ok()?;
    short.push(TIME);
    short.extend(seconds.to_be_bytes());
    Some(after)
}

/// Adds the 32 digits that `json` begins with, and gives what comes after them.
fn hex<'a>(json: &'a [u8], short: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (text, after) = json.split_at_checked(32)?;
    let lower = text.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let digits = lower.then(|| Uuid::try_parse_ascii(text).ok()).flatten()?;
    short.push(HEX);
    short.extend(digits.as_bytes());
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_times_and_digests_take_few_bytes_and_come_back_as_they_were() {
        let id = "0b7ce2b4-2a41-4a3c-9d6a-0f5b2c6c9a11";
        let digest = "71c3594c01a6e1e8f3fd25fb8dc964f0";
        for (text, bytes) in [
            (id.to_owned(), 17),
            ("2026-12-01T10:00:00Z".to_owned(), 5),
            (digest.to_owned(), 17),
            (format!("ann-{digest}{digest}"), 38),
            (format!("{id}{id}"), 34),
            // What is close to them stays as it is.
            (id.to_uppercase(), 36),
            (id.replace('-', "_"), 36),
            ("2026-02-30T10:00:00Z".to_owned(), 20),
            ("2026-12-01t10:00:00Z".to_owned(), 20),
            ("2126-12-01T10:00:00Z".to_owned(), 20),
            ("1969-12-01T10:00:00Z".to_owned(), 20),
            ("2026-12-01T10:00:00.5Z".to_owned(), 22),
            (digest.to_uppercase(), 32),
            ("é\u{7f}0".to_owned(), 4),
        ] {
            let json = serde_json::to_vec(&text).unwrap();
            let short = shorten(&json);
            assert_eq!(short.len(), bytes + 2, "{text}");
            assert_eq!(lengthen(&short), Some(json), "{text}");
        }
    }

    #[test]
    fn any_text_comes_back_as_it_was() {
        let mut random = fastrand::Rng::with_seed(1);
        let parts =
            ["\"", "-", "0b7ce2b4-2a41-4a3c-9d6a-0f5b2c6c9a11", "2026-12-01T10:00:00Z", "a", "0", "\\u0001", "Z", "é"];
        for _ in 0..20_000 {
            let mut json: String = (0..random.usize(0..12)).filter_map(|_| random.choice(parts)).collect();
            json.truncate(json.floor_char_boundary(random.usize(0..=json.len())));
            assert_eq!(lengthen(&shorten(json.as_bytes())).as_deref(), Some(json.as_bytes()), "{json}");
        }
    }

    #[test]
    fn what_is_cut_off_is_nothing() {
        for mark in [UUID, TIME, HEX] {
            assert_eq!(lengthen(&[b'"', mark, 0, 0, 0]), None);
        }
    }
}
