//! Carries a step of a Guest out and notes what it brought.

use std::sync::Arc;

use jiff::Timestamp;

use crate::api::{Address, GuestRecord};
use crate::controller::relations;
use crate::directory;
use crate::graph::GraphError;
use crate::plan::{GuestStep, Outcome, Task, Timing, Unclaimed, UserView};
use crate::store::Connection;

/// Carries `step` out, which was decided on `record` at `decided_at`. Says whether it brought something; else a call failed, and it is tried
/// again after a while.
pub async fn carry_out(
    step: GuestStep,
    (record, decided_at): (&GuestRecord, Timestamp),
    timing: &Timing,
    connection: &Arc<Connection>,
    seen: &mut Unclaimed,
) -> bool {
    let done = match step {
        GuestStep::Look => {
            let look = connection.looks.look(&connection.graph, &Address::new(&record.email), true).await;
            look.map(|look| seen.look = Some(look))
        }
        GuestStep::Fetch(id) => {
            let user = directory::fetch(&connection.graph, &id).await;
            user.map(|user| seen.user = Some(user.map_or(UserView::Missing, UserView::Found)))
        }
        GuestStep::Do(task) => {
            let outcome = carry_out_task(&task, (record, decided_at), timing, connection).await;
            outcome.map(|outcome| seen.done = Some((task, outcome)))
        }
        GuestStep::Write(_) | GuestStep::Forget | GuestStep::Rest(_) => Ok(()),
    };
    if let Err(error) = &done {
        tracing::warn!(%error, "a call for a Guest failed; it is tried again");
    }
    done.is_ok()
}

/// Only ends are carried out for a Guest itself.
async fn carry_out_task(
    task: &Task,
    (record, decided_at): (&GuestRecord, Timestamp),
    timing: &Timing,
    connection: &Connection,
) -> Result<Outcome, GraphError> {
    let graph = &connection.graph;
    let latest = Some(record.ending.map_or(Timestamp::MIN, |ending| timing.latest(ending.since)));
    match task {
        Task::Enable { user, enabled } => {
            graph.enable_user(user, *enabled, latest).await?;
            connection.mirror.write().forget(user);
            Ok(Outcome::Done)
        }
        Task::Delete(user) => {
            let there = graph.delete_user(user, latest).await?;
            connection.mirror.write().forget(user);
            Ok(if there { Outcome::Done } else { Outcome::Gone })
        }
        Task::RemoveRelations { kind, user, relations } => {
            relations::remove(graph, *kind, user, relations, timing.latest(decided_at)).await
        }
        _ => Ok(Outcome::Gone),
    }
}
