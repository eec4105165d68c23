//! A world for a story: the default tenant, the namespace `team`, and an operator whose times a test can wait for.

use entra_simulator::Variants;
use serde_json::Value;

use super::{SOON, condition, installed, is_current, variants};
use crate::world::{Ref, World, WorldConfig};

/// The operator's arguments for a settling time that a test can wait for; freshness and timeout shrink with it.
pub fn quick() -> Vec<String> {
    settling_in("10s")
}

/// Short enough to wait for, and long enough that a request on a busy machine is answered in its tenth.
pub fn patient() -> Vec<String> {
    settling_in("30s")
}

/// An operator's arguments for this settling time; a tenth of it is what a request may take.
pub fn settling_in(time: &str) -> Vec<String> {
    ["--settling-time", time].map(String::from).to_vec()
}

/// A control plane with the definitions, and nothing else.
pub fn only_plane() -> WorldConfig {
    WorldConfig { entra: None, tenant: None, operator: false, ..WorldConfig::default() }
}

/// A world as configured, with the namespace `team`.
///
/// `GUESTLIST_VARIANT` turns Graph away from its default in every story: names of [`Variants::all`], joined by `+`.
/// `GUESTLIST_INSTALLED` lets Helm install the operator (see [`installed`]).
///
/// # Panics
/// Where it does not start.
pub async fn world(mut config: WorldConfig) -> World {
    if let Some(entra) = config.entra.as_mut().filter(|entra| entra.settings.variants == Variants::default()) {
        entra.settings.variants = variants();
    }
    let world = match installed::wanted(&config) {
        true => installed::world(config).await,
        false => World::start(config).await.unwrap(),
    };
    world.plane.namespace("team").await.unwrap();
    world
}

/// Waits until the default tenant is connected as it is declared now.
///
/// # Panics
/// Where it is not after [`SOON`].
pub async fn connected(world: &World) {
    let ready = |tenant: &Value| condition(tenant, "Ready").0 == "True" && is_current(tenant);
    world.wait_for(&Ref::tenant("default"), "be Ready", ready, SOON).await.unwrap();
}
