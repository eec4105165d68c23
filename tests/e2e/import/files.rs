//! Files as people have them: from the portal's template, Entra's export, PowerShell and Excel. Persons and texts are invented.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::import;

fn file(name: &str) -> PathBuf {
    testbed::workspace::path("tests/e2e/import/files").join(format!("{name}.csv"))
}

/// The lists of a file that is taken, and what is said beside.
fn taken(name: &str) -> (Vec<Value>, String) {
    let (right, yaml, said) = import(&file(name));
    assert!(right, "{name}: {said}");
    (serde_saphyr::from_multiple(&yaml).unwrap(), said)
}

/// The one entry of a file.
fn only_guest(name: &str) -> Value {
    let (lists, _) = taken(name);
    assert_eq!((lists.len(), lists[0]["spec"]["guests"].as_array().unwrap().len()), (1, 1), "{name}");
    lists[0]["spec"]["guests"][0].clone()
}

/// Nothing is printed, and all of this is said.
fn refused(name: &str, sentences: &[&str]) -> String {
    let (right, yaml, said) = import(&file(name));
    assert!(!right && yaml.is_empty(), "{name}: {yaml}");
    for sentence in sentences {
        assert!(said.contains(sentence), "{name}: {sentence} is not in\n{said}");
    }
    said
}

#[test]
fn an_empty_address_is_named_by_its_line() {
    refused("b01_template_empty_address", &["line 3: there is no address"]);
}

#[test]
fn the_templates_of_the_portal_and_of_excel_are_taken() {
    let ada = json!({"email": "ada@example.com", "displayName": "Ada L", "delivery": "Microsoft"});
    assert_eq!(only_guest("b05_inviteeName"), ada);
    let ada = only_guest("b08_excel_semicolon_template");
    let message = json!({"body": "Willkommen, schön dass Sie da sind"});
    assert_eq!((&ada["delivery"], &ada["message"]), (&json!("Mail"), &message), "WAHR is true");
    let ada = json!({"email": "ada@example.com", "displayName": "Ada L"});
    for name in ["b06_ps51_export_type_line", "b07_excel_sep_line", "b09_utf16le", "b27_tabs"] {
        assert_eq!(only_guest(name), ada, "{name}");
    }
}

#[test]
fn another_code_page_and_a_nul_are_refused_with_what_to_do() {
    refused("b08c_excel_cp1252", &["line 3: this is not UTF-8; save the file as \"CSV UTF-8\""]);
    refused("b35_nul", &["line 2: there is a NUL character; save the file as \"CSV UTF-8\""]);
}

#[test]
fn a_message_over_several_lines_is_kept_exactly() {
    let (lists, _) = taken("b10_multiline_message");
    let guests = lists[0]["spec"]["guests"].as_array().unwrap();
    assert_eq!(guests[0]["message"]["body"], "Hello,\r\n\r\nplease accept.\r\n- The \"Contoso\" team");
    assert_eq!((&guests[1]["email"], &guests[1]["message"]["body"]), (&json!("bob@example.com"), &json!("short")));
}

#[test]
fn both_lines_of_one_address_are_named() {
    refused("b11_dupes_case", &["line 3: ada@example.com stands on line 2 already"]);
    refused("c4", &["line 4: a@example.com stands on line 2 already"]);
}

#[test]
fn of_the_export_of_users_all_other_columns_are_named_at_once() {
    let (lists, said) = taken("b17_entra_users_export");
    assert_eq!(lists[0]["spec"]["guests"], json!([{"email": "ada@example.com", "displayName": "Ada L"}]));
    let header = std::fs::read_to_string(file("b17_entra_users_export")).unwrap();
    let header: Vec<&str> = header.lines().next().unwrap().split(',').collect();
    let others: Vec<&str> = header.into_iter().filter(|name| !["mail", "displayName"].contains(name)).collect();
    assert!(said.contains(&format!("they are left out: {}\n", others.join(", "))), "{said}");
}

#[test]
fn characters_that_do_not_show_are_refused_by_line() {
    refused(
        "b18b_zwsp_only",
        &[
            "line 2: the address has a character that does not show, U+200B",
            "line 3: the address has a character that does not show, U+FEFF",
        ],
    );
}

#[test]
fn what_the_api_server_refuses_is_refused_by_line() {
    let said = refused(
        "b23_api_refuses",
        &[
            "line 2: \"first+tag@example.com\" is no address; Entra does not support plus addressing",
            "line 3: \"info@müller.example\" is no address; only ASCII: write an international domain in its xn-- form",
            "line 4: \"josé@example.com\" is no address; only ASCII",
            "line 5: \"ada@localhost\" is no address; the part after the @ must be a full domain name",
            "line 6: \".dot@example.com\" is no address; the part before the @ cannot begin or end with a dot",
        ],
    );
    assert!(!said.contains("line 7"), "{said}");
    refused("b30_http_redirect", &["line 3: \"http://intranet.example.com\" is no redirectUrl; ", "https://"]);
}

#[test]
fn addresses_alone_need_no_header() {
    let (lists, _) = taken("b26_no_header");
    assert_eq!(lists[0]["spec"]["guests"], json!([{"email": "ada@example.com"}, {"email": "bob@example.com"}]));
}

#[test]
fn of_a_thousand_and_one_there_are_two_lists() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guests.csv");
    let rows: String = (0..1001).map(|n| format!("u{n}@example.com\n")).collect();
    std::fs::write(&file, format!("email\n{rows}")).unwrap();
    let (right, yaml, said) = import(&file);
    assert!(right, "{said}");
    let lists: Vec<Value> = serde_saphyr::from_multiple(&yaml).unwrap();
    let sizes: Vec<usize> = lists.iter().map(|list| list["spec"]["guests"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [1000, 1]);
    assert_eq!([&lists[0]["metadata"]["name"], &lists[1]["metadata"]["name"]], ["team", "team-2"]);
}

#[test]
fn nobody_is_swallowed_by_a_quote_that_never_closes() {
    refused("b33_unclosed_quote", &["line 2: a quote (\") begins a cell here and none ends it"]);
    // Nor by one that closes in another row.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guests.csv");
    std::fs::write(&file, "email,displayName\nada@example.com,\"Ada L\nbob@example.com,\"Bob\"\n").unwrap();
    let (right, yaml, said) = import(&file);
    assert!(!right && yaml.is_empty(), "{yaml}");
    assert!(said.contains("line 2: displayName goes over several lines"), "{said}");
}

#[test]
fn a_bad_row_is_named_by_the_line_that_an_editor_shows() {
    for (name, line) in [("c1", 4), ("c2", 4), ("c3", 5)] {
        refused(name, &[&format!("line {line}: \"not an address\" is no address")]);
    }
}

#[test]
fn every_file_is_told_of() {
    let told = include_str!("files.rs");
    for entry in std::fs::read_dir(file("x").parent().unwrap()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(told.contains(&format!("\"{}\"", name.trim_end_matches(".csv"))), "no test reads {name}");
    }
}
