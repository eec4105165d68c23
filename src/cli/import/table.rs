//! A table of guests as other programs write it: rows under a header, with any of several separators between the cells.
//! The reader refuses what it does not understand, and names the line. So no column and no row is lost silently.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};

use super::columns::{Column, Columns};
use super::fault::{RowFault, TableFault};
use super::text::TableText;
use super::truth::truth;
use crate::api::{Address, Email, RedirectUrl};

/// The longest name and the longest message that a GuestInvitation takes, in characters.
const LONGEST_NAME: usize = 256;
const LONGEST_MESSAGE: usize = 20_000;

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

/// The guests of a table.
#[derive(Debug)]
pub struct GuestTable {
    /// The rows.
    pub rows: Vec<GuestRow>,
    /// The columns for which an invitation has no place.
    pub left_out: Vec<String>,
}

/// Reads a table.
///
/// # Errors
/// Everything that must be corrected in the table. A fault that makes the whole file unreadable comes alone.
pub fn read(bytes: &[u8]) -> Result<GuestTable, Vec<TableFault>> {
    let text = TableText::read(bytes).map_err(|fault| vec![fault])?;
    let separator = text.separator.unwrap_or_else(|| separator(text.table()));
    if let Some(line) = text.unclosed(separator) {
        return Err(vec![TableFault::Unclosed { line }]);
    }
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(separator);
    let read = builder.from_reader(text.table().as_bytes()).into_records().collect::<Result<Vec<_>, _>>();
    let records = read.map_err(|error| vec![error.into()])?;
    let line = |record: &StringRecord| {
        text.line(record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or_default())
    };
    let mut below = records.as_slice();
    if below.first().is_some_and(is_version) {
        below = &below[1..];
    }
    let (columns, below) = match below {
        [] => (Columns::read(&StringRecord::new()).map_err(|fault| vec![fault])?, below),
        [first, ..] if first.len() == 1 && first.iter().all(is_address) => (Columns::of_addresses(), below),
        [first, ..] if first.iter().any(is_address) => return Err(vec![TableFault::NoHeader { line: line(first) }]),
        [header, rows @ ..] => (Columns::read(header).map_err(|fault| vec![fault])?, rows),
    };
    let (mut rows, mut wrong, mut seen) = (Vec::new(), Vec::new(), BTreeMap::new());
    for record in below.iter().filter(|record| record.iter().any(|cell| !cell.trim().is_empty())) {
        let line = line(record);
        match row(record, &columns) {
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
        (true, false) => Ok(GuestTable { rows, left_out: columns.left_out }),
    }
}

/// Whether this is the version row, the first row of Entra's template.
fn is_version(record: &StringRecord) -> bool {
    record.get(0).is_some_and(|cell| cell.trim().to_lowercase().starts_with("version:"))
}

/// Whether a cell of the first row is a guest's address, so that there is no header.
fn is_address(cell: &str) -> bool {
    Email::new(cell.trim().to_lowercase()).fault().is_none()
}

/// The separator between the cells of the header. Spreadsheets use that of their country.
fn separator(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.to_lowercase().contains("version:")).unwrap_or_default();
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

fn row(record: &StringRecord, columns: &Columns) -> Result<GuestRow, RowFault> {
    let mut cells = BTreeMap::new();
    for (n, cell) in record.iter().enumerate().filter(|(n, cell)| !cell.trim().is_empty() && !columns.skips(*n)) {
        match columns.all.get(n).copied().flatten() {
            // Blanks and empty lines belong to a message.
            Some(Column::Message) => cells.insert(Column::Message, cell.to_owned()),
            Some(column) => cells.insert(column, one_line(column, cell.trim())?),
            None => return Err(RowFault::NoColumn(cell.trim().to_owned())),
        };
    }
    let email = cells.remove(&Column::Email).ok_or(RowFault::NoAddress)?;
    let send = cells.remove(&Column::SendEmail).map(truth).transpose()?;
    let row = GuestRow {
        email: address(&email)?,
        display_name: cells.remove(&Column::DisplayName),
        redirect_url: cells.remove(&Column::RedirectUrl),
        send,
        message: cells.remove(&Column::Message),
    };
    within(Column::DisplayName, row.display_name.as_deref(), LONGEST_NAME)?;
    within(Column::Message, row.message.as_deref(), LONGEST_MESSAGE)?;
    if let Some(why) = row.redirect_url.as_deref().and_then(|url| RedirectUrl::new(url).fault()) {
        return Err(RowFault::NotARedirect { text: row.redirect_url.unwrap_or_default(), why });
    }
    match (row.send, &row.message) {
        (Some(false), Some(_)) => Err(RowFault::Unsent),
        _ => Ok(row),
    }
}

/// A cell that goes over several lines has swallowed other rows, where it is no message.
fn one_line(column: Column, cell: &str) -> Result<String, RowFault> {
    match cell.contains(['\n', '\r']) {
        true => Err(RowFault::SeveralLines(column.name())),
        false => Ok(cell.to_owned()),
    }
}

fn within(column: Column, text: Option<&str>, most: usize) -> Result<(), RowFault> {
    let length = text.map_or(0, |text| text.chars().count());
    if length > most { Err(RowFault::TooLong { column: column.name(), length, most }) } else { Ok(()) }
}

/// Checks as the API server does, so that nothing is printed that it would refuse.
fn address(cell: &str) -> Result<Address, RowFault> {
    if let Some(hidden) = cell.chars().find(|letter| is_hidden(*letter)) {
        return Err(RowFault::Hidden(hidden));
    }
    let address = Address::new(cell);
    match Email::new(address.as_str()).fault() {
        None => Ok(address),
        Some(why) => Err(RowFault::NotAnAddress { text: cell.to_owned(), why }),
    }
}

/// Whether nobody sees this character: soft hyphens, joiners, marks of direction, and what web pages put between words.
fn is_hidden(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
