//! `guestlist import`: guests from another place become resources, as YAML to look at, apply or commit. It only reads and
//! prints: it invites nobody and asks no cluster.

#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod lists;
mod table;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use lists::Heading;

/// The most wrong rows that are told of at once.
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
/// redirectUrl, sendEmail (true or false) and message. Only email is required. Cells may be parted by commas, semicolons or tabs.
///
/// If a row cannot be read, nothing is printed. Each such row is named, with what to do about it.
#[derive(clap::Args, Debug)]
pub struct Csv {
    /// The file, in UTF-8; - reads standard input.
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

impl Import {
    /// Reads and prints.
    pub fn execute(self) -> Result<(), String> {
        match self.what {
            ImportCommand::Csv(csv) => csv.execute(),
        }
    }
}

impl Csv {
    fn execute(self) -> Result<(), String> {
        let from = self.file.display();
        let bytes = read(&self.file).map_err(|error| format!("{from} cannot be read: {error}"))?;
        let rows = table::read(&bytes).map_err(|wrong| refusal(&from.to_string(), &wrong))?;
        let heading = Heading { name: self.name, namespace: self.namespace, tenant: self.tenant };
        let yaml = lists::yaml(&rows, &heading)?;
        std::io::stdout().write_all(yaml.as_bytes()).map_err(|error| error.to_string())?;
        let with_words = rows.iter().filter(|row| row.message.is_some()).count();
        if with_words > 0 {
            // A closed standard error hides no more than this hint.
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

fn refusal(from: &str, wrong: &[String]) -> String {
    let told = wrong.iter().take(TOLD).map(|sentence| format!("\n  {sentence}")).collect::<String>();
    let more = wrong.len().saturating_sub(TOLD);
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    format!("nothing is printed, because this has to be put right in {from} first:{told}{more}")
}
