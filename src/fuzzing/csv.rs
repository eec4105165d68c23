//! A table from any program, and the lists that come of it.

use std::collections::BTreeSet;

use super::choices::Choices;
use crate::api::{GuestList, MOST_GUESTS};
use crate::cli::import::fuzzed::{GuestRow, Heading, read, yaml};

const HEADERS: [&str; 6] = [
    "email\n",
    "email;displayName;redirectUrl;sendEmail;message\n",
    "version:v1.0,,,\nEmail address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,Send invitation message (true or false) [sendEmail],Customized invitation message [customizedMessageBody]\n",
    "\u{feff}Name\tE-Mail\tmessage\r\n",
    "email,,message\n",
    "",
];

const PARTS: [&str; 28] = [
    "bob@example.com",
    "Ann@Example.com",
    "é@ü.de",
    "a@b@c",
    "true",
    "FALSE",
    "no",
    "maybe",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    "\"a, b\"",
    "\"two\nlines\"",
    " ",
    "- x",
    "yes",
    "null",
    "~",
    "|",
    "{{redeemUrl}}",
    "https://example.com",
    "\u{85}",
    "0x1F",
    "*a",
];

/// A header, most often a good one, and what stands under it.
pub fn csv(data: &[u8]) {
    let choices = &mut Choices::of(data);
    let mut table = choices.pick::<&str>(&HEADERS).as_bytes().to_vec();
    if choices.one_in(8) {
        // More rows than one list holds.
        (0..MOST_GUESTS + 2).for_each(|n| table.extend(format!("g{n}@example.com\n").bytes()));
    }
    while !choices.is_over() {
        match choices.below(4) {
            0 => table.extend(choices.bytes(4)),
            _ => table.extend(choices.pick::<&str>(&PARTS).bytes()),
        }
    }
    match read(&table) {
        Err(wrong) => {
            assert!(!wrong.is_empty());
            wrong.iter().for_each(|fault| assert!(fault.to_string().len() > 15, "{fault:?}"));
        }
        Ok(table) => check(&table.rows),
    }
}

/// Every row is in one list, once, with its own words.
fn check(rows: &[GuestRow]) {
    assert!(!rows.is_empty());
    let addresses: BTreeSet<&str> = rows.iter().map(|row| row.email.as_str()).collect();
    assert_eq!(addresses.len(), rows.len(), "an address twice");
    let heading = Heading { name: "guests".into(), namespace: Some("team".into()), tenant: None };
    let text = yaml(rows, &heading).unwrap();
    let lists: Vec<GuestList> = serde_saphyr::from_multiple(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(lists.iter().all(|list| list.spec.guests.len() <= MOST_GUESTS));
    let entries: Vec<_> = lists.iter().flat_map(|list| &list.spec.guests).collect();
    assert_eq!(entries.len(), rows.len());
    for (row, entry) in rows.iter().zip(entries) {
        assert_eq!(entry.email(), row.email.as_str());
        let said =
            |path: &str| serde_json::to_value(entry).unwrap().pointer(path).and_then(|v| v.as_str().map(str::to_owned));
        assert_eq!(said("/displayName"), row.display_name, "{text}");
        assert_eq!(said("/message/body"), row.message, "{text}");
    }
}
