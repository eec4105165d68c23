//! The token of a nextLink or a deltaLink, and its end: after seven days, or when the service forgets it.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

use super::round::Round;
use crate::graph::errors::GraphError;
use crate::state::{State, World};

/// For directory objects (Microsoft 365 developer blog, "Duration of change tracking tokens").
const LIFE_SECONDS: i64 = 7 * 24 * 3600;

pub(super) fn write(round: &Round) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(round).unwrap_or_default())
}

pub(super) fn read(state: &State, world: &World, token: &str) -> Result<Round, GraphError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    let round = bytes.and_then(|bytes| serde_json::from_slice::<Round>(&bytes).ok());
    let round = round.ok_or_else(|| GraphError::bad_request("Badly formed token."))?;
    let age = world.now().as_second() - round.issued;
    if age < LIFE_SECONDS && round.epoch == world.delta_epoch {
        return Ok(round);
    }
    let text = "The sync state generation is not found; a full synchronization is needed.";
    if !world.settings.variants.delta_expiry_resets {
        return Err(GraphError::new(400, "syncStateNotFound", text));
    }
    let mut error = GraphError::new(410, "syncStateNotFound", text);
    error.headers.push(("Location", format!("{}/v1.0/users/delta()?$deltatoken=", state.graph_root())));
    Err(error)
}
