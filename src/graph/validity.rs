//! The period in which a certificate is valid. The operator reads only this field of it (RFC 5280, 4.1.2.5). The DER is
//! parsed up to that field and no further. Entra checks the rest of the certificate.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// The tag of the version. A version 1 certificate has no version field.
const VERSION: u8 = 0xa0;

/// `notBefore` and `notAfter` of a certificate in DER; none when `der` is not a certificate.
pub(crate) fn validity(der: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (certificate, _) = expect(SEQUENCE, der)?;
    let (body, _) = expect(SEQUENCE, certificate)?;
    let body = match expect(VERSION, body) {
        Some((_, rest)) => rest,
        None => body,
    };
    let (_, body) = expect(INTEGER, body)?; // serial number
    let (_, body) = expect(SEQUENCE, body)?; // signature algorithm
    let (_, body) = expect(SEQUENCE, body)?; // issuer
    let (validity, _) = expect(SEQUENCE, body)?;
    let (from, rest) = time(validity)?;
    let (until, _) = time(rest)?;
    Some((from, until))
}

/// The content of the next element, and the bytes after it. None if the element has another tag.
fn expect(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    if *first != tag {
        return None;
    }
    let (short, rest) = rest.split_first()?;
    let (length, rest) = match *short {
        short @ 0..=0x7f => (usize::from(short), rest),
        long @ 0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            (octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

fn time(der: &[u8]) -> Option<(Timestamp, &[u8])> {
    let ((text, rest), years) = match expect(UTC_TIME, der) {
        Some(found) => (found, 2),
        None => (expect(GENERALIZED_TIME, der)?, 4),
    };
    let digits = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (year, digits) = digits.split_at_checked(years)?;
    let year: i16 = year.parse().ok()?;
    let year = match years {
        2 if year < 50 => 2000 + year,
        2 => 1900 + year,
        _ => year,
    };
    let part = |at: usize| digits.get(at..at + 2)?.parse::<i8>().ok();
    let when = DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()?;
    Some((when.to_zoned(TimeZone::UTC).ok()?.timestamp(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(until: (i32, u8, u8)) -> Vec<u8> {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["app".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2024, 2, 29);
        params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn both_ways_to_write_a_time_are_read() {
        for (until, written) in [((2049, 12, 31), "2049-12-31T00:00:00Z"), ((2051, 3, 1), "2051-03-01T00:00:00Z")] {
            let (from, to) = validity(&certificate(until)).unwrap();
            assert_eq!((from.to_string(), to.to_string()), ("2024-02-29T00:00:00Z".into(), written.to_owned()));
        }
    }

    #[test]
    fn what_is_no_certificate_is_nothing_and_no_panic() {
        let der = certificate((2030, 1, 1));
        let end = der.len().min(200);
        // Cuts the DER at every place before the end of the validity, and changes every byte of its beginning.
        for length in 0..60 {
            assert_eq!(validity(&der[..length]), None, "{length}");
        }
        for at in 0..end {
            for wrong in [0x00, 0x7f, 0x80, 0x84, 0xff] {
                let mut turned = der.clone();
                turned[at] = wrong;
                let _ = validity(&turned);
            }
        }
    }
}
