//! The witness: holds every exchange with the simulator, at the moment it happens, against Microsoft's published description of Graph.
//! Where the description is not at hand it says so, once, and nothing is judged.

mod description;
mod judge;
mod schema;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use entra_simulator::{Exchange, Simulator};
use parking_lot::Mutex;

use crate::{Error, Result, workspace};
use description::Description;

/// Names the file; without it, it is looked for beside the workspace.
pub const VARIABLE: &str = "GUESTLIST_GRAPH_OPENAPI";
const BESIDE: &str = "../shared/reference/graph-openapi-subset.yaml";

/// Graph as it is described.
#[derive(Clone, Copy)]
pub struct Graph(&'static Description);

/// Judges all that a simulator is asked and answers. Its end fails the test if something was not valid.
pub struct Witness(Arc<Seen>);

#[derive(Default)]
struct Seen {
    count: Count,
    /// By what is wrong: how often, and in which request first.
    wrong: Mutex<BTreeMap<String, (usize, String)>>,
}

#[derive(Default)]
struct Count {
    requests: AtomicUsize,
    answers: AtomicUsize,
    /// Requests whose answer a fault replaced, so that there is none to judge.
    unanswered: AtomicUsize,
}

/// What this process has judged.
static TOTAL: Count =
    Count { requests: AtomicUsize::new(0), answers: AtomicUsize::new(0), unanswered: AtomicUsize::new(0) };

impl Graph {
    /// The description of this process, read at the first call; none if it is not at hand.
    pub fn at_hand() -> Result<Option<Self>> {
        static READ: OnceLock<Result<Option<Description>, String>> = OnceLock::new();
        match READ.get_or_init(read) {
            Ok(description) => Ok(description.as_ref().map(Self)),
            Err(why) => Err(Error::Other { what: "reading the description of Graph".into(), why: why.clone() }),
        }
    }

    /// What is not valid in an exchange; nothing if all is well.
    pub fn judge(self, exchange: &Exchange<'_>) -> Vec<String> {
        self.0.judge(exchange)
    }
}

fn read() -> Result<Option<Description>, String> {
    let named = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| workspace::path(BESIDE));
    match std::fs::read_to_string(&path) {
        Ok(yaml) => Description::read(&yaml).map(Some).map_err(|why| format!("{}: {why}", path.display())),
        Err(_) if named.is_none() => {
            say(&format!(
                "SKIPPED: {} is not there ({VARIABLE} can name it), so requests and answers are not held against Microsoft's description of Graph",
                path.display()
            ));
            Ok(None)
        }
        Err(error) => Err(format!("{VARIABLE} names {}: {error}", path.display())),
    }
}

impl Witness {
    /// Watches a simulator from now on; none without a description.
    pub fn of(simulator: &Simulator) -> Result<Option<Self>> {
        let Some(graph) = Graph::at_hand()? else { return Ok(None) };
        let seen = Arc::new(Seen::default());
        let look = {
            let seen = Arc::clone(&seen);
            move |exchange: &Exchange<'_>| seen.take(graph, exchange)
        };
        if simulator.observe(look) {
            return Ok(Some(Self(seen)));
        }
        Err(Error::Other { what: "watching the simulator".into(), why: "somebody watches it already".into() })
    }

    /// What was not valid so far: what, how often, and in which request first.
    pub fn wrong(&self) -> String {
        let wrong = self.0.wrong.lock();
        wrong.iter().fold(String::new(), |mut text, (what, (times, first))| {
            let _ = write!(text, "\n{times} x {what}\n    first in {first}");
            text
        })
    }
}

impl Seen {
    fn take(&self, graph: Graph, exchange: &Exchange<'_>) {
        // Sign-ins are not Graph's.
        if !exchange.request.path.starts_with("/v1.0/") {
            return;
        }
        for count in [&self.count, &TOTAL] {
            count.requests.fetch_add(1, Relaxed);
            let answers = if exchange.answer.is_some() { &count.answers } else { &count.unanswered };
            answers.fetch_add(1, Relaxed);
        }
        for what in graph.judge(exchange) {
            let mut wrong = self.wrong.lock();
            let (times, _) = wrong.entry(what).or_insert_with(|| (0, short(exchange)));
            *times += 1;
        }
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let of =
            |count: &Count| (count.requests.load(Relaxed), count.answers.load(Relaxed), count.unanswered.load(Relaxed));
        let wrong = self.wrong();
        let ((requests, answers, unanswered), (all, all_answers, _)) = (of(&self.0.count), of(&TOTAL));
        if wrong.is_empty() {
            if requests > 0 {
                say(&format!(
                    "by the description of Graph: {requests} requests and {answers} answers valid, {unanswered} answers not the simulator's own; {all} and {all_answers} judged in this process so far"
                ));
            }
            return;
        }
        let wrong = format!("not valid by the description of Graph:{wrong}");
        if std::thread::panicking() {
            say(&wrong);
        } else {
            refuse(&wrong);
        }
    }
}

#[allow(clippy::panic, reason = "the only way in which the end of a value can fail a test")]
fn refuse(wrong: &str) {
    panic!("{wrong}");
}

/// A page of hundreds of users is cut off.
fn short(exchange: &Exchange<'_>) -> String {
    format!("{exchange:?}").chars().take(2000).collect()
}

/// Not by `eprintln!`, which cargo test keeps to itself for tests that pass.
fn say(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
