//! The figures, as a table for people and as JSON.

use serde_json::{Value, json};

fn row(work: &str, figure: &str, value: &str, beside: &str) {
    println!("{work:<34}{figure:<44}{value:>12}  {beside}");
}

/// The figures so far.
pub struct Report {
    rows: Vec<Value>,
}

impl Report {
    pub fn new() -> Self {
        row("work", "figure", "value", "beside");
        Self { rows: Vec::new() }
    }

    /// One figure, and what it is to be held against.
    pub fn figure(&mut self, work: &str, figure: &str, value: f64, unit: &str, beside: &str) {
        let told = format!("{value:.*} {unit}", usize::from(value < 100.0) + usize::from(value < 10.0));
        row(work, figure, &told, beside);
        self.rows.push(json!({"work": work, "figure": figure, "value": value, "unit": unit, "beside": beside}));
    }

    /// Writes `target/bench.json`.
    pub fn write(&self) {
        let path = testbed::workspace::path("target/bench.json");
        let text = serde_json::to_string_pretty(&json!({"figures": self.rows})).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
        println!("written to target/bench.json");
    }
}
