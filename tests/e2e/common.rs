//! What the stories share: a guest's manifest, its address in the journal, and the words of its status.

#[path = "installed.rs"]
mod installed;

use std::time::Duration;

use entra_simulator::Variants;
use serde_json::Value;
use testbed::world::{Ref, World, WorldConfig};

/// Long enough for a busy machine, far from any time that the operator keeps.
pub const SOON: Duration = Duration::from_secs(60);

/// The directory of the default tenant.
pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";

/// A settling time that a test can wait for; freshness and timeout shrink with it.
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

/// A world with the operator at work on the default tenant, which has been seen to be Ready.
///
/// `GUESTLIST_VARIANT` turns Graph away from its default in every story: names of [`Variants::all`], joined by `+`.
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

/// How Graph behaves in this run where no document settles it.
pub fn variants() -> Variants {
    let names = std::env::var("GUESTLIST_VARIANT").unwrap_or_default();
    Variants::turned(names.split('+').filter(|name| !name.is_empty())).expect("a name of Variants::all")
}

/// Waits until the default tenant is connected as it is declared now.
pub async fn connected(world: &World) {
    let ready = |tenant: &Value| {
        condition(tenant, "Ready").0 == "True"
            && tenant["status"]["observedGeneration"] == tenant["metadata"]["generation"]
    };
    world.wait_for(&Ref::tenant("default"), "be Ready", ready, SOON).await.unwrap();
}

/// A GuestInvitation in the namespace `team`; `more` is YAML for the spec, with two spaces of indent.
pub fn guest(name: &str, email: &str, more: &str) -> String {
    format!(
        "apiVersion: guestlist.dev/v1alpha1\nkind: GuestInvitation\nmetadata: {{name: {name}, namespace: team}}\nspec:\n  email: {email}\n{more}"
    )
}

/// The guest `name` in the namespace `team`.
pub fn named(name: &str) -> Ref {
    Ref::guest("team", name)
}

/// Lays a JSON merge patch over the guest `name`; far cheaper than kubectl.
pub async fn changed(world: &World, name: &str, patch: Value) {
    let object = named(name);
    let api = world.plane.api_of(&object.api_version, &object.kind, &object.namespace).await.unwrap();
    api.patch(name, &kube::api::PatchParams::default(), &kube::api::Patch::Merge(&patch)).await.unwrap();
}

/// The mail server of the world's simulator, as an EntraTenant names it; it takes mails from anybody.
pub fn smtp(world: &World) -> Value {
    use base64::Engine;
    let entra = world.entra.as_ref().unwrap();
    serde_json::json!({
        "host": "127.0.0.1", "port": entra.simulator().smtp_address().unwrap().port(), "tls": "StartTls",
        "from": "Contoso <invites@contoso.com>",
        "caBundle": base64::engine::general_purpose::STANDARD.encode(entra.ca_pem()),
    })
}

/// Status, reason and message of a condition; empty when it does not stand.
pub fn condition(object: &Value, kind: &str) -> (String, String, String) {
    let conditions = object["status"]["conditions"].as_array();
    let found = conditions.into_iter().flatten().find(|condition| condition["type"] == kind);
    let text = |key: &str| found.and_then(|found| found[key].as_str()).unwrap_or_default().to_owned();
    (text("status"), text("reason"), text("message"))
}

/// `status.state`.
pub fn state(object: &Value) -> &str {
    object["status"]["state"].as_str().unwrap_or_default()
}

/// Waits until the guest `name` is in `wanted`.
pub async fn until_state(world: &World, name: &str, wanted: &str) -> Value {
    world.wait_for(&named(name), &format!("be {wanted}"), |guest| state(guest) == wanted, SOON).await.unwrap()
}

/// Waits until the Ready condition of the guest `name` has `reason`; returns its message.
pub async fn until_reason(world: &World, name: &str, reason: &str) -> String {
    let is = |guest: &Value| condition(guest, "Ready").1 == reason;
    let guest = world.wait_for(&named(name), &format!("be {reason}"), is, SOON).await.unwrap();
    kstatus(&guest);
    condition(&guest, "Ready").2
}

/// The mails that left for an address.
pub fn mails(world: &World, address: &str) -> usize {
    simulator(world).invitation_mails(address).len()
}

/// The POSTs for a guest, in order: whether each asked for a mail.
pub fn posts(world: &World, address: &str) -> Vec<bool> {
    let posts = simulator(world).requests("createInvitation");
    let bodies = posts.iter().filter_map(|post| post.body.as_ref());
    bodies
        .filter(|body| body["invitedUserEmailAddress"] == address)
        .map(|body| body["sendInvitationMessage"] == true)
        .collect()
}

/// How many mails Graph sends when `times` are asked for, for a guest who stays pending.
pub fn repeated(times: usize) -> usize {
    if variants().pending_repeat_mails { times } else { times.min(1) }
}

/// The mails that a guest has got of whom one was wanted: one, whatever was lost. Only if the operator's question has made the
/// guest may Graph hold the mail that follows for a repeat.
pub fn one_mail(posts: &[bool]) -> usize {
    if posts.ends_with(&[false, true]) { usize::from(variants().pending_repeat_mails) } else { 1 }
}

/// The simulator of the world.
pub fn simulator(world: &World) -> &entra_simulator::Simulator {
    world.entra.as_ref().unwrap().simulator()
}

/// The kstatus rules, as Flux's checker states them.
pub fn kstatus(object: &Value) {
    let (ready, ..) = condition(object, "Ready");
    let (reconciling, ..) = condition(object, "Reconciling");
    let (stalled, ..) = condition(object, "Stalled");
    assert!(["True", "False", "Unknown"].contains(&ready.as_str()), "Ready always stands: {object}");
    for negative in [&reconciling, &stalled] {
        assert!(negative.is_empty() || negative == "True", "Reconciling and Stalled stand only while true: {object}");
    }
    assert!(reconciling.is_empty() || stalled.is_empty(), "never both: {object}");
    assert!(ready != "True" || (reconciling.is_empty() && stalled.is_empty()), "Ready=True with trouble: {object}");
    assert!(ready != "Unknown" || reconciling == "True", "Ready=Unknown without Reconciling: {object}");
    let generation = object["metadata"]["generation"].as_i64();
    assert!(object["status"]["observedGeneration"].as_i64() <= generation, "{object}");
}
