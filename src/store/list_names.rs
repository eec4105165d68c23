//! The names that a list gives: its guests' names and the value of their label. They stay the same for ever, so changing
//! anything here would make every list delete its guests and make them anew.

/// The longest name: such a name can be the value of a label and a part of a host name.
const LONGEST: usize = 63;

/// What of the list's name shows in the name of a guest.
const OF_LIST: usize = 20;

/// The name of the guest `email` of the list `list`: `<list>-<address>-<hash>`, readable as far as it fits. The hash is of
/// both in full, so that two lists may have the same address, and addresses that read alike have names of their own.
pub fn child(list: &str, email: &str) -> String {
    let address = email.trim().to_lowercase();
    let hash = hash(&format!("{list}/{address}"));
    let list = clipped(&readable(list), OF_LIST);
    let address = clipped(&readable(&address), LONGEST - list.len() - hash.len() - 2);
    [list, address, hash].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// The value of the label `guestlist.dev/list`: the list's name, cut and with a hash if it is too long for a label.
pub fn label(list: &str) -> String {
    if list.len() <= LONGEST {
        return list.to_owned();
    }
    let hash = hash(list);
    format!("{}-{hash}", clipped(list, LONGEST - hash.len() - 1))
}

/// Letters and digits, and one hyphen for whatever lies between.
fn readable(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.trim_end_matches('-').to_owned()
}

fn clipped(text: &str, most: usize) -> String {
    text.chars().take(most).collect::<String>().trim_end_matches(['-', '.']).to_owned()
}

/// Eight letters and digits of FNV-1a, 64 bit: 40 bits tell the few names apart that read alike.
fn hash(text: &str) -> String {
    let fnv = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let folded = fnv ^ (fnv >> 40);
    (0..8u32)
        .map(|n| match u8::try_from((folded >> (5 * n)) & 31).unwrap_or_default() {
            digit @ 0..10 => char::from(b'0' + digit),
            letter => char::from(b'a' + letter - 10),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Written down, because a changed name would delete and make again every guest of every list.
    #[test]
    fn names_stay_the_same() {
        assert_eq!(child("analysts", "adele@fabrikam.com"), "analysts-adele-fabrikam-com-b11d5r0d");
        assert_eq!(label("analysts"), "analysts");
    }

    #[test]
    fn names_are_valid_and_tell_everybody_apart() {
        let long = format!("{}@{}.example.com", "l".repeat(64), "d".repeat(150));
        let lists = ["a", "my.list", "0-0", &"x".repeat(253), &"very-long.name".repeat(10)];
        let emails = [
            "a@b.example",
            "a.b@c.example",
            "a-b@c.example",
            "a_b@c.example",
            "o'brien@x.example",
            "___@x.example",
            &long,
        ];
        let mut seen = HashSet::new();
        for list in lists {
            for email in emails {
                let name = child(list, email);
                assert!(name.len() <= 63, "{name}");
                assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name}");
                assert!(!name.starts_with('-') && !name.ends_with('-') && !name.contains("--"), "{name}");
                assert!(seen.insert(name.clone()), "{name} twice");
            }
            assert!(label(list).len() <= 63);
            assert!(seen.insert(format!("label {}", label(list))));
        }
        assert_eq!(child("a", "Bob@Example.com "), child("a", "bob@example.com"), "addresses compare without case");
    }

    #[test]
    fn ten_thousand_addresses_that_read_alike_have_names_of_their_own() {
        let seen: HashSet<String> =
            (0..10_000).map(|n| child("l", &format!("{}{n}@x.example", "a".repeat(60)))).collect();
        assert_eq!(seen.len(), 10_000);
    }
}
