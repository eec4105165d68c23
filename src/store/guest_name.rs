//! The name of a Guest. It is the lock on an address in a directory: whoever creates the object has it. So it stays the same for
//! ever, over processes and versions.

use aws_lc_rs::digest::{SHA256, digest};

use crate::api::Address;

/// What of the address shows in the name.
const READABLE: usize = 40;

/// The name of the Guest for `address` in the directory `tenant_id`: `<address>-<hash>`, with 128 bits of SHA-256 of both.
pub fn guest_name(tenant_id: &str, address: &Address) -> String {
    let whole = format!("{}/{}", tenant_id.to_lowercase(), address.as_str());
    let hash: String =
        digest(&SHA256, whole.as_bytes()).as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let readable = readable(address.as_str());
    if readable.is_empty() { hash } else { format!("{readable}-{hash}") }
}

/// Letters and digits, and one hyphen for whatever lies between.
fn readable(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().take(READABLE) {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A changed name would be another lock: two mails.
    #[test]
    fn the_name_of_an_address_never_changes() {
        let name = |tenant: &str, address: &str| guest_name(tenant, &Address::new(address));
        let bob = name("AAAAAAAA-0000-0000-0000-000000000001", "Bob@Partner.Example");
        assert_eq!(bob, name("aaaaaaaa-0000-0000-0000-000000000001", "bob@partner.example"));
        assert!(bob.starts_with("bob-partner-example-"), "{bob}");
        assert_eq!(bob.len(), "bob-partner-example-".len() + 32);
        assert_ne!(bob, name("aaaaaaaa-0000-0000-0000-000000000001", "bob.partner@example"));
        assert_ne!(bob, name("aaaaaaaa-0000-0000-0000-000000000002", "bob@partner.example"));
        let long = name("t", &format!("{}@example.com", "x".repeat(200)));
        assert!(long.len() <= 253 && long.ends_with(|c: char| c.is_ascii_hexdigit()), "{long}");
    }
}
