//! JSON with the texts in it that no compression finds shorter: UUIDs, times, and digests in hex. Each becomes a mark and its bytes.
//!
//! JSON has no control characters as such, so a mark cannot be taken for text.

use jiff::Timestamp;
use uuid::Uuid;

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
        let found = byte.is_ascii_hexdigit().then(|| uuid(rest).or_else(|| time(rest)).or_else(|| hex(rest))).flatten();
        match found {
            Some(found) => {
                short.push(found.mark);
                short.extend(found.bytes);
                rest = found.rest;
            }
            None => {
                short.push(*byte);
                rest = others;
            }
        }
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

/// A text that has a shorter form, and what comes after it.
struct Found<'a> {
    mark: u8,
    bytes: Vec<u8>,
    rest: &'a [u8],
}

/// The UUID that `json` begins with.
fn uuid(json: &[u8]) -> Option<Found<'_>> {
    let (text, rest) = json.split_at_checked(36)?;
    let id = (text.get(8) == Some(&b'-')).then(|| Uuid::try_parse_ascii(text).ok()).flatten()?;
    let usual = id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes() == text;
    usual.then(|| Found { mark: UUID, bytes: id.as_bytes().to_vec(), rest })
}

/// The time in whole seconds that `json` begins with.
fn time(json: &[u8]) -> Option<Found<'_>> {
    let (text, rest) = json.split_at_checked(20)?;
    let text = (text.last() == Some(&b'Z')).then(|| std::str::from_utf8(text).ok()).flatten()?;
    let time: Timestamp = text.parse().ok()?;
    let seconds = u32::try_from(time.as_second()).ok()?;
    (time.to_string() == text).then(|| Found { mark: TIME, bytes: seconds.to_be_bytes().to_vec(), rest })
}

/// The 32 digits that `json` begins with.
fn hex(json: &[u8]) -> Option<Found<'_>> {
    let (text, rest) = json.split_at_checked(32)?;
    let lower = text.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let digits = lower.then(|| Uuid::try_parse_ascii(text).ok()).flatten()?;
    Some(Found { mark: HEX, bytes: digits.as_bytes().to_vec(), rest })
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
