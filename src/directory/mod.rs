//! What the tenant holds: the mirror of the declared guests, the sweep that refreshes it, and the live look-up.
//! Following redemptions costs one call for each page of a listing, not one for each guest.

mod look;
mod looks_in_common;
mod mirror;
mod provider;
mod relations;
mod sweep;

pub use looks_in_common::LooksInCommon;
pub use mirror::Mirror;
pub use provider::directory_user;
pub use relations::{Lost, Related, lost};
pub use sweep::{Swept, Whom, sweep};

use crate::graph::{Graph, GraphError};
use crate::plan::DirectoryUser;

/// Reads a user by id, live. Nothing if Graph answers 404.
///
/// # Errors
/// As Graph's reads. Nothing is known then.
pub async fn fetch(graph: &Graph, id: &str) -> Result<Option<DirectoryUser>, GraphError> {
    Ok(graph.user(id).await?.as_ref().map(directory_user))
}
