//! Two directories in two clouds, each with roots and a certificate authority of its own; one of them is dead.
//! The witness is relative: how far the living one came before the dead one's first calls had ended.

use entra_simulator::{Config, Fault, FaultAction, RequestEntry, Simulator};
use serde_json::Value;
use testbed::openapi::Witness;
use testbed::stories::{SOON, condition, connected, guest, mails, named, simulator, state, until_state, world};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

const DEAD: usize = 50;
const ALIVE: usize = 20;
/// What one directory's guests may have under way at once.
const LANES: usize = 16;

/// A world with a second directory behind the EntraTenant `other`.
async fn two() -> (World, Simulator, Option<Witness>) {
    let world = world(WorldConfig::default()).await;
    let mut config = Config::default();
    config.tenants[0].id = "66666666-7777-8888-9999-000000000000".into();
    let other = Simulator::start(config.clone()).await.unwrap();
    let witness = Witness::of(&other).unwrap();
    assert_ne!(other.ca_pem(), simulator(&world).ca_pem());
    let tenant_id = config.tenants[0].id.clone();
    let tenant = TenantManifest { name: "other".into(), tenant_id, ..TenantManifest::default() };
    world.apply(&tenant.yaml(other.url(), other.ca_pem()).unwrap()).await.unwrap();
    connected(&world).await;
    let ready = |tenant: &Value| condition(tenant, "Ready").0 == "True";
    world.wait_for(&Ref::tenant("other"), "be Ready", ready, SOON).await.unwrap();
    (world, other, witness)
}

async fn declare(world: &World, tenant: &str, count: usize) {
    let one = |n: usize| {
        let name = format!("{tenant}{n}");
        guest(&name, &format!("{name}@fabrikam.com"), &format!("  tenantRef: {{name: {tenant}}}\n"))
    };
    let all: Vec<String> = (0..count).map(one).collect();
    world.apply(&all.join("\n---\n")).await.unwrap();
}

async fn all_of_other_are_invited(world: &World, other: &Simulator) {
    for n in 0..ALIVE {
        until_state(world, &format!("other{n}"), "Invited").await;
        assert_eq!(other.invitation_mails(&format!("other{n}@fabrikam.com")).len(), 1);
    }
    assert_eq!(other.count("createInvitation"), ALIVE);
}

async fn all_of_default_are_invited(world: &World) {
    for n in 0..DEAD {
        until_state(world, &format!("default{n}"), "Invited").await;
        assert_eq!(mails(world, &format!("default{n}@fabrikam.com")), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_refuses_connections_holds_up_nobody_elses_guests() {
    let (world, other, _witness) = two().await;
    simulator(&world).pause().await;
    declare(&world, "default", DEAD).await;
    declare(&world, "other", ALIVE).await;
    all_of_other_are_invited(&world, &other).await;
    let tenant = world.get(&Ref::tenant("other")).await.unwrap();
    assert_eq!(condition(&tenant, "Ready").0, "True");
    for n in 0..DEAD {
        let waiting = world.get(&named(&format!("default{n}"))).await.unwrap();
        assert!(["", "Pending"].contains(&state(&waiting)), "{waiting}");
    }
    simulator(&world).resume().await.unwrap();
    all_of_default_are_invited(&world).await;
    assert_eq!(simulator(&world).count("createInvitation"), DEAD);
}

/// The look-ups of single guests, without the sweeps.
fn look_ups(simulator: &Simulator) -> Vec<RequestEntry> {
    let of_guests = |call: &RequestEntry| call.query.as_deref().is_some_and(|query| query.contains("default"));
    simulator.requests("listUsers").into_iter().filter(of_guests).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_never_answers_holds_up_nobody_elses_guests() {
    let (world, other, _witness) = two().await;
    let dead = simulator(&world);
    dead.inject(Fault::new("listUsers", FaultAction::Silence).times(100_000));
    declare(&world, "default", DEAD).await;
    let deadline = std::time::Instant::now() + SOON;
    while look_ups(dead).len() < LANES {
        assert!(std::time::Instant::now() < deadline, "{} look-ups", look_ups(dead).len());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    declare(&world, "other", ALIVE).await;
    all_of_other_are_invited(&world, &other).await;
    // The first look-ups of the dead directory still wait for their answers: nobody waited for them.
    assert_eq!(
        look_ups(dead).len(),
        LANES,
        "the living directory's guests came to their end before the dead one's second round"
    );

    dead.clear_faults();
    let hanging = dead.count("createInvitation");
    assert_eq!(hanging, 0);
    // Those that hang give up by themselves.
    for n in 0..DEAD {
        let invited = |guest: &Value| state(guest) == "Invited";
        let patient = std::time::Duration::from_secs(150);
        world.wait_for(&named(&format!("default{n}")), "be Invited", invited, patient).await.unwrap();
        assert_eq!(mails(&world, &format!("default{n}@fabrikam.com")), 1);
    }
}
