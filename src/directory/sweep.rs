//! The sweeps. One paged listing refreshes every invited guest, or only those who have not accepted yet. Guests whom it does not show
//! are read by id, twenty to a call. A guest who is absent from a listing may still exist: adopted guests have another creationType,
//! and listings lag.

use std::collections::HashSet;

use parking_lot::RwLock;

use super::{Mirror, directory_user};
use crate::graph::{Graph, GraphError, IN_BATCH, IN_PAGE, User};
use crate::packed::Id;

/// Whom a sweep is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Those who have not accepted yet, and those of whom nothing is known.
    Pending,
    /// Everybody.
    Everybody,
}

/// What a sweep found.
#[derive(Debug, Default)]
pub struct Swept {
    /// The users that changed since the last sweep.
    pub changed: Vec<String>,
    /// How many pages were read.
    pub pages: u32,
    /// How many guests were read by id.
    pub by_id: usize,
}

/// Takes pages into the mirror. Whoever is shown is hidden no longer.
fn taker<'a, 'd: 'a>(
    mirror: &'a RwLock<Mirror>,
    declared: &'d HashSet<Id>,
    hidden: &'a mut HashSet<&'d Id>,
    swept: &'a mut Swept,
) -> impl FnMut(Vec<User>) + 'a {
    move |page: Vec<User>| {
        swept.pages += 1;
        let mut mirror = mirror.write();
        for user in &page {
            let Some(id) = declared.get(&Id::from(user.id.as_str())) else { continue };
            hidden.remove(id);
            if mirror.put(&user.id, Some(&directory_user(user))) {
                swept.changed.push(user.id.clone());
            }
        }
    }
}

/// Brings `mirror` up to date for the users in `declared`, as far as the sweep is about them. If it is about nobody, Graph is not called.
/// Each page is taken into the mirror when it has come, so what an early page shows is known also when a later one cannot be read;
/// `swept` has all that was found.
///
/// # Errors
/// When the directory cannot be read to its end; `is_unsupported` where Graph cannot list the pending.
pub async fn sweep(
    graph: &Graph,
    mirror: &RwLock<Mirror>,
    (declared, whom): (&HashSet<Id>, Whom),
    swept: &mut Swept,
) -> Result<(), GraphError> {
    mirror.write().keep(declared);
    let about = |mirror: &Mirror, id: &Id| whom == Whom::Everybody || mirror.awaits(id);
    let mut hidden: HashSet<&Id> = {
        let mirror = mirror.read();
        declared.iter().filter(|id| about(&mirror, id)).collect()
    };
    if hidden.is_empty() {
        return Ok(());
    }
    match whom {
        Whom::Everybody => graph.each_invited(taker(mirror, declared, &mut hidden, swept)).await?,
        Whom::Pending => graph.each_pending(taker(mirror, declared, &mut hidden, swept)).await?,
    }
    // After a start, say, nothing is known of anybody: one listing of all is less than a call for every twenty.
    if whom == Whom::Pending && hidden.len() / IN_BATCH > declared.len() / IN_PAGE + 1 {
        graph.each_invited(taker(mirror, declared, &mut hidden, swept)).await?;
    }
    let hidden: Vec<String> = hidden.into_iter().map(Id::to_string).collect();
    swept.by_id = hidden.len();
    for (id, user) in graph.users(&hidden).await? {
        if mirror.write().put(&id, user.as_ref().map(directory_user).as_ref()) {
            swept.changed.push(id);
        }
    }
    if whom == Whom::Everybody {
        mirror.write().settle_missing();
    }
    Ok(())
}
