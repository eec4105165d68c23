//! What the questions came to: a table for a person, or JSON for a program.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Value, json};

use super::questions::ProbeQuestion;
use super::switches::Switch;

/// What one question, or one part of it, came to.
#[derive(Clone, Debug, PartialEq)]
enum ProbeAnswer {
    /// The simulator has a switch for it, and this is how it is turned.
    Switch(Switch),
    /// It is settled, and no switch has it.
    NoSwitch(&'static str),
    /// It is not settled.
    Open,
}

#[derive(Clone, Debug, PartialEq)]
struct ReportRow {
    question: ProbeQuestion,
    about: String,
    finding: String,
    answer: ProbeAnswer,
}

/// All that was found.
#[derive(Debug, Default)]
pub struct ProbeReport {
    rows: Vec<ReportRow>,
    /// What nobody had asked.
    beside: Vec<(String, Switch)>,
}

impl ProbeReport {
    /// `question` is settled, and the simulator is true to it with `switch` turned.
    pub fn settled(&mut self, question: ProbeQuestion, about: &str, finding: impl Into<String>, switch: Switch) {
        self.add(question, about, finding.into(), ProbeAnswer::Switch(switch));
    }

    /// `question` is settled; why no switch has it.
    pub fn without_switch(
        &mut self,
        question: ProbeQuestion,
        about: &str,
        finding: impl Into<String>,
        why: &'static str,
    ) {
        self.add(question, about, finding.into(), ProbeAnswer::NoSwitch(why));
    }

    /// `question` is not settled; why, and what to do about it.
    pub fn open(&mut self, question: ProbeQuestion, why: impl Into<String>) {
        self.add(question, question.about(), format!("not settled: {}", why.into()), ProbeAnswer::Open);
    }

    /// What showed itself though no question asks for it.
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

    /// Whether anything was said of `question` yet.
    pub fn has(&self, question: ProbeQuestion) -> bool {
        self.rows.iter().any(|row| row.question == question)
    }

    /// Those of `wanted` of which nothing was said yet.
    pub fn missing(&self, wanted: &BTreeSet<ProbeQuestion>) -> Vec<ProbeQuestion> {
        wanted.iter().copied().filter(|question| !self.has(*question)).collect()
    }

    /// The same for a program.
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

    /// What showed itself beside the questions, for a program.
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
