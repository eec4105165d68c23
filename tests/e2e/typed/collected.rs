//! What the docs tell a person to type: the blocks of commands, and the commands within a sentence or a table.

use testbed::workspace;

/// The programs whose commands are typed here. What `make`, `cargo` and git do is shown elsewhere.
const PROGRAMS: [&str; 3] = ["kubectl", "helm", "guestlist"];

/// Commands that are only spoken of.
const NAMED: [&str; 10] = [
    "kubectl apply",
    "kubectl apply --server-side",
    "kubectl diff",
    "kubectl get guests",
    "kubectl wait",
    "guestlist check",
    "guestlist check tenant",
    "guestlist import csv",
    "guestlist probe",
    "guestlist run",
];

/// One thing to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The file that has it.
    pub file: String,
    /// What is typed, for a shell.
    pub text: String,
}

/// Everything to type, in the order of the files and of the text.
pub fn all() -> Vec<Typed> {
    let mut files: Vec<String> = std::fs::read_dir(workspace::path("docs"))
        .unwrap()
        .map(|entry| format!("docs/{}", entry.unwrap().file_name().to_str().unwrap()))
        .filter(|file| file.ends_with(".md"))
        .collect();
    files.sort();
    files.insert(0, "README.md".into());
    files.push("charts/guestlist/README.md".into());
    files.iter().flat_map(|file| of(file, &std::fs::read_to_string(workspace::path(file)).unwrap())).collect()
}

fn of(file: &str, text: &str) -> Vec<Typed> {
    let mut found = Vec::new();
    let mut push = |text: &str| found.push(Typed { file: file.to_owned(), text: text.trim().to_owned() });
    let mut block: Option<(&str, String)> = None;
    for line in text.lines() {
        match (&mut block, line.trim().strip_prefix("```")) {
            (None, Some(language)) => block = Some((language, String::new())),
            (None, None) => line.split('`').skip(1).step_by(2).filter(|code| is_command(code)).for_each(&mut push),
            (Some((language, inside)), Some(_)) => {
                if ["", "sh"].contains(language) {
                    of_block(inside).iter().for_each(|text| push(text));
                }
                block = None;
            }
            (Some((_, inside)), None) => *inside += &format!("{line}\n"),
        }
    }
    found
}

/// A block with `$` before what is typed shows the answers too; any other is typed as a whole.
fn of_block(inside: &str) -> Vec<String> {
    let typed: Vec<String> = inside.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect();
    match typed.is_empty() {
        false => typed,
        true if inside.lines().any(|line| is_command(line.trim())) => vec![inside.to_owned()],
        true => Vec::new(),
    }
}

/// Whether this is a command with something behind the program's name.
fn is_command(text: &str) -> bool {
    let typed = text.split_once(' ').is_some_and(|(program, rest)| PROGRAMS.contains(&program) && !rest.is_empty());
    typed && !NAMED.contains(&text)
}

#[test]
fn blocks_and_words_are_found() {
    let text = "Type `kubectl get x` or `make y`:\n\n```\nkubectl a \\\n  b\n```\n\n```\n$ kubectl c\nNAME\n$ ls\n```\n\n```yaml\nkubectl: d\n```\n| `helm e f` | `kubectl` |\n";
    let found: Vec<String> = of("x.md", text).into_iter().map(|typed| typed.text).collect();
    assert_eq!(found, ["kubectl get x", "kubectl a \\\n  b", "kubectl c", "ls", "helm e f"]);
}
