//! The sweeps of one tenant, one after the other, as long as its connection stands.

use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::api;
use crate::controller::context::Context;
use crate::directory::{self, Swept, Whom};
use crate::graph::GraphError;
use crate::store::{Connection, TenantTrouble};

/// How soon it is tried again after a sweep that got no answer: the EntraTenant is to say within a minute that Graph cannot be reached.
const UNANSWERED: Duration = Duration::from_secs(15);

/// How often a directory is swept.
#[derive(Clone, Copy, Debug)]
pub struct Rhythm {
    /// From one look at those who have not accepted yet to the next.
    every: Duration,
    /// From one look at everybody to the next.
    settled_every: Duration,
}

impl Rhythm {
    /// The rhythm that is declared. The defaults stand for what an older schema may have let through.
    pub fn of(sweep: &api::Sweep) -> Self {
        let default = api::Sweep::default();
        let length = |declared: &api::Span, default: &api::Span| {
            declared.length().or_else(|_| default.length()).unwrap_or(Duration::from_secs(60))
        };
        Self {
            every: length(&sweep.every, &default.every),
            settled_every: length(&sweep.settled_every, &default.settled_every),
        }
    }
}

/// Starts sweeping for `connection`, with a twentieth of jitter.
pub fn start(context: Arc<Context>, name: String, connection: &Arc<Connection>, rhythm: Rhythm) {
    let ended = connection.sweeps.clone();
    let connection = Arc::downgrade(connection);
    tokio::spawn(async move {
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

/// How a sweep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SweepEnd {
    /// All was read.
    Whole,
    /// Nothing was asked, or Graph answered with less than all.
    Partly,
    Unanswered,
    /// Graph cannot list those who have not accepted.
    Unsupported,
}

/// Whose turn it is.
#[derive(Debug)]
struct SweepTurn {
    rhythm: Rhythm,
    /// When everybody is looked at next.
    everybody_at: Option<Instant>,
    /// Whether Graph can list those who have not accepted.
    lists_pending: bool,
}

impl SweepTurn {
    fn new(rhythm: Rhythm) -> Self {
        Self { rhythm, everybody_at: None, lists_pending: true }
    }

    fn whom(&self, now: Instant) -> Whom {
        // A tenth of the time early: the sweeps have jitter, and one that just missed it would be late by a whole sweep.
        let due = self.everybody_at.is_none_or(|at| now + self.rhythm.every / 10 >= at);
        if due || !self.lists_pending { Whom::Everybody } else { Whom::Pending }
    }

    fn ended(&mut self, whom: Whom, ended: SweepEnd, now: Instant) {
        match (whom, ended) {
            (Whom::Everybody, SweepEnd::Whole) => self.everybody_at = Some(now + self.rhythm.settled_every),
            (Whom::Pending, SweepEnd::Unsupported) => self.lists_pending = false,
            _ => {}
        }
    }
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
    let ended = directory::sweep(&connection.graph, &connection.mirror, (&declared, whom), &mut swept).await;
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
    let lost = directory::lost(&connection.graph, related).await?;
    let mut mirror = connection.mirror.write();
    mirror.lose(lost, began, context.settings.timing.settling);
    changed.extend(mirror.losers());
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

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(every: u64, settled_every: u64) -> SweepTurn {
        SweepTurn::new(Rhythm { every: Duration::from_secs(every), settled_every: Duration::from_secs(settled_every) })
    }

    #[test]
    fn everybody_comes_first_and_then_when_it_is_time_again() {
        let start = Instant::now();
        let mut turn = turn(60, 900);
        let mut seen = Vec::new();
        for minute in 0..=31 {
            // The sweeps have jitter, so they come a little early.
            let now = start + Duration::from_secs(minute * 59);
            let whom = turn.whom(now);
            turn.ended(whom, if minute == 0 { SweepEnd::Partly } else { SweepEnd::Whole }, now);
            seen.extend((whom == Whom::Everybody).then_some(minute));
        }
        assert_eq!(seen, [0, 1, 17], "the first one failed");
    }

    #[test]
    fn where_the_pending_cannot_be_listed_each_sweep_is_of_everybody() {
        let now = Instant::now();
        let mut turn = turn(60, 900);
        turn.ended(Whom::Everybody, SweepEnd::Whole, now);
        assert_eq!(turn.whom(now), Whom::Pending);
        turn.ended(Whom::Pending, SweepEnd::Unsupported, now);
        assert_eq!(turn.whom(now), Whom::Everybody);
    }

    #[test]
    fn a_settled_time_that_is_no_longer_than_the_other_makes_each_sweep_one_of_everybody() {
        let now = Instant::now();
        let mut turn = turn(2, 2);
        for n in 1..5 {
            let now = now + Duration::from_millis(1_910 * n);
            assert_eq!(turn.whom(now), Whom::Everybody);
            turn.ended(Whom::Everybody, SweepEnd::Whole, now);
        }
    }
}
