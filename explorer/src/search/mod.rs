//! The search: every state that the moves can reach, each held against the promise.
//!
//! Safety: at most one mail. Liveness: from every state, once faults stop, the guest ends recorded as sent, and the mail
//! did leave unless the record says that nothing can tell.

mod endings;
mod judge;
mod quiet;
mod scenario;
mod scenarios;
mod story;

pub use scenario::Scenario;
pub use scenarios::scenarios;

use crate::finding::Finding;
use crate::model::Model;
use crate::moves::{Move, after, possible};
use crate::mutations::Mutation;
use crate::print::PrintSet;
use crate::world::World;
use judge::Judge;
use story::{TOLD, tell};

/// More moves than any way can have that leads somewhere.
const ENDLESS: usize = 3_000;

pub struct ExplorerReport {
    pub states: usize,
    /// From how many of them the record ends with "nothing can tell" and no mail.
    pub uncertain: usize,
    pub finding: Option<(Finding, Vec<Move>)>,
}

/// Visits every state of the scenario, or stops at the first that breaks the promise.
pub fn explore(mutation: Option<Mutation>, scenario: &str) -> ExplorerReport {
    let all = scenarios();
    let scenario = all.iter().find(|known| known.name == scenario).expect("a scenario has this name");
    let mut model = Model::new(mutation);
    let start = scenario.world(&mut model.records);
    let mut report = search(start, scenario.horizon, &mut model);
    if let Some((finding, moves)) = &mut report.finding {
        let end = tell(&start, moves, &mut model);
        println!("{finding:?}; once faults stop:");
        quiet::tell(end, &mut model);
        // Of a way without end the start says nothing.
        moves.drain(..moves.len().saturating_sub(TOLD));
    }
    report
}

fn search(start: World, horizon: u8, model: &mut Model) -> ExplorerReport {
    let mut report = ExplorerReport { states: 1, uncertain: 0, finding: None };
    let mut visited = PrintSet::default();
    visited.insert(start.prints().1);
    let mut judge = Judge::default();
    let mut path: Vec<Move> = Vec::new();
    // The moves that are left of all worlds on the way, and where those of each begin.
    let mut moves = Vec::new();
    let mut stack = vec![(start, 0)];
    possible(&start, horizon, &mut moves);
    while let Some((world, first)) = stack.last() {
        if moves.len() == *first {
            stack.pop();
            path.pop();
            continue;
        }
        let Some(step) = moves.pop() else { break };
        let Some(next) = after(world, step, model) else { continue };
        let (settled, print) = next.prints();
        if !visited.insert(print) {
            continue;
        }
        report.states += 1;
        path.push(step);
        let finding = if path.len() > ENDLESS { Some(Finding::Endless) } else { judge.of(&next, settled, model) };
        if let Some(finding) = finding {
            report.finding = Some((finding, path));
            break;
        }
        let first = moves.len();
        possible(&next, horizon, &mut moves);
        stack.push((next, first));
    }
    report.uncertain = judge.uncertain;
    report
}
