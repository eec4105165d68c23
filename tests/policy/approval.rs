//! approval: Required, with an approver who has the role of `examples/approver-role.yaml` and nothing more.

use kube::api::{DynamicObject, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Api, Client};
use serde_json::{Value, json};
use testbed::stories::{
    TENANT, a_while, calls, changed, condition, guest_with, guests, mails, simulator, until, until_current_reason,
    until_state,
};
use testbed::world::{Ref, operator_rules};
use testbed::{Grant, ServiceAccount, World};

use crate::ask;
use crate::rules::world;

fn as_guests(client: Client) -> Api<DynamicObject> {
    let kind = ApiResource::from_gvk(&GroupVersionKind::gvk("guestlist.dev", "v1alpha1", "GuestInvitation"));
    Api::namespaced_with(client, "team", &kind)
}

/// The word of an approver on the guest as it was `read`, as a whole status of one condition and what it is about.
pub fn word(read: &Value, status: &str, message: &str) -> Value {
    let meta = &read["metadata"];
    json!({
        "apiVersion": "guestlist.dev/v1alpha1",
        "kind": "GuestInvitation",
        "metadata": {"name": meta["name"]},
        "status": {
            "approval": {"uid": meta["uid"], "specDigest": read["status"]["specDigest"]},
            "conditions": [{
                "type": "Approved", "status": status, "reason": "Reviewed", "message": message,
                "observedGeneration": meta["generation"], "lastTransitionTime": "2026-11-22T10:00:00Z",
            }],
        },
    })
}

/// The guest, once it waits for an approval of the spec that it has now.
pub async fn waiting(world: &World, name: &str) -> Value {
    until_current_reason(world, name, "ApprovalRequired").await;
    world.get(&Ref::guest("team", name)).await.unwrap()
}

pub async fn say(api: &Api<DynamicObject>, word: &Value) -> Result<DynamicObject, String> {
    let params = PatchParams::apply("approver");
    let name = word["metadata"]["name"].as_str().unwrap();
    api.patch_status(name, &params, &Patch::Apply(word)).await.map_err(|error| error.to_string())
}

/// A world in which guests have to be approved, and an approver, and an account that may write status and approve nobody.
pub async fn scene() -> (World, Api<DynamicObject>, Api<DynamicObject>) {
    let world = world(&json!([{"approval": "Required", "groups": ["Analysts"]}])).await;
    ask::admit(&world, "admission/guest-access.yaml").await;
    ask::admit(&world, "admission/approvers.yaml").await;
    ask::admit(&world, "examples/approver-role.yaml").await;
    let role = [Grant::ClusterRole("guestlist-approver".into())];
    let approver = world.plane.service_account("people", "approver", &role).await.unwrap();
    let mut writes = operator_rules();
    writes.retain(|rule| rule.verbs.contains(&"patch".to_owned()));
    let writer = world.plane.service_account("people", "writer", &[Grant::Rules(writes)]).await.unwrap();
    let api = |account: ServiceAccount| async move { as_guests(account.client().await.unwrap()) };
    let (approver, writer) = (api(approver).await, api(writer).await);
    ask::in_force(&world, "team").await;
    (world, approver, writer)
}

/// Waits until the policy for approvers is in force, by dry runs: a word that it does not refuse yet would count.
/// Then `refused` has to be.
pub async fn until_refused(api: &Api<DynamicObject>, refused: &Value) -> String {
    let name = refused["metadata"]["name"].as_str().unwrap();
    let params = PatchParams { dry_run: true, ..PatchParams::apply("approver") };
    let is_refused = |error: &str| error.contains("guestlist-approvers");
    for _ in 0..300 {
        let tried = api.patch_status(name, &params, &Patch::Apply(refused)).await;
        if tried.is_err_and(|error| is_refused(&error.to_string())) {
            let error = say(api, refused).await.unwrap_err();
            assert!(is_refused(&error), "{error}");
            return error;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the policy for approvers never came into force");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_mailed_before_the_approval_and_once_after() {
    let (world, approver, writer) = scene().await;
    world.apply(&guest_with("adele", "adele@fabrikam.com", Value::Null)).await.unwrap();
    let said = until_current_reason(&world, "adele", "ApprovalRequired").await;
    assert!(said.contains("generation 1") && said.contains("guestlist-approver"), "{said}");
    let read = until_state(&world, "adele", "Pending").await;
    assert_eq!(condition(&read, "Stalled").0, "", "it waits, and is not stuck: {read}");

    // Who may write status and not approve does nothing.
    let error = until_refused(&writer, &word(&read, "True", "")).await;
    assert!(error.contains("takes the verb approve"), "{error}");

    // The approver can say nothing but that one word, and of no other spec than the one that is there.
    let mut other = word(&read, "True", "");
    other["status"]["conditions"][0]["observedGeneration"] = json!(2);
    let error = say(&approver, &other).await.unwrap_err();
    assert!(error.contains("observedGeneration 1"), "{error}");
    other["status"]["conditions"][0].as_object_mut().unwrap().remove("observedGeneration");
    say(&approver, &other).await.unwrap_err();
    say(&approver, &word(&read, "Unknown", "")).await.unwrap_err();
    let now = approver.get("adele").await.unwrap();
    for (what, patch) in [
        ("a field beside", json!({"status": {"guest": {"id": "x", "origin": "Invited"}}})),
        ("the count of mails", json!({"status": {"invitation": {"sent": 7}}})),
        ("the digest", json!({"status": {"specDigest": "0".repeat(64)}})),
        ("a state", json!({"status": {"state": "Accepted"}})),
        ("a field taken away", json!({"status": {"state": null}})),
        ("the whole status", json!({"status": null})),
    ] {
        let error = approver.patch_status("adele", &PatchParams::default(), &Patch::Merge(&patch)).await;
        assert!(error.unwrap_err().to_string().contains("nothing else of the status"), "{what}");
    }
    let mut conditions = now.data["status"]["conditions"].clone();
    conditions[0]["message"] = json!("All is well.");
    for (what, conditions) in [("another condition", conditions), ("none at all", json!([]))] {
        let patch = json!({"status": {"conditions": conditions}});
        let error = approver.patch_status("adele", &PatchParams::default(), &Patch::Merge(&patch)).await;
        assert!(error.unwrap_err().to_string().contains("no other condition"), "{what}");
    }
    // What goes beside status on the way of a status write is dropped by the API server itself.
    let beside =
        json!({"metadata": {"labels": {"a": "b"}, "finalizers": ["a.example/b"]}, "spec": {"email": "eve@evil.com"}});
    let after = approver.patch_status("adele", &PatchParams::default(), &Patch::Merge(&beside)).await;
    if let Ok(after) = after {
        assert!(after.metadata.labels.is_none() && after.metadata.finalizers.is_none(), "{after:?}");
        assert_eq!(after.data["spec"]["email"], "adele@fabrikam.com");
    }
    let spec = json!({"spec": {"displayName": "X"}});
    let error = approver.patch("adele", &PatchParams::default(), &Patch::Merge(&spec)).await.unwrap_err();
    assert!(error.to_string().contains("cannot patch resource"), "{error}");
    approver.delete("adele", &Default::default()).await.unwrap_err();
    let other: DynamicObject =
        serde_json::from_value(ask::guest("team", "other", &json!({"email": "other@fabrikam.com"}))).unwrap();
    approver.create(&PostParams::default(), &other).await.unwrap_err();
    a_while().await;
    assert_eq!((mails(&world, "adele@fabrikam.com"), calls(&world, "createInvitation")), (0, 0));

    say(&approver, &word(&read, "True", "Known to us.")).await.unwrap();
    let invited = until_state(&world, "adele", "Invited").await;
    assert_eq!(condition(&invited, "Approved"), ("True".into(), "Reviewed".into(), "Known to us.".into()));
    a_while().await;
    assert_eq!((mails(&world, "adele@fabrikam.com"), calls(&world, "createInvitation")), (1, 1));
    let managers = guests(&world).await.get("adele").await.unwrap().metadata.managed_fields.unwrap();
    let approved = |owner: &&k8s_openapi::apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry| {
        serde_json::to_string(&owner.fields_v1).unwrap().contains("Approved")
    };
    let owners: Vec<_> = managers.iter().filter(approved).map(|owner| owner.manager.clone().unwrap()).collect();
    assert_eq!(owners, ["approver"], "the operator never comes to own the approval");

    // More than was approved has to be approved anew.
    changed(&world, "adele", json!({"spec": {"groups": ["Analysts"]}})).await;
    let said = until_current_reason(&world, "adele", "ApprovalRequired").await;
    assert!(said.contains("is for generation 1") && said.contains("generation 2"), "{said}");
    let held = until_state(&world, "adele", "Invited").await;
    assert_eq!(condition(&held, "Approved").0, "True", "nobody but the approver touches it: {held}");
    a_while().await;
    assert_eq!((calls(&world, "listGroups"), calls(&world, "addMember")), (0, 0));
    let group = simulator(&world).seed_group(TENANT, entra_simulator::SeedGroup::new("Analysts"));
    let read = waiting(&world, "adele").await;
    say(&approver, &word(&read, "True", "Known to us.")).await.unwrap();
    until(&world, "adele", "be in the group", |guest| guest["status"]["groups"][0]["state"] == "Added").await;
    assert_eq!(simulator(&world).members(TENANT, &group).len(), 1);
    assert_eq!(mails(&world, "adele@fabrikam.com"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_is_told_in_the_words_of_who_denied() {
    let (world, approver, _) = scene().await;
    world.apply(&guest_with("bob", "bob@fabrikam.com", Value::Null)).await.unwrap();
    let read = waiting(&world, "bob").await;
    say(&approver, &word(&read, "False", "Bob has left Fabrikam")).await.unwrap();
    let said = until_current_reason(&world, "bob", "Denied").await;
    assert!(said.contains("Bob has left Fabrikam"), "{said}");
    let denied = until_state(&world, "bob", "Refused").await;
    assert_eq!(condition(&denied, "Stalled").1, "Denied", "{denied}");
    // Changed, the guest asks anew; and an approver may think again.
    changed(&world, "bob", json!({"spec": {"displayName": "Bob"}})).await;
    let read = waiting(&world, "bob").await;
    a_while().await;
    assert_eq!(mails(&world, "bob@fabrikam.com"), 0);
    say(&approver, &word(&read, "True", "")).await.unwrap();
    until_state(&world, "bob", "Invited").await;
    assert_eq!(mails(&world, "bob@fabrikam.com"), 1);
}
