//! What the header says: which column means what.

use csv::StringRecord;

use super::fault::TableFault;

/// What a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The address.
    Email,
    /// The name.
    DisplayName,
    /// Where the guest's browser ends.
    RedirectUrl,
    /// Whether anybody mails the guest.
    SendEmail,
    /// A personal text.
    Message,
}

impl Column {
    /// Its name, as in the docs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::DisplayName => "displayName",
            Self::RedirectUrl => "redirectUrl",
            Self::SendEmail => "sendEmail",
            Self::Message => "message",
        }
    }
}

/// What Entra's export of users has beside the address and the name, under "Download users". An invitation has no place for it.
const EXPORTED: [&str; 27] = [
    "userprincipalname",
    "surname",
    "givenname",
    "id",
    "usertype",
    "jobtitle",
    "department",
    "accountenabled",
    "usagelocation",
    "streetaddress",
    "state",
    "country",
    "officelocation",
    "city",
    "postalcode",
    "telephonenumber",
    "mobilephone",
    "alternateemailaddress",
    "agegroup",
    "consentprovidedforminor",
    "legalagegroupclassification",
    "companyname",
    "creationtype",
    "directorysynced",
    "invitationstate",
    "identityissuer",
    "createddatetime",
];

/// The columns of a table. Those that are left out are told.
#[derive(Debug, Default)]
pub struct Columns {
    /// The columns in their order; nothing for one without a name, or that is left out.
    pub all: Vec<Option<Column>>,
    /// The names of those that are left out.
    pub left_out: Vec<String>,
    /// Where those stand.
    skipped: Vec<usize>,
}

impl Columns {
    /// The one column of a table without a header that has nothing but addresses.
    pub fn of_addresses() -> Self {
        Self { all: vec![Some(Column::Email)], ..Self::default() }
    }

    /// Reads the header.
    ///
    /// # Errors
    /// When it has a name that is not known, has one twice, or has none for the address.
    pub fn read(header: &StringRecord) -> Result<Self, TableFault> {
        let is_export = header.iter().any(|cell| plain(cell) == "userprincipalname");
        let (mut columns, mut unknown) = (Self::default(), Vec::new());
        for (at, cell) in header.iter().enumerate() {
            let column = column(cell);
            let name = cell.trim().to_owned();
            if column.is_some() && columns.all.contains(&column) {
                return Err(TableFault::ColumnTwice(name));
            }
            match column {
                None if is_export && EXPORTED.contains(&&*plain(cell)) => {
                    columns.left_out.push(name);
                    columns.skipped.push(at);
                }
                None if !name.is_empty() => unknown.push(name),
                _ => {}
            }
            columns.all.push(column);
        }
        match (unknown.is_empty(), columns.all.contains(&Some(Column::Email))) {
            (false, _) => Err(TableFault::UnknownColumns(unknown)),
            (true, false) => Err(TableFault::NoEmailColumn),
            (true, true) => Ok(columns),
        }
    }

    /// Whether the cell at this place is left out.
    pub fn skips(&self, at: usize) -> bool {
        self.skipped.contains(&at)
    }
}

/// A name without case, blanks and signs.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The column of a header cell. Entra's template has its own name for it in brackets, such as
/// `Email address to invite [inviteeEmail] Required` ("Bulk invite B2B collaboration users", Entra).
fn column(cell: &str) -> Option<Column> {
    let inner = cell.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or(cell, |(inner, _)| inner);
    Some(match plain(inner).as_str() {
        "inviteeemail" | "email" | "emailaddress" | "mail" => Column::Email,
        "inviteename" | "displayname" | "name" => Column::DisplayName,
        "inviteredirecturl" | "redirecturl" => Column::RedirectUrl,
        "sendemail" => Column::SendEmail,
        "customizedmessagebody" | "message" => Column::Message,
        _ => return None,
    })
}
