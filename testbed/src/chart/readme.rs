//! The chart's README: its head, written by hand, and a table of the settings for each section.

use super::values::Setting;

const WIDEST: usize = 60;

/// The whole text.
pub(super) fn of(head: &str, settings: &[Setting]) -> String {
    let mut text = format!("<!-- Generated from README.head.md and values.yaml by `make generate`. -->\n{head}");
    let mut section = "";
    for setting in settings.iter().filter(|setting| !(setting.closed() && setting.text.is_empty())) {
        if setting.section != section {
            section = &setting.section;
            text += &format!("\n### {section}\n\n| Value | Default | What it is for |\n|---|---|---|\n");
        }
        let words = setting.text.replace('|', "\\|");
        text += &format!("| `{}` | {} | {words} |\n", setting.name(), default(setting));
    }
    text
}

fn default(setting: &Setting) -> String {
    if setting.closed() {
        return String::new();
    }
    let json = setting.default.to_string();
    if json.len() > WIDEST { "see values.yaml".into() } else { format!("`{json}`") }
}
