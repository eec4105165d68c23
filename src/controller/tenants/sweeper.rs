//! The sweeps of one tenant, one after the other, as long as its connection stands.

use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::rhythm::{Rhythm, SweepEnd, SweepTurn};
use crate::controller::context::Context;
use crate::directory::{self, Swept, Whom};
use crate::graph::GraphError;
use crate::store::{Connection, TenantTrouble};

/// How soon it is tried again after a sweep that got no answer: the EntraTenant is to say within a minute that Graph cannot be reached.
const UNANSWERED: Duration = Duration::from_secs(15);

/// How often it is looked whether all Guests are read.
const SOON: Duration = Duration::from_millis(500);

/// Starts sweeping for `connection`, with a twentieth of jitter, once all Guests are read: an earlier sweep would be repeated for those that come
/// after it.
pub fn start(context: Arc<Context>, name: String, connection: &Arc<Connection>, rhythm: Rhythm) {
    let ended = connection.sweeps.clone();
    let connection = Arc::downgrade(connection);
    tokio::spawn(async move {
        while !context.store.index(|index| index.people().complete()) {
            if !pause(SOON, &ended).await {
                return;
            }
        }
        let mut turn = SweepTurn::new(rhythm);
        let mut wait = Duration::ZERO;
        while pause(wait, &ended).await {
            let Some(connection) = Weak::upgrade(&connection) else { return };
            let whom = turn.whom(Instant::now());
            let result = sweep(&context, &name, &connection, whom).await;
            turn.ended(whom, result, Instant::now());
            let next = match result {
                SweepEnd::Whole | SweepEnd::Partly => rhythm.every,
                SweepEnd::Unanswered => rhythm.every.min(UNANSWERED),
                // The listing of everybody comes in its place.
                SweepEnd::Unsupported => Duration::ZERO,
            };
            wait = next.mul_f64(0.95 + 0.05 * fastrand::f64());
        }
    });
}

async fn pause(wait: Duration, ended: &CancellationToken) -> bool {
    tokio::select! {
        () = tokio::time::sleep(wait) => true,
        () = ended.cancelled() => false,
    }
}

async fn sweep(context: &Context, name: &str, connection: &Connection, whom: Whom) -> SweepEnd {
    if connection.graph.gate().closed_until(Timestamp::now()).is_some() || connection.trouble().is_some() {
        return SweepEnd::Partly;
    }
    let declared = context.store.index(|index| index.people().users(&connection.tenant_id));
    let mut swept = Swept::default();
    let graph = connection.graph.for_sweeps();
    let ended = directory::sweep(&graph, &connection.mirror, (&declared, whom), &mut swept).await;
    let Swept { mut changed, pages, by_id } = swept;
    let ended = match (ended, whom) {
        (Ok(()), Whom::Everybody) => relations(context, connection, &mut changed).await,
        (ended, _) => ended,
    };
    tracing::debug!(tenant = name, ?whom, pages, by_id, changed = changed.len(), "swept");
    for id in &changed {
        let people = context.store.index(|index| index.people().of_user(&connection.tenant_id, id));
        for guest in &people {
            context.store.wake.person(&guest.name);
            context.store.wake_guests(&context.store.index(|index| index.concerned_by(guest)));
        }
    }
    if whom == Whom::Pending && ended.as_ref().is_err_and(GraphError::is_unsupported) {
        tracing::info!(
            tenant = name,
            "Graph does not list guests by their state here, so each sweep reads all of them"
        );
        return SweepEnd::Unsupported;
    }
    match note(context, name, connection, ended) {
        // So soon after a start nobody is known yet.
        SweepEnd::Whole if declared.is_empty() => SweepEnd::Partly,
        ended => ended,
    }
}

/// Looks for relations that somebody took away, and adds to `changed` whose they are.
async fn relations(context: &Context, connection: &Connection, changed: &mut Vec<String>) -> Result<(), GraphError> {
    let related = context.store.index(|index| index.people().related(&connection.tenant_id));
    let began = Timestamp::now();
    let lost = directory::lost(&connection.graph.for_sweeps(), &related).await?;
    changed.extend(connection.mirror.write().lose(lost, began, context.settings.timing.settling));
    Ok(())
}

/// Notes how the sweep ended, and has the EntraTenant say so where that is news.
fn note(context: &Context, name: &str, connection: &Connection, ended: Result<(), GraphError>) -> SweepEnd {
    let result = match &ended {
        Ok(()) => SweepEnd::Whole,
        Err(error) if error.status.is_some() => SweepEnd::Partly,
        Err(_) => SweepEnd::Unanswered,
    };
    let mut news = result == SweepEnd::Unanswered;
    if let Err(error) = &ended {
        tracing::warn!(tenant = name, %error, "the sweep failed; the next one tries again");
        if let Some(trouble) = TenantTrouble::of(error) {
            connection.set_trouble(Some(trouble));
            news = true;
        }
    }
    let ended = ended.map_err(|error| error.in_short());
    news |= connection.sweeps_so_far.lock().note(ended, Timestamp::now());
    if news {
        context.store.wake.tenant(name);
    }
    result
}
