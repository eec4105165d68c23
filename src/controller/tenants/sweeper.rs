//! The sweeps of one tenant, one after the other, as long as its connection stands.

use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::controller::context::Context;
use crate::directory::{self, Swept};
use crate::graph::GraphError;
use crate::store::{Connection, TenantTrouble};

/// How soon it is tried again after a sweep that got no answer: the EntraTenant is to say within a minute that Graph cannot be reached.
const UNANSWERED: Duration = Duration::from_secs(15);

/// Starts sweeping for `connection` every `every`, with a twentieth of jitter.
pub fn start(context: Arc<Context>, name: String, connection: &Arc<Connection>, every: Duration) {
    let ended = connection.sweeps.clone();
    let connection = Arc::downgrade(connection);
    tokio::spawn(async move {
        let mut wait = Duration::ZERO;
        while pause(wait, &ended).await {
            let Some(connection) = Weak::upgrade(&connection) else { return };
            let answered = sweep(&context, &name, &connection).await;
            let next = if answered { every } else { every.min(UNANSWERED) };
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

/// Returns whether Graph has answered, unless nothing was asked.
async fn sweep(context: &Context, name: &str, connection: &Connection) -> bool {
    if connection.graph.gate().closed_until(Timestamp::now()).is_some() || connection.trouble().is_some() {
        return true;
    }
    let declared = context.store.index(|index| index.people().users(&connection.tenant_id));
    let mut swept = Swept::default();
    let ended = directory::sweep(&connection.graph, &connection.mirror, &declared, &mut swept).await;
    let Swept { changed, pages, by_id } = swept;
    tracing::debug!(tenant = name, pages, by_id, changed = changed.len(), "swept");
    for id in &changed {
        let people = context.store.index(|index| index.people().of_user(&connection.tenant_id, id));
        for guest in &people {
            context.store.wake.person(&guest.name);
            context.store.wake_guests(&context.store.index(|index| index.concerned_by(guest)));
        }
    }
    note(context, name, connection, ended)
}

/// Notes how the sweep ended, and has the EntraTenant say so where that is news.
fn note(context: &Context, name: &str, connection: &Connection, ended: Result<(), GraphError>) -> bool {
    let answered = ended.as_ref().err().is_none_or(|error| error.status.is_some());
    let mut news = !answered;
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
    answered
}
