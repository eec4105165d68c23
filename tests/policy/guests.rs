//! Who may write what of a Guest, by `admission/guests.yaml`: the operator's account writes all of it, a platform team with the role
//! of `examples/platform-role.yaml` writes `spec`, and whoever has more rights than that writes no more.

use kube::Api;
use kube::api::{DeleteParams, DynamicObject, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::{Value, json};
use testbed::stories::only_plane;
use testbed::world::operator_rules;
use testbed::{Grant, World};

use crate::ask;

/// A world without an operator, with the policy in force; the accounts of the operator, of a platform team, and of somebody whose
/// role gives every usual verb on Guests.
struct Scene {
    world: World,
    operator: Api<DynamicObject>,
    platform: Api<DynamicObject>,
    wide: Api<DynamicObject>,
}

async fn scene() -> Scene {
    let world = World::start(only_plane()).await.unwrap();
    ask::admit(&world, "admission/guests.yaml").await;
    ask::admit(&world, "examples/platform-role.yaml").await;
    let mut usual = operator_rules();
    usual.retain(|rule| rule.resources.as_deref() == Some(&["guests".to_owned()]));
    assert_eq!(usual.len(), 1);
    usual[0].verbs.retain(|verb| verb != "report");
    usual[0].verbs.push("patch".into());
    let account = async |name: &str, grant: Grant| {
        let account = world.plane.service_account("people", name, &[grant]).await.unwrap();
        let kind = ApiResource::from_gvk_with_plural(
            &GroupVersionKind::gvk("guestlist.dev", "v1alpha1", "GuestRecord"),
            "guests",
        );
        Api::all_with(account.client().await.unwrap(), &kind)
    };
    // The operator replaces a record as a whole; here it is patched.
    let mut patching = usual.clone();
    patching[0].verbs.push("report".into());
    let operator = account("operator", Grant::Rules(patching)).await;
    let platform = account("platform", Grant::ClusterRole("guestlist-platform".into())).await;
    let wide = account("wide", Grant::Rules(usual)).await;
    let scene = Scene { world, operator, platform, wide };
    scene.in_force().await;
    scene
}

impl Scene {
    /// Waits until the policy is in force, by dry runs.
    async fn in_force(&self) {
        let trial = PostParams { dry_run: true, ..PostParams::default() };
        for _ in 0..300 {
            let tried = self.wide.create(&trial, &guest("probe", json!({}))).await;
            if tried.is_err_and(|error| error.to_string().contains("guestlist-guests")) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the policy for Guests never came into force");
    }

    /// The operator makes a Guest with this laid over its record.
    async fn made(&self, name: &str, record: Value) {
        self.operator.create(&PostParams::default(), &guest(name, record)).await.unwrap();
    }
}

/// A Guest with this laid over its record.
fn guest(name: &str, record: Value) -> DynamicObject {
    let mut whole = json!({
        "tenantId": "11111111-2222-3333-4444-555555555555", "email": format!("{name}@fabrikam.com"),
        "tenant": "default", "state": "Invited",
    });
    for (field, value) in record.as_object().unwrap() {
        whole[field] = value.clone();
    }
    let guest = json!({
        "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestRecord", "metadata": {"name": name}, "record": whole,
    });
    serde_json::from_value(guest).unwrap()
}

/// A Guest of the GuestInvitation `partners/adele`.
fn owned() -> Value {
    json!({
        "owner": {"namespace": "partners", "name": "adele", "uid": "u1"},
        "claims": [{"namespace": "partners", "name": "adele", "uid": "u1"}],
    })
}

async fn patched(api: &Api<DynamicObject>, name: &str, patch: Value) -> Result<DynamicObject, String> {
    api.patch(name, &PatchParams::default(), &Patch::Merge(&patch)).await.map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_team_writes_spec_and_nothing_of_the_record() {
    let scene = scene().await;
    scene.made("adele", owned()).await;
    for patch in [
        json!({"spec": {"hold": true}}),
        json!({"spec": {"hold": null, "grant": "Own", "revoke": "Disable"}}),
        json!({"spec": {"grant": null, "revoke": null}}),
        json!({"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}}),
    ] {
        patched(&scene.platform, "adele", patch.clone()).await.unwrap_or_else(|error| panic!("{patch}: {error}"));
    }
    let before = scene.platform.get("adele").await.unwrap();
    for patch in [
        json!({"record": {"state": "Released"}}),
        json!({"record": {"owner": {"uid": null}}}),
        json!({"record": {"owner": {"ends": {"policy": "Delete"}}}}),
        json!({"record": {"claims": null}}),
        json!({"record": {"claims": []}}),
        json!({"record": {"invitation": {"sent": 7}}}),
        json!({"record": {"madeIn": "mine"}}),
        json!({"record": {"disabled": true}}),
        json!({"spec": {"hold": true}, "record": {"goneSince": "2026-01-01T00:00:00Z"}}),
    ] {
        for (who, api) in [("platform", &scene.platform), ("wide", &scene.wide)] {
            let said = patched(api, "adele", patch.clone()).await.unwrap_err();
            assert!(said.contains("the record of a Guest is written by the operator alone"), "{who} {patch}: {said}");
        }
    }
    // Taken away as a whole it is refused by the definition itself, whoever asks.
    for api in [&scene.platform, &scene.operator] {
        let said = patched(api, "adele", json!({"record": null})).await.unwrap_err();
        assert!(said.contains("cannot be taken away"), "{said}");
    }
    let said = patched(&scene.operator, "adele", json!({"record": {"email": "eve@evil.com"}})).await.unwrap_err();
    assert!(said.contains("one address in one directory"), "{said}");
    let after = scene.platform.get("adele").await.unwrap();
    assert_eq!(after.metadata.resource_version, before.metadata.resource_version, "nothing of it was written");
    patched(&scene.operator, "adele", json!({"record": {"state": "Accepted"}})).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_operator_makes_a_guest_and_an_administrator_restores_one() {
    let scene = scene().await;
    let said = scene.wide.create(&PostParams::default(), &guest("eve", owned())).await.unwrap_err().to_string();
    assert!(said.contains("the operator makes the Guests") && said.contains("declare a GuestInvitation"), "{said}");
    let mut empty = guest("eve", json!({}));
    empty.data.as_object_mut().unwrap().remove("record");
    let said = scene.wide.create(&PostParams::default(), &empty).await.unwrap_err().to_string();
    assert!(said.contains("the operator makes the Guests"), "{said}");
    let said = scene.platform.create(&PostParams::default(), &empty).await.unwrap_err().to_string();
    assert!(said.contains("cannot create resource"), "{said}");
    let backup = serde_json::to_string(&guest("adele", owned())).unwrap();
    scene.world.apply(&backup).await.unwrap();
    let restored = scene.platform.get("adele").await.unwrap();
    assert_eq!(restored.data["record"]["owner"]["uid"], "u1", "with all that it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_stays_while_somebody_has_the_person_or_something_is_under_way() {
    let scene = scene().await;
    let left = json!({"namespace": "partners", "name": "adele"});
    let mut ownerless = owned();
    ownerless["state"] = "Ownerless".into();
    let attempt = json!({"id": "a1", "kind": "Invite", "startedAt": "2026-11-29T10:00:00Z"});
    let follows = |name: &str| json!({"namespace": "other", "name": name, "uid": name});
    let rows = [
        ("owned", owned(), "belongs to the GuestInvitation partners/adele: delete that first"),
        ("ownerless", ownerless, "partners/adele vanished without being deleted"),
        ("followed", json!({"owner": left, "claims": [left, follows("x1")]}), "delete other/x1 first"),
        (
            "shared",
            json!({"claims": [follows("x1"), follows("x2")]}),
            "delete other/x1 and 1 more (record.claims) first",
        ),
        ("attempt", json!({"state": "Pending", "invitation": {"attempt": attempt}}), "an invitation is under way"),
        (
            "ending",
            json!({"ending": {"how": "Deleted", "since": "2026-11-28T10:00:00Z"}}),
            "is being ended (record.ending)",
        ),
    ];
    for (name, record, sentence) in rows {
        scene.made(name, record).await;
        for (who, api) in [("platform", &scene.platform), ("wide", &scene.wide)] {
            let said = api.delete(name, &DeleteParams::default()).await.unwrap_err().to_string();
            assert!(said.contains(sentence), "{who} {name}: {said}");
            assert!(!said.contains("expression"), "an expression failed: {said}");
        }
        // Only who writes the record knows when nothing rests on it any more.
        scene.operator.delete(name, &DeleteParams::default()).await.unwrap();
    }
    for (name, record) in [
        ("released", json!({"state": "Released", "owner": left, "claims": [left]})),
        ("gone", json!({"state": "Gone", "goneSince": "2026-11-29T10:00:00Z"})),
        ("alias", json!({"state": "Alias", "aliasOf": "other"})),
    ] {
        scene.made(name, record).await;
        scene.platform.delete(name, &DeleteParams::default()).await.unwrap();
        assert!(scene.platform.get_opt(name).await.unwrap().is_none(), "{name} is erased");
    }
}
