//! The tables in docs/states.md: what each reason of Ready means, and what to do.

use super::{Course, Reason, ReasonPlace};

const BEGIN: &str = "<!-- Reasons generated from src/api/reason by `make generate`: ";
const END: &str = "<!-- Generated until here. -->\n";

/// The tables by their names in the page: where the reasons of each stand, and how severe they are.
const TABLES: [(&str, ReasonPlace, &[Course]); 7] = [
    ("guest, done", ReasonPlace::Guest, &[Course::Done, Course::Unsure]),
    ("guest, going on", ReasonPlace::Guest, &[Course::Going]),
    ("guest, held", ReasonPlace::Guest, &[Course::Held]),
    ("guest, tried again", ReasonPlace::Guest, &[Course::Retrying]),
    ("guest, stuck", ReasonPlace::Guest, &[Course::Stuck]),
    ("tenant", ReasonPlace::Tenant, &[Course::Done, Course::Retrying, Course::Stuck]),
    ("list", ReasonPlace::List, &[Course::Done, Course::Going, Course::Retrying, Course::Stuck]),
];

/// The page lacks a table, or has it twice.
#[derive(Debug, thiserror::Error)]
#[error("the page must have the lines `{}{name} -->` and `{}` once, between which the table stands", BEGIN, END.trim())]
pub struct NoTable {
    name: &'static str,
}

/// `page` with every table in its place.
///
/// # Errors
///
/// When the page does not have the lines of a table, or has them twice.
pub fn with_tables(page: &str) -> Result<String, NoTable> {
    TABLES.iter().try_fold(page.to_owned(), |page, (name, place, courses)| {
        let begin = format!("{BEGIN}{name} -->\n");
        let (before, rest) = page.split_once(&begin).ok_or(NoTable { name })?;
        let (_, after) = rest.split_once(END).ok_or(NoTable { name })?;
        if after.contains(&begin) {
            return Err(NoTable { name });
        }
        Ok(format!("{before}{begin}{}{END}{after}", table(*place, courses)))
    })
}

fn table(place: ReasonPlace, courses: &[Course]) -> String {
    let here = Reason::ALL.iter().filter(|reason| reason.places().contains(&place));
    let rows = here.filter(|reason| courses.contains(&reason.course())).map(|reason| {
        let meaning = reason.meaning().trim().trim_end_matches('.');
        format!("| {reason} | {meaning} | {} |\n", reason.way_out())
    });
    format!("| Reason | What it means | What to do |\n|---|---|---|\n{}", rows.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const PAGE: &str = include_str!("../../../docs/states.md");

    #[test]
    fn the_page_has_every_reason_of_ready_as_the_table_has_it() {
        assert_eq!(with_tables(PAGE).unwrap(), PAGE, "run make generate");
        for place in [ReasonPlace::Guest, ReasonPlace::Tenant, ReasonPlace::List] {
            let rows = |reason: &Reason| {
                let tables = TABLES.iter().filter(|(_, stands, courses)| {
                    *stands == place && courses.contains(&reason.course()) && reason.places().contains(&place)
                });
                tables.count()
            };
            let lost = Reason::ALL.iter().find(|reason| reason.places().contains(&place) && rows(reason) != 1);
            assert_eq!(lost, None, "in no table of {place:?}, or in several");
        }
    }

    /// The names with a capital letter in the row `name` of the table with this heading.
    fn row(heading: &str, name: &str) -> HashSet<&'static str> {
        const BESIDE: [&str; 4] = ["True", "False", "Unknown", "Ready"];
        let heading = format!("| {heading} | Reasons |");
        let tables = PAGE.split("\n\n").filter(|part| part.starts_with(&heading));
        let mut rows = tables.flat_map(str::lines).filter_map(|line| line.strip_prefix(&format!("| {name} | ")));
        let words = rows.next().expect(name).split(|c: char| !c.is_ascii_alphanumeric());
        words.filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()) && !BESIDE.contains(word)).collect()
    }

    fn words(stands: impl Fn(&Reason) -> bool) -> HashSet<&'static str> {
        Reason::ALL.iter().filter(|reason| stands(reason)).map(|reason| reason.as_str()).collect()
    }

    #[test]
    fn the_page_has_every_reason_beside_ready() {
        for (name, place) in [
            ("Invited", ReasonPlace::Invited),
            ("Redeemed", ReasonPlace::Redeemed),
            ("Authenticated", ReasonPlace::Authenticated),
            ("Permitted", ReasonPlace::Permitted),
            ("InvitationsBlocked", ReasonPlace::Blocked),
            ("EndsStopped", ReasonPlace::EndsStopped),
            ("SweepFailing", ReasonPlace::SweepFailing),
            ("Mail", ReasonPlace::Mail),
            ("Reconciling", ReasonPlace::Reconciling),
        ] {
            assert_eq!(row("Condition", name), words(|reason| reason.places().contains(&place)), "{name}");
        }
    }

    #[test]
    fn the_page_tells_normal_events_from_warnings() {
        for (name, warns) in [("Normal", false), ("Warning", true)] {
            let stands =
                |reason: &Reason| reason.places().contains(&ReasonPlace::Event) && reason.course().warns() == warns;
            assert_eq!(row("Event", name), words(stands), "{name}");
        }
    }
}
