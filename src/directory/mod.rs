//! What the tenant holds: the mirror of the declared guests, the sweep that refreshes it, and the live look-up.
//! Following redemptions costs one call for each page of a listing, not one for each guest.

mod mirror;
mod provider;
mod relations;
mod sweep;

pub use mirror::Mirror;
pub use provider::directory_user;
pub use relations::{Lost, Related, lost};
pub use sweep::{Swept, Whom, sweep};

use jiff::Timestamp;

use crate::api::Address;
use crate::graph::{Class, Graph, GraphError};
use crate::plan::{DirectoryUser, Look};

/// Looks `address` up, live. Also looks among the deleted users if no user has the address, or if `deleted` is set.
///
/// # Errors
/// As Graph's reads. Nothing is known then.
pub async fn look(graph: &Graph, address: &Address, deleted: bool) -> Result<Look, GraphError> {
    let taken_at = Timestamp::now();
    let found = graph.find_by_address(address.as_str()).await?;
    let deleted = if deleted || found.users.is_empty() { Some(restorable(graph, address).await?) } else { None };
    Ok(Look {
        taken_at,
        graph_time: found.graph_time,
        users: found.users.iter().map(directory_user).collect(),
        deleted,
    })
}

/// The deleted guests who had `address`, the newest first. None if the application may not list deleted users.
async fn restorable(graph: &Graph, address: &Address) -> Result<Vec<String>, GraphError> {
    let mut deleted = match graph.deleted_by_address(address.as_str()).await {
        Err(error) if error.class == Class::Terminal => Vec::new(),
        other => other?,
    };
    deleted.retain(|deleted| directory_user(&deleted.user).is_guest);
    deleted.sort_by_key(|deleted| std::cmp::Reverse(deleted.deleted_at));
    Ok(deleted.into_iter().map(|deleted| deleted.user.id).collect())
}

/// Reads a user by id, live. Nothing if Graph answers 404.
///
/// # Errors
/// As Graph's reads. Nothing is known then.
pub async fn fetch(graph: &Graph, id: &str) -> Result<Option<DirectoryUser>, GraphError> {
    Ok(graph.user(id).await?.as_ref().map(directory_user))
}
