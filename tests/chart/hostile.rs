//! Two things that people may do by the chart's roles, under the chart's own rights and policies: put much on many resources, and
//! stop a tenant while it is inviting. No policy can forbid either; a quota bounds the first.

use std::time::{Duration, Instant};

use kube::api::{Api, DynamicObject, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::json;
use testbed::stories::{ALL, SOON, TENANT, a_while, allowed, calls, connected, guest_with, patched, simulator};
use testbed::world::{Ref, World};
use testbed::{Grant, PlaneConfig};

use crate::installed::installed;

/// A kind of ours, for whoever signs in as `user` and has a role of the chart in the namespace `team`, or in the cluster.
async fn by(world: &World, user: &str, kind: &str, role: &str, cluster: bool) -> Api<DynamicObject> {
    let grants = if cluster { vec![Grant::ClusterRole(role.into())] } else { Vec::new() };
    let account = world.plane.service_account("team", user, &grants).await.unwrap();
    if !cluster {
        let (role, account) = (format!("--clusterrole={role}"), format!("--serviceaccount=team:{user}"));
        world.kubectl(&["create", "rolebinding", user, "-n", "team", &role, &account]).await.unwrap();
    }
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("guestlist.dev", "v1alpha1", kind));
    let client = account.client().await.unwrap();
    if cluster { Api::all_with(client, &resource) } else { Api::namespaced_with(client, "team", &resource) }
}

/// An editor fills the namespace up to its quota with resources that each carry 240 KiB of annotations. They are read in pages and
/// not kept: an operator that starts over them stays far below the chart's memory limit.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_editor_puts_on_resources_is_not_kept() {
    const RESOURCES: usize = 300;
    let plane = PlaneConfig { controllers: vec!["resourcequota-controller"], ..PlaneConfig::default() };
    let world = installed(plane, &[], allowed(&ALL)).await;
    connected(&world).await;
    let quota = json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "guests", "namespace": "team"},
        "spec": {"hard": {"count/guestinvitations.guestlist.dev": RESOURCES.to_string()}},
    });
    world.apply(&quota.to_string()).await.unwrap();
    let counted = |quota: &serde_json::Value| quota["status"]["used"]["count/guestinvitations.guestlist.dev"] == "0";
    let quota = Ref::new("v1", "ResourceQuota", "team", "guests");
    world.wait_for(&quota, "be in force", counted, Duration::from_secs(90)).await.unwrap();

    let emma = by(&world, "emma", "GuestInvitation", "guestlist-system-edit", false).await;
    let much = "x".repeat(240 * 1024);
    let create = async |n: usize| {
        let spec = json!({"suspend": true});
        let mut object: serde_json::Value =
            serde_json::from_str(&guest_with(&format!("g{n}"), &format!("guest{n}@fabrikam.com"), spec)).unwrap();
        object["metadata"]["annotations"] = json!({"example.com/much": much});
        emma.create(&PostParams::default(), &serde_json::from_value(object).unwrap()).await
    };
    let begun = Instant::now();
    while let Err(error) = create(0).await {
        assert!(begun.elapsed() < SOON, "the editor's role was never heard of: {error}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for n in 1..RESOURCES {
        create(n).await.unwrap();
    }
    // The controller counts anew now and then, and is behind for a moment.
    let all = RESOURCES.to_string();
    let full =
        |quota: &serde_json::Value| quota["status"]["used"]["count/guestinvitations.guestlist.dev"] == all.as_str();
    world.wait_for(&quota, "be used up", full, SOON).await.unwrap();
    let said = create(RESOURCES).await.unwrap_err().to_string();
    assert!(said.contains("exceeded quota"), "{said}");

    let first = world.operator().unwrap();
    first.terminate().unwrap();
    first.wait().await;
    let again = world.start_operator().unwrap();
    // It has read all of them when it counts one less than there were.
    world.delete(&Ref::guest("team", "g0")).await.unwrap();
    let counted = |tenant: &serde_json::Value| tenant["status"]["guests"]["total"] == RESOURCES - 1;
    world.wait_for(&Ref::tenant("default"), "count the others", counted, SOON).await.unwrap();
    patched(&world, &Ref::tenant("default"), json!({"spec": {"sweep": {"every": "7s"}}})).await;
    connected(&world).await;
    let peak = again.peak_memory().unwrap();
    println!("{RESOURCES} resources with 240 KiB of annotations each: at most {peak} MiB");
    assert!(peak < 160, "{peak} MiB");
    assert_eq!(calls(&world, "createInvitation"), 0);
}

/// Whoever may write EntraTenants sets `mode: Observe` while a batch is being invited. The rest stays where it is: the EntraTenant is
/// read live before each mail.
#[tokio::test(flavor = "multi_thread")]
async fn once_a_tenant_is_observed_nobody_more_is_mailed() {
    const GUESTS: usize = 60;
    let world = installed(PlaneConfig::default(), &[], allowed(&ALL)).await;
    connected(&world).await;
    let pacing = json!({"spec": {"pacing": {"perMinute": 600, "burst": 3}}});
    patched(&world, &Ref::tenant("default"), pacing).await;
    let tina = by(&world, "tina", "EntraTenant", "guestlist-system-tenant-admin", true).await;
    let emma = by(&world, "emma", "GuestInvitation", "guestlist-system-edit", false).await;
    for n in 0..GUESTS {
        let object = serde_json::from_str(&guest_with(&format!("g{n}"), &format!("guest{n}@fabrikam.com"), json!({})));
        let object = object.unwrap();
        let begun = Instant::now();
        while let Err(error) = emma.create(&PostParams::default(), &object).await {
            assert!(n == 0 && begun.elapsed() < SOON, "{error}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    let begun = Instant::now();
    while calls(&world, "createInvitation") < 10 {
        assert!(begun.elapsed() < SOON, "nobody is invited");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let observe = json!({"spec": {"mode": "Observe"}});
    tina.patch("default", &PatchParams::default(), &Patch::Merge(&observe)).await.unwrap();
    let then = calls(&world, "createInvitation");
    a_while().await;
    let after = calls(&world, "createInvitation");
    println!("observed after {then} mails, {} were in flight", after - then);
    // So many as are decided at a time.
    assert!(after - then <= 3 && after < GUESTS, "{then}, then {after}");
    a_while().await;
    assert_eq!(calls(&world, "createInvitation"), after);
    let mails: usize =
        (0..GUESTS).map(|n| simulator(&world).invitation_mails(&format!("guest{n}@fabrikam.com")).len()).sum();
    assert_eq!(mails, after, "one mail each in {TENANT}");
}
