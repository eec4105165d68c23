//! `guestlist import`: turns guests from another place into resources, as YAML to look at, apply or commit. It only
//! reads and prints. It invites nobody and calls no cluster.

mod columns;
mod fault;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod lists;
mod table;
mod text;
mod truth;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use fault::TableFault;
use lists::Heading;
use table::GuestTable;

/// The most wrong rows that one message names.
const TOLD: usize = 50;

/// Turn guests from another place, such as a CSV file, into YAML to apply. It invites nobody.
#[derive(clap::Args, Debug)]
pub struct Import {
    #[command(subcommand)]
    what: ImportCommand,
}

#[derive(Subcommand, Debug)]
enum ImportCommand {
    // Its own words are its help.
    Csv(Csv),
}

/// Print a GuestList for the guests of a CSV file.
///
/// Takes the file of Entra's own bulk invitation as it is, or any table whose first row names its columns: email, displayName,
/// redirectUrl, sendEmail (true or false) and message. Only email is required. Cells may be parted by commas, semicolons or tabs. Of
/// Entra's export of users the address and the name are taken, and the other columns are named.
///
/// If a row cannot be read, or the API server would refuse it, nothing is printed. Each such row is named, with what to do about it.
#[derive(clap::Args, Debug)]
pub struct Csv {
    /// The file, in UTF-8 or UTF-16; - reads standard input.
    file: PathBuf,

    /// Name of the GuestList. Over 1,000 guests make several, of which the second is NAME-2.
    #[arg(long, default_value = "guests")]
    name: String,

    /// The namespace of the GuestList. Without it, kubectl chooses.
    #[arg(long)]
    namespace: Option<String>,

    /// The EntraTenant to invite into. Without, it is the one named "default".
    #[arg(long)]
    tenant: Option<String>,
}

/// Why nothing is printed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// Something in the file must be corrected.
    #[error("nothing is printed, because this has to be put right in {} first:{}", file.display(), told(faults))]
    Table {
        /// The file.
        file: PathBuf,
        /// What must be corrected, in the order of the lines.
        faults: Vec<TableFault>,
    },
    /// The list cannot be written as YAML.
    #[error("the list cannot be written as YAML: {0}")]
    Yaml(#[from] serde_saphyr::SerializeError),
    /// Standard output is closed.
    #[error(transparent)]
    Output(#[from] std::io::Error),
}

impl Import {
    /// Reads the file and prints the lists.
    ///
    /// # Errors
    /// When the file cannot be read, something in it must be corrected, or standard output is closed.
    pub fn execute(self) -> Result<(), ImportError> {
        match self.what {
            ImportCommand::Csv(csv) => csv.execute(),
        }
    }
}

impl Csv {
    fn execute(self) -> Result<(), ImportError> {
        let file = || self.file.clone();
        let bytes = read(&self.file).map_err(|source| ImportError::File { file: file(), source })?;
        let GuestTable { rows, left_out } =
            table::read(&bytes).map_err(|faults| ImportError::Table { file: file(), faults })?;
        let heading = Heading { name: self.name, namespace: self.namespace, tenant: self.tenant };
        let yaml = lists::yaml(&rows, &heading)?;
        std::io::stdout().write_all(yaml.as_bytes())?;
        if !left_out.is_empty() {
            // If standard error is closed, only these hints are lost.
            let _ = writeln!(
                std::io::stderr(),
                "guestlist: Columns for which an invitation has no place here, so they are left out: {}",
                left_out.join(", ")
            );
        }
        let with_words = rows.iter().filter(|row| row.message.is_some()).count();
        if with_words > 0 {
            let _ = writeln!(
                std::io::stderr(),
                "guestlist: Guests with a message of their own: {with_words}. Microsoft drops it when an application invites, so their delivery is Mail: the EntraTenant needs spec.mail"
            );
        }
        Ok(())
    }
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(file)
}

/// A line for each fault, up to [`TOLD`].
fn told(faults: &[TableFault]) -> String {
    let told = faults.iter().take(TOLD).map(|fault| format!("\n  {fault}")).collect::<String>();
    let more = faults.len().saturating_sub(TOLD);
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    told + &more
}
