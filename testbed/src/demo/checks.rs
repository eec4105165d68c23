//! What must be true at the end of the story, written down as it is found.
//! Each check is a line in a table; one that fails makes the demo fail.

use std::fmt;

/// The checks so far.
#[derive(Default)]
pub(super) struct Checks {
    rows: Vec<Row>,
}

struct Row {
    who: String,
    what: String,
    expected: String,
    found: String,
}

impl Checks {
    /// Notes what was expected and what was found.
    pub(super) fn equal(&mut self, who: &str, what: &str, expected: impl fmt::Display, found: impl fmt::Display) {
        let (expected, found) = (expected.to_string(), found.to_string());
        self.rows.push(Row { who: who.into(), what: what.into(), expected, found });
    }

    /// Whether there were checks, and all went well.
    pub(super) fn all_good(&self) -> bool {
        !self.rows.is_empty() && self.failed() == 0
    }

    fn failed(&self) -> usize {
        self.rows.iter().filter(|row| !row.is_good()).count()
    }
}

impl Row {
    fn is_good(&self) -> bool {
        self.expected == self.found
    }
}

impl fmt::Display for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = |of: fn(&Row) -> &str| self.rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
        let (who, what) = (wide(|row| &row.who), wide(|row| &row.what));
        for row in &self.rows {
            let mark = if row.is_good() { "ok  " } else { "FAIL" };
            write!(f, "{mark}  {:who$}  {:what$}  {}", row.who, row.what, row.found)?;
            writeln!(f, "{}", if row.is_good() { String::new() } else { format!(" (expected {})", row.expected) })?;
        }
        write!(f, "{} checks, {} failed", self.rows.len(), self.failed())
    }
}
