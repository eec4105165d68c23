//! The answers to the questions: a table for a person, or JSON for a program.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Value, json};

use super::questions::ProbeQuestion;
use super::switches::Switch;

/// The answer to one question, or to one part of it.
#[derive(Clone, Debug, PartialEq)]
enum ProbeAnswer {
    /// The question is settled. This switch of the simulator shows the answer.
    Switch(Switch),
    /// The question is settled, but the simulator has no switch for it.
    NoSwitch(&'static str),
    /// The question is not settled.
    Open,
}

#[derive(Clone, Debug, PartialEq)]
struct ReportRow {
    question: ProbeQuestion,
    about: String,
    finding: String,
    answer: ProbeAnswer,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct ProbeReport {
    rows: Vec<ReportRow>,
    /// Findings that no question asks for.
    beside: Vec<(String, Switch)>,
}

impl ProbeReport {
    /// `question` is settled. With `switch`, the simulator behaves as the directory does.
    pub fn settled(&mut self, question: ProbeQuestion, about: &str, finding: impl Into<String>, switch: Switch) {
        self.add(question, about, finding.into(), ProbeAnswer::Switch(switch));
    }

    /// `question` is settled. Says also why no switch shows the answer.
    pub fn without_switch(
        &mut self,
        question: ProbeQuestion,
        about: &str,
        finding: impl Into<String>,
        why: &'static str,
    ) {
        self.add(question, about, finding.into(), ProbeAnswer::NoSwitch(why));
    }

    /// `question` is not settled. Says also why, and what to do about it.
    pub fn open(&mut self, question: ProbeQuestion, why: impl Into<String>) {
        self.add(question, question.about(), format!("not settled: {}", why.into()), ProbeAnswer::Open);
    }

    /// A finding that no question asks for.
    pub fn beside(&mut self, finding: impl Into<String>, switch: Switch) {
        let found = (finding.into(), switch);
        if !self.beside.contains(&found) {
            self.beside.push(found);
        }
    }

    fn add(&mut self, question: ProbeQuestion, about: &str, finding: String, answer: ProbeAnswer) {
        self.rows.push(ReportRow { question, about: about.to_owned(), finding, answer });
        self.rows.sort_by_key(|row| row.question);
    }

    /// Whether the report already says something about `question`.
    pub fn has(&self, question: ProbeQuestion) -> bool {
        self.rows.iter().any(|row| row.question == question)
    }

    /// The questions of `wanted` about which the report says nothing yet.
    pub fn missing(&self, wanted: &BTreeSet<ProbeQuestion>) -> Vec<ProbeQuestion> {
        wanted.iter().copied().filter(|question| !self.has(*question)).collect()
    }

    /// The report for a program.
    pub fn json(&self) -> Value {
        let row = |row: &ReportRow| {
            let switch = match &row.answer {
                ProbeAnswer::Switch(switch) => json!(switch.name()),
                ProbeAnswer::NoSwitch(_) | ProbeAnswer::Open => Value::Null,
            };
            json!({
                "question": row.question.to_string(),
                "about": row.about,
                "settled": row.answer != ProbeAnswer::Open,
                "finding": row.finding,
                "switch": switch,
            })
        };
        self.rows.iter().map(row).collect()
    }

    /// The findings that no question asks for, for a program.
    pub fn beside_json(&self) -> Value {
        self.beside.iter().map(|(finding, switch)| json!({"finding": finding, "switch": switch.name()})).collect()
    }
}

impl fmt::Display for ProbeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let switch = |row: &ReportRow| match &row.answer {
            ProbeAnswer::Switch(switch) => switch.name().to_owned(),
            ProbeAnswer::NoSwitch(why) => format!("none: {why}"),
            ProbeAnswer::Open => "none: not settled".to_owned(),
        };
        let longest = |cells: &mut dyn Iterator<Item = usize>| cells.max().unwrap_or_default();
        let about = longest(&mut self.rows.iter().map(|row| row.about.chars().count())).max("ABOUT".len());
        let turned =
            longest(&mut self.rows.iter().map(|row| switch(row).chars().count())).max("SIMULATOR SWITCH".len());
        writeln!(f, "   {:<about$}  {:<turned$}  FINDING", "ABOUT", "SIMULATOR SWITCH")?;
        for row in &self.rows {
            writeln!(f, "{}  {:<about$}  {:<turned$}  {}", row.question, row.about, switch(row), row.finding)?;
        }
        for (finding, switch) in &self.beside {
            writeln!(f, "Beside the questions: {finding}: {}", switch.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_letters_and_tells_what_is_open() {
        let mut report = ProbeReport::default();
        report.open(ProbeQuestion::D, "needs another setting");
        report.settled(ProbeQuestion::B, "mail", "a mail came", Switch::Default);
        report.without_switch(ProbeQuestion::A, "user", "the same id", "it does so too");
        assert_eq!(
            report.to_string(),
            "   ABOUT                                            SIMULATOR SWITCH      FINDING\n\
             a  user                                             none: it does so too  the same id\n\
             b  mail                                             default               a mail came\n\
             d  an application under restricted invite settings  none: not settled     not settled: needs another setting\n"
        );
        assert_eq!(report.json()[1]["switch"], "default");
        assert_eq!(report.json()[2]["settled"], false);
        assert_eq!(report.missing(&BTreeSet::from([ProbeQuestion::A, ProbeQuestion::E])), [ProbeQuestion::E]);
    }
}
