//! Yes and no in the languages of spreadsheets, which write them in that of their country.

use super::fault::RowFault;

const TRUE: [&str; 13] =
    ["true", "yes", "1", "wahr", "vrai", "verdadero", "verdadeiro", "vero", "waar", "prawda", "sant", "sand", "tosi"];
const FALSE: [&str; 11] =
    ["false", "no", "0", "falsch", "faux", "falso", "onwaar", "fałsz", "falskt", "falsk", "epätosi"];

/// What a cell of sendEmail says.
///
/// # Errors
/// When it is neither true nor false.
pub(super) fn truth(cell: String) -> Result<bool, RowFault> {
    match cell.to_lowercase().as_str() {
        word if TRUE.contains(&word) => Ok(true),
        word if FALSE.contains(&word) => Ok(false),
        _ => Err(RowFault::NotTrueOrFalse(cell)),
    }
}
