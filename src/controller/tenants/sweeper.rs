//! The sweeps of one tenant, one after the other, as long as its connection stands.

use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::controller::context::Context;
use crate::directory;
use crate::store::{Connection, TenantTrouble};

/// Starts sweeping for `connection` every `every`, with a twentieth of jitter.
pub fn start(context: Arc<Context>, name: String, connection: &Arc<Connection>, every: Duration) {
    let ended = connection.sweeps.clone();
    let connection = Arc::downgrade(connection);
    tokio::spawn(async move {
        let mut wait = Duration::ZERO;
        while pause(wait, &ended).await {
            if !sweep(&context, &name, &connection).await {
                return;
            }
            wait = every.mul_f64(0.95 + 0.05 * fastrand::f64());
        }
    });
}

async fn pause(wait: Duration, ended: &CancellationToken) -> bool {
    tokio::select! {
        () = tokio::time::sleep(wait) => true,
        () = ended.cancelled() => false,
    }
}

async fn sweep(context: &Context, name: &str, connection: &Weak<Connection>) -> bool {
    let Some(connection) = connection.upgrade() else { return false };
    if connection.graph.gate().closed_until(Timestamp::now()).is_some() || connection.trouble().is_some() {
        return true;
    }
    let declared = context.store.index(|index| index.people().users(&connection.tenant_id));
    match directory::sweep(&connection.graph, &connection.mirror, &declared).await {
        Ok(swept) => {
            tracing::debug!(
                tenant = name,
                pages = swept.pages,
                by_id = swept.by_id,
                changed = swept.changed.len(),
                "swept"
            );
            for id in &swept.changed {
                let people = context.store.index(|index| index.people().of_user(&connection.tenant_id, id));
                for guest in &people {
                    context.store.wake.person(&guest.name);
                    context.store.wake_guests(&context.store.index(|index| index.concerned_by(guest)));
                }
            }
        }
        Err(error) => {
            tracing::warn!(tenant = name, %error, "the sweep failed; the next one tries again");
            if let Some(trouble) = TenantTrouble::of(&error) {
                connection.set_trouble(Some(trouble));
                context.store.wake.tenant(name);
            }
        }
    }
    true
}
