//! A table of guests as other programs write it: rows under a header, with any of several separators between the cells.
//! The reader refuses what it does not understand, and names the line. So no column and no row is lost silently.

use std::collections::BTreeMap;
use std::str::Utf8Error;

use csv::{ReaderBuilder, StringRecord};

use crate::api::Address;

/// What a row says about its guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestRow {
    /// The address as the API takes it: in lower case.
    pub email: Address,
    /// The name that the directory shows for the guest.
    pub display_name: Option<String>,
    /// Where the guest's browser ends after accepting.
    pub redirect_url: Option<String>,
    /// Whether anybody mails the guest, if the row says so.
    pub send: Option<bool>,
    /// A personal text for the mail.
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

/// What must be corrected in a table.
#[derive(Debug, thiserror::Error)]
pub enum TableFault {
    /// The file is not in UTF-8.
    #[error("line {line}: this is not UTF-8; save the file as \"CSV UTF-8\"")]
    NotUtf8 {
        /// The line.
        line: usize,
        /// Where the text stops being UTF-8.
        source: Utf8Error,
    },
    /// The file is no CSV.
    #[error("it is no CSV: {0}")]
    NotCsv(#[from] csv::Error),
    /// Two columns mean the same.
    #[error("the header names {0} twice")]
    ColumnTwice(String),
    /// The name of a column is not known.
    #[error("the column {0:?} is not known; name it as one of {KNOWN}, or take it out")]
    UnknownColumn(String),
    /// There is no column for the address, or no header at all.
    #[error("the first row has to name the columns, {KNOWN}, and email is not among them")]
    NoEmailColumn,
    /// A row has something that no guest can have.
    #[error("line {line}: {source}")]
    Row {
        /// The line.
        line: u64,
        /// What is wrong.
        source: RowFault,
    },
    /// Two rows have the same guest.
    #[error("line {line}: {email} stands on line {first} already")]
    Twice {
        /// The line of the second row.
        line: u64,
        /// The guest.
        email: Address,
        /// The line of the first row.
        first: u64,
    },
    /// There are no rows under the header.
    #[error("there is no guest under the header")]
    Empty,
}

/// What is wrong with a row.
#[derive(Debug, thiserror::Error)]
pub enum RowFault {
    /// The row has more cells than the header.
    #[error("{0:?} stands under no column's name; a text with the sign that parts the cells needs quotes around it")]
    NoColumn(String),
    /// The address is missing.
    #[error("there is no address")]
    NoAddress,
    /// The text is no address.
    #[error("{0:?} is no address; give the bare one, such as bob@example.com")]
    NotAnAddress(String),
    /// The text is neither true nor false.
    #[error("sendEmail is {0:?}; write true or false")]
    NotTrueOrFalse(String),
    /// There is a message, but nobody is to send it.
    #[error("sendEmail is false, so nobody would get the message; empty one of the two")]
    Unsent,
}

/// Reads a table.
///
/// # Errors
/// Everything that must be corrected in the table. A fault that makes the whole file unreadable comes alone.
pub fn read(bytes: &[u8]) -> Result<Vec<GuestRow>, Vec<TableFault>> {
    let text = std::str::from_utf8(bytes).map_err(|source| {
        let line = 1 + bytes.iter().take(source.valid_up_to()).filter(|byte| **byte == b'\n').count();
        vec![TableFault::NotUtf8 { line, source }]
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let mut records = reader.records().map(|record| record.map_err(|error| vec![error.into()]));
    let mut header = records.next().transpose()?.unwrap_or_default();
    if is_version(&header) {
        header = records.next().transpose()?.unwrap_or_default();
    }
    let columns = columns(&header).map_err(|fault| vec![fault])?;
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
                Some(first) => wrong.push(TableFault::Twice { line, email: row.email, first }),
            },
            Err(source) => wrong.push(TableFault::Row { line, source }),
        }
    }
    match (wrong.is_empty(), rows.is_empty()) {
        (false, _) => Err(wrong),
        (true, true) => Err(vec![TableFault::Empty]),
        (true, false) => Ok(rows),
    }
}

/// Whether this is the version row, the first row of Entra's template.
fn is_version(record: &StringRecord) -> bool {
    record.get(0).is_some_and(|cell| cell.trim().to_lowercase().starts_with("version:"))
}

/// The separator between the cells of the header. Spreadsheets use that of their country.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.to_lowercase().contains("version:")).unwrap_or_default();
    let count = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

fn columns(header: &StringRecord) -> Result<Vec<Option<Column>>, TableFault> {
    let mut columns = Vec::new();
    for cell in header {
        let column = if cell.trim().is_empty() { None } else { Some(column(cell)?) };
        if column.is_some() && columns.contains(&column) {
            return Err(TableFault::ColumnTwice(cell.trim().to_owned()));
        }
        columns.push(column);
    }
    match columns.contains(&Some(Column::Email)) {
        true => Ok(columns),
        false => Err(TableFault::NoEmailColumn),
    }
}

/// The column of a header cell. Entra's template has its own name for it in brackets, such as
/// `Email address to invite [inviteeEmail] Required` ("Bulk invite B2B collaboration users", Entra).
fn column(cell: &str) -> Result<Column, TableFault> {
    let inner = cell.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or(cell, |(inner, _)| inner);
    let name: String = inner.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Ok(match name.as_str() {
        "inviteeemail" | "email" | "emailaddress" | "mail" => Column::Email,
        "inviteename" | "displayname" | "name" => Column::DisplayName,
        "inviteredirecturl" | "redirecturl" => Column::RedirectUrl,
        "sendemail" => Column::SendEmail,
        "customizedmessagebody" | "message" => Column::Message,
        _ => return Err(TableFault::UnknownColumn(cell.trim().to_owned())),
    })
}

fn row(record: &StringRecord, columns: &[Option<Column>]) -> Result<GuestRow, RowFault> {
    let mut cells = BTreeMap::new();
    for (n, cell) in record.iter().map(str::trim).enumerate().filter(|(_, cell)| !cell.is_empty()) {
        match columns.get(n).copied().flatten() {
            Some(column) => cells.insert(column, cell.to_owned()),
            None => return Err(RowFault::NoColumn(cell.to_owned())),
        };
    }
    let email = cells.remove(&Column::Email).ok_or(RowFault::NoAddress)?;
    let send = cells.remove(&Column::SendEmail).map(|cell| truth(&cell)).transpose()?;
    let row = GuestRow {
        email: address(&email)?,
        display_name: cells.remove(&Column::DisplayName),
        redirect_url: cells.remove(&Column::RedirectUrl),
        send,
        message: cells.remove(&Column::Message),
    };
    match (row.send, &row.message) {
        (Some(false), Some(_)) => Err(RowFault::Unsent),
        _ => Ok(row),
    }
}

/// Checks only roughly. The API server has the other rules, and names the entry that breaks one.
fn address(cell: &str) -> Result<Address, RowFault> {
    let bare = !cell.contains(|letter: char| letter.is_whitespace() || letter == '<' || letter == '>');
    match cell.split_once('@') {
        Some((local, domain)) if bare && !local.is_empty() && !domain.is_empty() && !domain.contains('@') => {
            Ok(Address::new(cell))
        }
        _ => Err(RowFault::NotAnAddress(cell.to_owned())),
    }
}

fn truth(cell: &str) -> Result<bool, RowFault> {
    match cell.to_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(RowFault::NotTrueOrFalse(cell.to_owned())),
    }
}
