//! A table of guests as programs write them: rows under a header, whatever parts the cells.
//! What it does not understand it refuses by its line, so that no column and no row is lost without a word.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};

use crate::api::Address;

/// What a row says of its guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestRow {
    /// In the form in which the API takes it: in lower case.
    pub email: Address,
    /// The name that the directory is to show.
    pub display_name: Option<String>,
    /// Where the guest's browser ends.
    pub redirect_url: Option<String>,
    /// Whether anybody mails the guest, if the row says so.
    pub send: Option<bool>,
    /// A text to mail.
    pub message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Email,
    DisplayName,
    RedirectUrl,
    SendEmail,
    Message,
}

const KNOWN: &str = "email, displayName, redirectUrl, sendEmail and message";

/// Reads a table; or says, a sentence each, what has to be put right in it.
pub fn read(bytes: &[u8]) -> Result<Vec<GuestRow>, Vec<String>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
        vec![format!("line {line}: this is not UTF-8; save the file as \"CSV UTF-8\"")]
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let mut records = reader.records().map(|record| record.map_err(|error| vec![format!("it is no CSV: {error}")]));
    let mut header = records.next().transpose()?.unwrap_or_default();
    if is_version(&header) {
        header = records.next().transpose()?.unwrap_or_default();
    }
    let columns = columns(&header).map_err(|sentence| vec![sentence])?;
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    let mut seen = BTreeMap::new();
    for record in records {
        let record = record?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        match row(&record, &columns) {
            Ok(row) => match seen.insert(row.email.clone(), line) {
                None => rows.push(row),
                Some(first) => wrong.push(format!("line {line}: {} stands on line {first} already", row.email)),
            },
            Err(sentence) => wrong.push(format!("line {line}: {sentence}")),
        }
    }
    match (wrong.is_empty(), rows.is_empty()) {
        (false, _) => Err(wrong),
        (true, true) => Err(vec!["there is no guest under the header".into()]),
        (true, false) => Ok(rows),
    }
}

/// The first row of Entra's template.
fn is_version(record: &StringRecord) -> bool {
    record.get(0).is_some_and(|cell| cell.trim().to_lowercase().starts_with("version:"))
}

/// What parts the cells of the header; spreadsheets write what their country uses.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.to_lowercase().contains("version:")).unwrap_or_default();
    let count = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

fn columns(header: &StringRecord) -> Result<Vec<Option<Column>>, String> {
    let mut columns = Vec::new();
    for cell in header {
        let column = if cell.trim().is_empty() { None } else { Some(column(cell)?) };
        if column.is_some() && columns.contains(&column) {
            return Err(format!("the header names {} twice", cell.trim()));
        }
        columns.push(column);
    }
    match columns.contains(&Some(Column::Email)) {
        true => Ok(columns),
        false => Err(format!("the first row has to name the columns, {KNOWN}, and email is not among them")),
    }
}

/// The column of a header cell. Entra's template has its own name in brackets: `Email address to invite [inviteeEmail] Required`
/// ("Bulk invite B2B collaboration users", Entra).
fn column(cell: &str) -> Result<Column, String> {
    let inner = cell.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or(cell, |(inner, _)| inner);
    let name: String = inner.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Ok(match name.as_str() {
        "inviteeemail" | "email" | "emailaddress" | "mail" => Column::Email,
        "inviteename" | "displayname" | "name" => Column::DisplayName,
        "inviteredirecturl" | "redirecturl" => Column::RedirectUrl,
        "sendemail" => Column::SendEmail,
        "customizedmessagebody" | "message" => Column::Message,
        _ => {
            return Err(format!(
                "the column {:?} is not known; name it as one of {KNOWN}, or take it out",
                cell.trim()
            ));
        }
    })
}

fn row(record: &StringRecord, columns: &[Option<Column>]) -> Result<GuestRow, String> {
    let mut cells = BTreeMap::new();
    for (n, cell) in record.iter().map(str::trim).enumerate().filter(|(_, cell)| !cell.is_empty()) {
        match columns.get(n).copied().flatten() {
            Some(column) => cells.insert(column, cell.to_owned()),
            None => {
                return Err(format!(
                    "{cell:?} stands under no column's name; a text with the sign that parts the cells needs quotes around it"
                ));
            }
        };
    }
    let email = cells.remove(&Column::Email).ok_or("there is no address")?;
    let send = cells.remove(&Column::SendEmail).map(|cell| truth(&cell)).transpose()?;
    let row = GuestRow {
        email: address(&email)?,
        display_name: cells.remove(&Column::DisplayName),
        redirect_url: cells.remove(&Column::RedirectUrl),
        send,
        message: cells.remove(&Column::Message),
    };
    match (row.send, &row.message) {
        (Some(false), Some(_)) => {
            Err("sendEmail is false, so nobody would get the message; empty one of the two".into())
        }
        _ => Ok(row),
    }
}

/// The API server has the other rules and names the entry that breaks one.
fn address(cell: &str) -> Result<Address, String> {
    let bare = !cell.contains(|letter: char| letter.is_whitespace() || letter == '<' || letter == '>');
    match cell.split_once('@') {
        Some((local, domain)) if bare && !local.is_empty() && !domain.is_empty() && !domain.contains('@') => {
            Ok(Address::new(cell))
        }
        _ => Err(format!("{cell:?} is no address; give the bare one, such as bob@example.com")),
    }
}

fn truth(cell: &str) -> Result<bool, String> {
    match cell.to_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(format!("sendEmail is {cell:?}; write true or false")),
    }
}
