//! The sweep: one paged listing refreshes every invited guest. Guests that it does not show are read by id, twenty to a
//! call. A guest who is absent from a listing may still exist: adopted guests have another creationType, and listings
//! lag.

use std::collections::HashSet;

use parking_lot::RwLock;

use super::{Mirror, directory_user};
use crate::graph::{Graph, GraphError, User};

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

/// Brings `mirror` up to date for the users in `declared`. If nobody is declared, Graph is not called. Each page is taken into the
/// mirror when it has come, so what an early page shows is known also when a later one cannot be read; `swept` has all that was found.
///
/// # Errors
/// When the directory cannot be read to its end.
pub async fn sweep(
    graph: &Graph,
    mirror: &RwLock<Mirror>,
    declared: &HashSet<String>,
    swept: &mut Swept,
) -> Result<(), GraphError> {
    mirror.write().keep(declared);
    if declared.is_empty() {
        return Ok(());
    }
    let mut shown: HashSet<&str> = HashSet::new();
    graph
        .each_invited(|page: Vec<User>| {
            swept.pages += 1;
            let mut mirror = mirror.write();
            for user in &page {
                let Some(id) = declared.get(&user.id) else { continue };
                shown.insert(id);
                if mirror.put(user.id.clone(), Some(directory_user(user))) {
                    swept.changed.push(user.id.clone());
                }
            }
        })
        .await?;
    let hidden: Vec<String> = declared.iter().filter(|id| !shown.contains(id.as_str())).cloned().collect();
    swept.by_id = hidden.len();
    for (id, user) in graph.users(&hidden).await? {
        if mirror.write().put(id.clone(), user.as_ref().map(directory_user)) {
            swept.changed.push(id);
        }
    }
    Ok(())
}
