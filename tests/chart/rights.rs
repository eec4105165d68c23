//! The chart grants what the operator needs, and nothing that it does not: the API server's own record of every request is held
//! against every rule, both ways.

use std::collections::BTreeSet;

use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use testbed::stories::helm::{NAMESPACE, RELEASE, of_kind, render};
use testbed::stories::{ALL, SOON, allowed, condition, connected, guest_with, is_blank, simulator, until};
use testbed::world::{Ref, World};
use testbed::{Asked, PlaneConfig};

use crate::installed::{Granted, granted, installed, rights, until_allowed};
use crate::story;

/// Asked for by the API server itself, whose record has only the request that led to it: to apply a guest who is not there yet,
/// and to name a list as the owner that waits. The third test takes them away.
const UNRECORDED: [(&str, &str); 2] = [("update", "guestlists/finalizers"), ("create", "guestinvitations")];

/// With a plugin that some clusters have: it asks for more rights from whoever names an owner that waits.
fn audited() -> PlaneConfig {
    PlaneConfig { audit: true, admission: vec!["OwnerReferencesPermissionEnforcement"], ..PlaneConfig::default() }
}

fn asked(world: &World) -> BTreeSet<Asked> {
    world.plane.asked_by(NAMESPACE, RELEASE).unwrap()
}

async fn granted_is_what_is_asked_for(settings: &[&str]) {
    let world = installed(audited(), settings, story::entra()).await;
    story::tell(&world).await;
    // What was answered is on the API server's record a moment later.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let asked = asked(&world);
    let denied: Vec<&Asked> = asked.iter().filter(|asked| asked.denied).collect();
    assert!(denied.is_empty(), "the chart lacks rights: {denied:#?}");
    let granted = granted(&world.plane).await;
    assert!(granted.len() > 20, "{granted:?}");
    let idle: Vec<&Granted> = granted
        .iter()
        .filter(|right| !UNRECORDED.contains(&(&right.verb, &right.resource)))
        // What the admission policy asks the authorizer about is in no record; the last test but one takes it away.
        .filter(|right| right.verb != "report")
        .filter(|right| !asked.iter().any(|asked| right.covers(asked)))
        .collect();
    assert!(idle.is_empty(), "the chart grants what nothing needs: {idle:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verb_is_used_and_none_is_denied() {
    let settings = ["ownMail.enabled=true", "redeemLinkSecrets.enabled=true", "rbac.secretNames={entra-default}"];
    granted_is_what_is_asked_for(&settings).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_it_is_in_some_namespaces_only() {
    let settings = [
        "watchNamespaces={team}",
        "ownMail.enabled=true",
        "redeemLinkSecrets.enabled=true",
        "rbac.secretNames={entra-default}",
    ];
    granted_is_what_is_asked_for(&settings).await;
}

/// Takes a verb on a resource out of the role that has it.
async fn take_away(world: &World, role: &str, verb: &str, resource: &str) {
    let api = world.plane.api_of("rbac.authorization.k8s.io/v1", "ClusterRole", "").await.unwrap();
    let mut rules = serde_json::to_value(api.get(role).await.unwrap()).unwrap()["rules"].clone();
    let mut group = String::new();
    let mut kept = Vec::new();
    for rule in rules.as_array_mut().unwrap() {
        let resources: Vec<String> = serde_json::from_value(rule["resources"].clone()).unwrap();
        // A rule of its own for each resource, so that the others keep the verb.
        for one in resources {
            let mut rule = rule.clone();
            rule["resources"] = json!([one]);
            if one == resource {
                rule["verbs"].as_array_mut().unwrap().retain(|kept| kept != verb);
                group = rule["apiGroups"][0].as_str().unwrap().into();
            }
            if !rule["verbs"].as_array().unwrap().is_empty() {
                kept.push(rule);
            }
        }
    }
    api.patch(role, &PatchParams::default(), &Patch::Merge(json!({"rules": kept}))).await.unwrap();
    let (verb, resource) = (verb.to_owned(), resource.to_owned());
    let right = Granted { namespace: String::new(), verb, group, resource, name: String::new() };
    until_allowed(&world.plane, &right, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verb_taken_away_is_missed() {
    let world = installed(audited(), &["redeemLinkSecrets.enabled=true"], allowed(&ALL)).await;
    connected(&world).await;
    world.apply(&guest_with("one", "one@fabrikam.com", json!({}))).await.unwrap();
    until(&world, "one", "be Invited", |guest| guest["status"]["state"] == "Invited").await;

    take_away(&world, "guestlist-system-operator", "create", "secrets").await;
    let link = json!({"redeemUrlSecretRef": {"name": "two-link"}});
    world.apply(&guest_with("two", "two@fabrikam.com", link)).await.unwrap();
    let told = |guest: &Value| condition(guest, "Ready").1 == "SecretUnwritable";
    let two = until(&world, "two", "say that its link cannot be kept", told).await;
    let said = condition(&two, "Ready").2;
    assert!(said.contains("forbidden") && said.contains("redeemLinkSecrets.enabled"), "{said}");

    take_away(&world, "guestlist-system-operator", "create", "guests").await;
    world.apply(&guest_with("three", "three@fabrikam.com", json!({}))).await.unwrap();
    let missed = |verb: &str, resource: &str| {
        asked(&world).iter().any(|asked| asked.denied && asked.verb == verb && asked.resource == resource)
    };
    let begun = std::time::Instant::now();
    while !missed("create", "guests") {
        assert!(begun.elapsed() < SOON, "{:?}", asked(&world));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(missed("create", "secrets"));
    // Without the intent on record nobody is mailed.
    assert_eq!(simulator(&world).invitation_mails("three@fabrikam.com").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_needs_what_the_api_server_asks_for_by_itself() {
    let world = installed(audited(), &[], allowed(&ALL)).await;
    connected(&world).await;
    let said = ["cannot set blockOwnerDeletion", "is forbidden: User"];
    for (number, (verb, resource)) in UNRECORDED.into_iter().enumerate() {
        take_away(&world, "guestlist-system-operator", verb, resource).await;
        let name = format!("list{number}");
        let list = json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestList", "metadata": { "name": name, "namespace": "team" },
            "spec": { "template": {}, "guests": [{"email": "one@fabrikam.com"}] },
        });
        world.apply(&list.to_string()).await.unwrap();
        let list = Ref::new("guestlist.dev/v1alpha1", "GuestList", "team", &name);
        let refused = |list: &Value| list["status"].to_string().contains(said[number]);
        world.wait_for(&list, "say that its guest is refused", refused, SOON).await.unwrap();
    }
    assert_eq!(simulator(&world).count("createInvitation"), 0);
}

/// Waits until the operator's log has these words.
async fn until_logged(world: &World, words: &str) {
    let operator = world.operator().unwrap();
    let begun = std::time::Instant::now();
    while !operator.log().contains(words) {
        assert!(begun.elapsed() < SOON, "{}", operator.log_tail(20));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_report_the_policy_of_guests_lets_no_record_through_and_nobody_is_mailed() {
    let world = installed(audited(), &[], allowed(&ALL)).await;
    connected(&world).await;
    take_away(&world, "guestlist-system-operator", "report", "guests").await;
    world.apply(&guest_with("one", "one@fabrikam.com", json!({}))).await.unwrap();
    until_logged(&world, "the operator makes the Guests").await;
    assert_eq!(simulator(&world).invitation_mails("one@fabrikam.com").len(), 0);
    assert_eq!(simulator(&world).count("createInvitation"), 0);
}

/// The Guest is the record, and a status only tells of it: where none can be written, the person is invited all the same, once.
#[tokio::test(flavor = "multi_thread")]
async fn without_report_the_policy_of_approvers_lets_no_status_through_and_one_mail_leaves() {
    let world = installed(audited(), &[], allowed(&ALL)).await;
    connected(&world).await;
    take_away(&world, "guestlist-system-operator", "report", "guestinvitations/status").await;
    world.apply(&guest_with("one", "one@fabrikam.com", json!({}))).await.unwrap();
    until_logged(&world, "is written by the operator").await;
    let begun = std::time::Instant::now();
    while simulator(&world).invitation_mails("one@fabrikam.com").is_empty() {
        assert!(begun.elapsed() < SOON, "{}", world.operator().unwrap().log_tail(20));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    testbed::stories::a_while().await;
    assert_eq!(simulator(&world).invitation_mails("one@fabrikam.com").len(), 1);
    assert!(is_blank(&world.get(&Ref::guest("team", "one")).await.unwrap()));
}

/// The other tests of this workspace run the operator under `operator_rules`: those are the chart's, or they prove nothing of it.
#[test]
fn the_rules_of_the_testbed_are_those_of_the_chart() {
    let documents = render(&["ownMail.enabled=true", "redeemLinkSecrets.enabled=true"]).unwrap();
    let flat = |role: &Value| {
        let all = rights("", role).into_iter().filter(|right| right.resource != "leases");
        all.map(|right| (right.verb, right.group, right.resource)).collect::<BTreeSet<_>>()
    };
    let role = |kind: &str, name: &str| {
        let found = of_kind(&documents, kind).into_iter().find(|role| role["metadata"]["name"] == name).unwrap();
        flat(found)
    };
    let mut chart = role("ClusterRole", "guestlist-system-operator");
    chart.extend(role("Role", RELEASE));
    let testbed = flat(&json!({"rules": testbed::world::operator_rules()}));
    assert_eq!(chart, testbed);
}
