//! What people do in these stories, and the world that they do it in.

use entra_simulator::{Fault, FaultAction, SeedGroup, SeedKind, SeedUser};
use serde_json::{Value, json};
use testbed::stories::{
    SOON, TENANT, allowed, changed, connected, every_right, guest, guest_list, hours_pass, named, patched, quick,
    simulator, smtp, until_state, world,
};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

/// What somebody does.
#[derive(Clone, Copy)]
pub enum Act {
    /// Declares the guest, with these lines of the spec.
    Declare(&'static str),
    /// Declares another GuestInvitation for the same address.
    DeclareTwin,
    /// Lays a merge patch over the guest.
    Patch(&'static str),
    /// Two hours pass since the last mail.
    HoursPass,
    /// Nothing; but the next invitation gets lost on its way to Graph.
    LoseTheInvitation,
    /// Deletes the GuestInvitation.
    Delete,
    /// Applies a GuestList of these entries, each the part of an address after the name.
    List(&'static [&'static str]),
    /// Nothing, until the operator has seen the guest in the directory.
    Follow,
    /// The guest redeems, once invited.
    Redeem,
    /// An administrator has added the guest, who has accepted.
    Seed,
    /// An administrator has deleted the guest whom they had added.
    SeedDeleted,
    /// The guest leaves the organisation.
    Leave,
    /// Something about the tenant is changed that makes the operator connect it anew.
    Reconnect,
}

/// A world in which everything can be declared, with the operator at work: a quick one, where no arguments are given. Graph's
/// clock is two hours behind, which must not matter.
pub async fn able(config: WorldConfig) -> World {
    let roles = ["User.Invite.All", "User.ReadWrite.All", "User.DeleteRestore.All", "GroupMember.ReadWrite.All"];
    let mut entra = allowed(&roles);
    entra.smtp = Some("127.0.0.1:0".parse().unwrap());
    entra.settings.clock_offset_seconds = -7200;
    let operator_args = if config.operator_args.is_empty() { quick() } else { config.operator_args };
    let config = WorldConfig { entra: Some(entra), tenant: None, operator_args, ..config };
    let world = world(config).await;
    let more = json!({"access": every_right(), "mail": {"smtp": smtp(&world)}});
    world.apply_tenant(&TenantManifest { more, ..Default::default() }).await.unwrap();
    for name in ["Analysts", "Readers", "Writers"] {
        simulator(&world).seed_group(TENANT, SeedGroup::new(name));
    }
    simulator(&world).seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    connected(&world).await;
    world
}

/// Does them, as or for the guest `name`. Further words between braces are replaced too.
pub async fn tell(world: &World, acts: &[Act], name: &str, words: &[(&str, &str)]) {
    let address = format!("{name}@fabrikam.com");
    let filled = |text: &str| {
        words.iter().fold(text.replace("{name}", name), |text, (word, meaning)| text.replace(word, meaning))
    };
    for act in acts {
        match act {
            Act::Declare(spec) => {
                world.apply(&guest(name, &address, &filled(spec))).await.unwrap();
            }
            Act::DeclareTwin => {
                world.apply(&guest(&format!("{name}-twin"), &address, "")).await.unwrap();
            }
            Act::Patch(patch) => {
                changed(world, name, serde_json::from_str(&filled(patch)).unwrap()).await;
            }
            Act::HoursPass => hours_pass(world, name, 2).await,
            Act::LoseTheInvitation => {
                let lost = Fault::new("createInvitation", FaultAction::CutBefore).containing(&address);
                simulator(world).inject(lost);
            }
            Act::Delete => world.delete(&named(name)).await.unwrap(),
            Act::List(entries) => {
                let guests: Vec<Value> =
                    entries.iter().map(|entry| json!({"email": format!("{name}.{entry}@fabrikam.com")})).collect();
                world.apply(&guest_list(name, &json!({}), &guests).to_string()).await.unwrap();
            }
            Act::Follow => {
                let followed = |guest: &Value| guest["status"]["redemption"]["state"].is_string();
                world.wait_for(&named(name), "be followed", followed, SOON).await.unwrap();
            }
            Act::Redeem => {
                until_state(world, name, "Invited").await;
                simulator(world).redeem(TENANT, &address, None).unwrap();
            }
            Act::Seed => {
                simulator(world).seed(TENANT, SeedUser::new(&address, SeedKind::AcceptedGuest));
            }
            Act::Reconnect => {
                let tenant = Ref::tenant("default");
                let pace = world.get(&tenant).await.unwrap()["spec"]["pacing"]["perMinute"].as_u64().unwrap();
                patched(world, &tenant, json!({"spec": {"pacing": {"perMinute": pace + 1}}})).await;
                connected(world).await;
            }
            Act::SeedDeleted | Act::Leave => simulator(world).delete_user(TENANT, &address).unwrap(),
        }
    }
}
