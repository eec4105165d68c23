//! The sweep: one paged listing refreshes every invited guest. Guests that it does not show are read by id, twenty to a
//! call. A guest who is absent from a listing may still exist: adopted guests have another creationType, and listings
//! lag.

use std::collections::{HashMap, HashSet};

use parking_lot::RwLock;

use super::{Mirror, directory_user};
use crate::graph::{Graph, GraphError};

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

/// Brings `mirror` up to date for the users in `declared`. If nobody is declared, Graph is not called.
///
/// # Errors
/// When Graph cannot be read. The mirror then stays as it was.
pub async fn sweep(graph: &Graph, mirror: &RwLock<Mirror>, declared: &HashSet<String>) -> Result<Swept, GraphError> {
    if declared.is_empty() {
        return Ok(Swept::default());
    }
    let (listed, pages) = graph.list_invited().await?;
    let mut seen: HashMap<String, _> = listed
        .iter()
        .filter(|user| declared.contains(&user.id))
        .map(|user| (user.id.clone(), Some(directory_user(user))))
        .collect();
    let hidden: Vec<String> = declared.iter().filter(|id| !seen.contains_key(*id)).cloned().collect();
    let by_id = hidden.len();
    for (id, user) in graph.users(&hidden).await? {
        seen.insert(id, user.as_ref().map(directory_user));
    }
    let mut mirror = mirror.write();
    mirror.keep(declared);
    let changed = seen.into_iter().filter_map(|(id, user)| mirror.put(id.clone(), user).then_some(id)).collect();
    Ok(Swept { changed, pages, by_id })
}
