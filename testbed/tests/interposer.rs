//! The interposer passes everything, counts the writes, and loses exactly what it is told to lose.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::StreamExt as _;
use k8s_openapi::api::{core::v1::ConfigMap, rbac::v1::PolicyRule};
use kube::{
    Api,
    api::{PostParams, WatchEvent, WatchParams},
};
use serde_json::json;
use testbed::{ControlPlane, Effects, Grant, Interposer, Moment};

const SOON: Duration = Duration::from_secs(10);

struct Way {
    plane: ControlPlane,
    effects: Effects,
    interposer: Interposer,
    through: Api<ConfigMap>,
    direct: Api<ConfigMap>,
}

async fn way() -> Way {
    let plane = ControlPlane::start().await.unwrap();
    let effects = Effects::new();
    let interposer = Interposer::before_kube(plane.url(), plane.ca_pem(), &effects, |_| true).await.unwrap();
    let rule = PolicyRule {
        api_groups: Some(vec![String::new()]),
        resources: Some(vec!["configmaps".into()]),
        verbs: vec!["*".into()],
        ..PolicyRule::default()
    };
    let account = plane.service_account("team", "writer", &[Grant::Rules(vec![rule])]).await.unwrap();
    let kubeconfig = plane.kubeconfig_through(&account, interposer.url(), interposer.ca_pem()).unwrap();
    let through = Api::namespaced(testbed::control_plane::client_of(&kubeconfig).await.unwrap(), "team");
    let direct = Api::namespaced(plane.admin_client(), "team");
    Way { plane, effects, interposer, through, direct }
}

fn map(name: &str) -> ConfigMap {
    serde_json::from_value(json!({ "metadata": { "name": name } })).unwrap()
}

#[tokio::test]
async fn a_watch_passes_and_each_moment_breaks_off_as_told() {
    let way = way().await;
    let create = |name: &'static str| {
        let api = way.through.clone();
        async move { api.create(&PostParams::default(), &map(name)).await }
    };

    // The watch is open before anything is written, and hears of each write at once.
    let mut watch = way.direct.watch(&WatchParams::default(), "0").await.unwrap().boxed();
    let mut watch_through = way.through.watch(&WatchParams::default(), "0").await.unwrap().boxed();
    create("passes").await.unwrap();
    for stream in [&mut watch, &mut watch_through] {
        let seen = async {
            loop {
                if let WatchEvent::Added(map) = stream.next().await.unwrap().unwrap()
                    && map.metadata.name.as_deref() == Some("passes")
                {
                    break;
                }
            }
        };
        tokio::time::timeout(SOON, seen).await.expect("the event streams through");
    }
    let effects = way.effects.list();
    assert_eq!(effects.len(), 1, "reads do not count");
    assert_eq!((effects[0].status, effects[0].path.as_str()), (Some(201), "/api/v1/namespaces/team/configmaps"));
    assert_eq!(effects[0].json()["metadata"]["name"], "passes", "the body is kept");

    let called = Arc::new(AtomicBool::new(false));
    let note = called.clone();
    way.effects.at(2, Moment::Before, move |effect| async move {
        assert_eq!(effect.seq, 2);
        note.store(true, Ordering::SeqCst);
    });
    create("never-sent").await.unwrap_err();
    assert!(called.load(Ordering::SeqCst));
    assert!(way.direct.get_opt("never-sent").await.unwrap().is_none());

    way.effects.at(3, Moment::AfterWork, |_| async {});
    create("answer-lost").await.unwrap_err();
    assert!(way.direct.get_opt("answer-lost").await.unwrap().is_some(), "the work is done");
    assert_eq!((way.effects.list()[2].status, way.effects.list()[2].broken), (Some(201), Some(Moment::AfterWork)));

    let (reached, was_reached) = tokio::sync::oneshot::channel();
    way.effects.at(4, Moment::AfterAnswer, move |effect| async move { reached.send(effect.status).unwrap() });
    create("answered").await.unwrap();
    assert_eq!(tokio::time::timeout(SOON, was_reached).await.unwrap().unwrap(), Some(201));
    way.effects.wait_for(4, SOON).await.unwrap();
    way.plane.stop();
}

#[tokio::test]
async fn a_held_write_waits_a_cut_way_refuses_and_a_refusal_passes() {
    let way = way().await;
    let mut held = way.effects.hold(1, Moment::Before);
    let api = way.through.clone();
    let waiting = tokio::spawn(async move { api.create(&PostParams::default(), &map("held")).await });
    assert_eq!(held.reached(SOON).await.unwrap().method, "POST");
    assert!(way.direct.get_opt("held").await.unwrap().is_none());
    held.release();
    waiting.await.unwrap().unwrap();
    assert!(way.direct.get_opt("held").await.unwrap().is_some());

    way.interposer.cut();
    way.through.get("held").await.unwrap_err();
    way.interposer.mend();
    way.through.get("held").await.unwrap();

    // The token goes through, and with it the account's rights: a system namespace is not its own.
    let elsewhere: Api<k8s_openapi::api::core::v1::Namespace> = Api::all(way.through.clone().into_client());
    let refused = elsewhere.delete("kube-system", &Default::default()).await.unwrap_err();
    assert!(refused.to_string().contains("forbidden"), "{refused}");
    assert_eq!(way.effects.list().last().unwrap().status, Some(403));
}

/// The names of the next events of a watch, in their order, until none comes for a while.
async fn told(
    watch: &mut (impl futures::Stream<Item = kube::Result<WatchEvent<kube::api::DynamicObject>>> + Unpin),
) -> Vec<String> {
    let mut names = Vec::new();
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(1), watch.next()).await {
        match event.unwrap() {
            WatchEvent::Added(object) => names.push(format!("+{}", object.metadata.name.unwrap())),
            WatchEvent::Deleted(object) => names.push(format!("-{}", object.metadata.name.unwrap())),
            _ => {}
        }
    }
    names
}

#[tokio::test]
async fn a_watch_is_bent_as_told_and_straight_again_afterwards() {
    use testbed::interposer::Bend;
    let plane = ControlPlane::start().await.unwrap();
    plane.apply_crds(&testbed::workspace::path("crds")).await.unwrap();
    plane.namespace("team").await.unwrap();
    let interposer = Interposer::before_kube(plane.url(), plane.ca_pem(), &Effects::new(), |_| true).await.unwrap();
    let rule = PolicyRule {
        api_groups: Some(vec!["guestlist.dev".into()]),
        resources: Some(vec!["*".into()]),
        verbs: vec!["*".into()],
        ..PolicyRule::default()
    };
    let account = plane.service_account("team", "watcher", &[Grant::Rules(vec![rule])]).await.unwrap();
    let kubeconfig = plane.kubeconfig_through(&account, interposer.url(), interposer.ca_pem()).unwrap();
    let guests = plane.api_of("guestlist.dev/v1alpha1", "GuestInvitation", "team").await.unwrap();
    let resource = kube::core::ApiResource::from_gvk(&kube::core::GroupVersionKind::gvk(
        "guestlist.dev",
        "v1alpha1",
        "GuestInvitation",
    ));
    let client = testbed::control_plane::client_of(&kubeconfig).await.unwrap();
    let through: Api<kube::api::DynamicObject> = Api::namespaced_with(client, "team", &resource);
    let make = |names: &'static [&'static str]| {
        let plane = &plane;
        async move {
            for name in names {
                let guest = format!(
                    "apiVersion: guestlist.dev/v1alpha1\nkind: GuestInvitation\nmetadata: {{name: {name}, namespace: team}}\nspec: {{email: {name}@fabrikam.com}}\n"
                );
                plane.apply(&guest).await.unwrap();
            }
        }
    };
    make(&["a", "b"]).await;
    // Only now is the kind's storage sure to be there.
    let mut watch = through.watch(&WatchParams::default(), "0").await.unwrap().boxed();
    assert_eq!(told(&mut watch).await, ["+a", "+b"]);
    interposer.bend(Bend::Doubled);
    make(&["c"]).await;
    assert_eq!(told(&mut watch).await, ["+c", "+c"]);
    interposer.bend(Bend::Reordered);
    make(&["d", "e", "f"]).await;
    assert_eq!(told(&mut watch).await, ["+e", "+d", "+f"], "the last one has nobody to overtake it");
    interposer.bend(Bend::Behind(2));
    make(&["g", "h", "i"]).await;
    assert_eq!(told(&mut watch).await, ["+g"]);
    guests.delete("g", &kube::api::DeleteParams::default()).await.unwrap();
    assert_eq!(told(&mut watch).await, ["+h"]);
    interposer.bend(Bend::None);
    make(&["j"]).await;
    assert_eq!(told(&mut watch).await, ["+i", "-g", "+j"]);
    interposer.bend(Bend::Dropped);
    make(&["k", "l"]).await;
    assert_eq!(told(&mut watch).await.len(), 1);
    assert!(interposer.bent() > 5);
}
