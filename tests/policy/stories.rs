//! The rules at work: what they hold, what they let go on, and how the operator follows their changes.

use serde_json::{Value, json};
use testbed::Grant;
use testbed::stories::{
    SOON, TENANT, a_while, calls, changed, condition, guest_with, guests, mails, named, simulator, until,
    until_current_reason, until_gone, until_state,
};
use testbed::world::{Ref, WorldConfig, operator_rules};

use crate::ask;
use crate::rules::{label, manifest, with, world};

#[tokio::test(flavor = "multi_thread")]
async fn labels_of_a_namespace_are_followed_and_a_refusal_names_the_way_out() {
    let rule = json!({"namespaces": {"matchLabels": {"guests": "allowed"}}, "emailDomains": ["fabrikam.com"]});
    let world = world(&json!([rule])).await;
    world.apply(&guest_with("adele", "adele@fabrikam.com", Value::Null)).await.unwrap();
    let said = until_current_reason(&world, "adele", "NotAllowed").await;
    for part in ["namespace team", "domain fabrikam.com", "EntraTenant default", "by its labels", "ask who runs"] {
        assert!(said.contains(part), "{said}");
    }
    let refused = until_state(&world, "adele", "Refused").await;
    assert_eq!(condition(&refused, "Stalled").0, "True", "{refused}");
    a_while().await;
    assert_eq!((mails(&world, "adele@fabrikam.com"), calls(&world, "createInvitation")), (0, 0));

    label(&world, json!({"guests": "allowed"})).await;
    until_state(&world, "adele", "Invited").await;
    assert_eq!(mails(&world, "adele@fabrikam.com"), 1);
    world.apply(&guest_with("bob", "bob@northwind.example", Value::Null)).await.unwrap();
    let said = until_current_reason(&world, "bob", "NotAllowed").await;
    assert!(said.contains("northwind.example among its emailDomains"), "{said}");

    // The label goes: who is there stays there, and nothing new is done.
    label(&world, json!({"guests": null})).await;
    let said = until_current_reason(&world, "adele", "NotAllowed").await;
    assert!(said.contains("stays in the directory"), "{said}");
    changed(&world, "adele", json!({"metadata": {"annotations": {"guestlist.dev/resend": "1"}}})).await;
    a_while().await;
    let held = until_state(&world, "adele", "Invited").await;
    assert_eq!(condition(&held, "Stalled").1, "NotAllowed", "{held}");
    assert_eq!(mails(&world, "adele@fabrikam.com"), 1);
    label(&world, json!({"guests": "allowed"})).await;
    until(&world, "adele", "be mailed again", |guest| guest["status"]["invitation"]["sent"] == 2).await;
    assert_eq!(mails(&world, "adele@fabrikam.com"), 2, "what was asked meanwhile is done once it may be");
    assert_eq!(mails(&world, "bob@northwind.example"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_that_leaves_everything_out_lets_everybody_invite_guests() {
    let world = world(&json!([{}])).await;
    let cases = [
        ("member", json!({"userType": "Member"}), "has Member among its userTypes"),
        ("grouped", json!({"groups": ["Analysts"]}), "has all of the groups Analysts"),
        ("managed", json!({"existing": "Manage"}), "has Manage among its existing"),
        ("moved", json!({"redeemAs": "moved@fabrikam.com"}), "has redeemAs: Allowed"),
        ("linked", json!({"redeemUrlSecretRef": {"name": "link"}}), "has redeemLinks: Allowed"),
        ("promoted", json!({"profile": {"jobTitle": "CFO"}}), "has all of jobTitle in its profile"),
    ];
    let plain =
        json!({"redirectUrl": "https://anywhere.example/x", "deletionPolicy": "Delete", "displayName": "Plain"});
    world.apply(&guest_with("plain", "plain@anywhere.example", plain)).await.unwrap();
    for (name, spec, _) in &cases {
        world.apply(&guest_with(name, &format!("{name}@fabrikam.com"), spec.clone())).await.unwrap();
    }
    until_state(&world, "plain", "Invited").await;
    for (name, _, words) in cases {
        let said = until_current_reason(&world, name, "NotAllowed").await;
        assert!(said.contains(words), "{said}");
        assert_eq!(mails(&world, &format!("{name}@fabrikam.com")), 0);
    }
    assert_eq!(calls(&world, "createInvitation"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn admission_says_no_at_once_and_hinders_nothing_that_ends() {
    let rules = json!([{"emailDomains": ["fabrikam.com"], "groups": ["Analysts"]}]);
    let world = world(&rules).await;
    let group = simulator(&world).seed_group(TENANT, entra_simulator::SeedGroup::new("Analysts"));
    ask::admit(&world, "admission/guest-access.yaml").await;
    ask::in_force(&world, "team").await;
    let error = world.apply(&guest_with("eve", "eve@evil.com", Value::Null)).await.unwrap_err().to_string();
    for part in ["namespace team may not invite eve@evil.com", "(domain evil.com)", "EntraTenant default"] {
        assert!(error.contains(part), "{error}");
    }
    let adele = json!({
        "groups": ["Analysts"], "deletionPolicy": "Delete", "profile": {"surname": "Vance"},
        "accessUntil": "2099-01-01T00:00:00Z", "expiresAfter": "720h", "message": {"cc": ["host@fabrikam.com"]},
    });
    world.apply(&guest_with("adele", "adele@fabrikam.com", adele)).await.unwrap();
    let joined = |guest: &Value| guest["status"]["groups"][0]["state"] == "Added";
    until(&world, "adele", "be in the group", joined).await;

    // The rule is withdrawn.
    world.apply_tenant(&manifest(&json!([{"emailDomains": ["northwind.example"]}]))).await.unwrap();
    until_current_reason(&world, "adele", "NotAllowed").await;
    ask::in_force(&world, "team").await;
    let api = guests(&world).await;
    let patch = |patch: Value| {
        let api = api.clone();
        async move { api.patch("adele", &kube::api::PatchParams::default(), &kube::api::Patch::Merge(&patch)).await }
    };
    let error = patch(json!({"spec": {"groups": ["Analysts", "Admins"]}})).await.unwrap_err().to_string();
    assert!(error.contains("fabrikam.com"), "{error}");
    let asks = json!({"guestlist.dev/resend": "1", "guestlist.dev/reset-redemption": "1"});
    patch(json!({"metadata": {"annotations": asks}, "spec": {"reminders": {"after": "72h"}}})).await.unwrap();
    // What asks for more is judged by the rules of today, and what asks for less is not.
    for more in [
        json!({"profile": {"givenName": "Adele"}}),
        json!({"displayName": "Adele"}),
        json!({"message": {"cc": ["eve@fabrikam.com"]}}),
        json!({"redeemAs": "eve@fabrikam.com"}),
        json!({"deletionPolicy": "Retain"}),
        json!({"accessUntil": null}),
        json!({"accessUntil": "2099-01-02T00:00:00Z"}),
        json!({"expiresAfter": "721h"}),
        json!({"sponsors": ["eve@contoso.com"]}),
        json!({"redeemUrlSecretRef": {"name": "link"}}),
    ] {
        let said = patch(json!({"spec": more.clone()})).await.unwrap_err().to_string();
        assert!(said.contains("may not invite adele@fabrikam.com"), "{more}: {said}");
    }
    for less in [
        json!({"accessUntil": "2098-12-31T23:00:00-01:00", "expiresAfter": "43199m", "message": {"cc": []}}),
        json!({"profile": {"surname": null}}),
    ] {
        patch(json!({"spec": less.clone()})).await.unwrap_or_else(|error| panic!("{less}: {error}"));
    }
    let said = until_current_reason(&world, "adele", "NotAllowed").await;
    assert!(said.contains("stays in the directory"), "{said}");
    a_while().await;
    assert_eq!(mails(&world, "adele@fabrikam.com"), 1);
    assert_eq!((calls(&world, "createInvitation"), calls(&world, "updateUser")), (1, 1), "the profile of before");
    assert_eq!(simulator(&world).members(TENANT, &group).len(), 1, "nobody is off-boarded by a rule");
    // What takes away is done all the same.
    patch(json!({"spec": {"groups": []}})).await.unwrap();
    until(&world, "adele", "leave the group", |guest| guest["status"]["groups"].is_null()).await;
    assert_eq!(simulator(&world).members(TENANT, &group).len(), 0);
    world.delete(&Ref::guest("team", "adele")).await.unwrap();
    until_gone(&world, &named("adele")).await;
    assert!(simulator(&world).user(TENANT, "adele@fabrikam.com").is_none(), "deleted, as the policy says");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namespace_has_so_many_places_and_the_oldest_hold_them() {
    let world = world(&json!([{"maxGuests": 2}])).await;
    for name in ["a", "b"] {
        world
            .apply(&guest_with(name, &format!("{name}@fabrikam.com"), json!({"deletionPolicy": "Delete"})))
            .await
            .unwrap();
        until_state(&world, name, "Invited").await;
    }
    for name in ["c", "d", "e"] {
        world.apply(&guest_with(name, &format!("{name}@fabrikam.com"), Value::Null)).await.unwrap();
        let said = until_current_reason(&world, name, "TooManyGuests").await;
        assert!(said.contains("may have 2 guests") && said.contains("namespace team"), "{said}");
        // Ages are told in whole seconds.
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    }
    // Another namespace has places of its own.
    world.plane.namespace("other").await.unwrap();
    let other = ask::guest("other", "a", &json!({"email": "other@fabrikam.com"}));
    world.apply(&other.to_string()).await.unwrap();
    let invited = |guest: &Value| guest["status"]["state"] == "Invited";
    world.wait_for(&Ref::guest("other", "a"), "be Invited", invited, SOON).await.unwrap();

    world.delete(&Ref::guest("team", "a")).await.unwrap();
    until_state(&world, "c", "Invited").await;
    a_while().await;
    let sent = |name: &str| mails(&world, &format!("{name}@fabrikam.com"));
    assert_eq!(["a", "b", "c", "d", "e"].map(sent), [1, 1, 1, 0, 0]);
    // More than there are places, all at once.
    world.apply_tenant(&manifest(&json!([{"maxGuests": 5}]))).await.unwrap();
    let many: Vec<String> =
        (0..20).map(|n| guest_with(&format!("m{n}"), &format!("m{n}@fabrikam.com"), Value::Null)).collect();
    world.apply(&many.join("\n---\n")).await.unwrap();
    for name in ["d", "e"] {
        until_state(&world, name, "Invited").await;
    }
    a_while().await;
    let there = guests(&world).await.list(&Default::default()).await.unwrap();
    let invited = there.iter().filter(|guest| guest.data["status"]["state"] == "Invited").count();
    assert_eq!((there.items.len(), invited), (24, 5));
    assert_eq!(calls(&world, "createInvitation"), 7, "two, c, the other namespace's, d, e, and one of the many");
}

/// An editor invited, deleted with Retain, and invited the next: six guests where two were allowed.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_left_in_the_directory_keeps_their_place() {
    let world = world(&json!([{"maxGuests": 2}])).await;
    for name in ["a", "b"] {
        let spec = json!({"deletionPolicy": "Retain"});
        world.apply(&guest_with(name, &format!("{name}@fabrikam.com"), spec)).await.unwrap();
        until_state(&world, name, "Invited").await;
        world.delete(&Ref::guest("team", name)).await.unwrap();
        until_gone(&world, &named(name)).await;
    }
    world.apply(&guest_with("c", "c@fabrikam.com", Value::Null)).await.unwrap();
    let said = until_current_reason(&world, "c", "TooManyGuests").await;
    assert!(said.contains("Retain"), "{said}");
    // Somebody who is there already takes their own place again.
    world.apply(&guest_with("again", "a@fabrikam.com", Value::Null)).await.unwrap();
    until_state(&world, "again", "Invited").await;
    assert_eq!(calls(&world, "createInvitation"), 2);
    // The platform team forgets the other one, and the place is free.
    let people = world.kubectl(&["get", "guests", "-o", "name"]).await.unwrap();
    let left = people.lines().find(|name| name.contains("b-fabrikam")).expect("the record of b").to_owned();
    world.kubectl(&["delete", &left]).await.unwrap();
    until_state(&world, "c", "Invited").await;
    assert_eq!((mails(&world, "a@fabrikam.com"), mails(&world, "c@fabrikam.com")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_read_namespaces_decides_what_needs_no_labels() {
    let mut rules = operator_rules();
    rules.retain(|rule| !rule.resources.iter().flatten().any(|resource| resource == "namespaces"));
    let config = WorldConfig { grants: vec![Grant::Rules(rules)], ..WorldConfig::default() };
    let labelled = json!({"namespaces": {"matchLabels": {"kubernetes.io/metadata.name": "team"}}, "emailDomains": ["fabrikam.com"]});
    let world = with(&json!([labelled, {"emailDomains": ["northwind.example"]}]), config).await;
    world.apply(&guest_with("free", "free@northwind.example", Value::Null)).await.unwrap();
    until_state(&world, "free", "Invited").await;
    world.apply(&guest_with("bound", "bound@fabrikam.com", Value::Null)).await.unwrap();
    let said = until_current_reason(&world, "bound", "NamespaceUnreadable").await;
    assert!(said.contains("list and watch namespaces"), "{said}");
    world.apply(&guest_with("never", "never@evil.com", Value::Null)).await.unwrap();
    until_current_reason(&world, "never", "NotAllowed").await;
    assert_eq!((mails(&world, "bound@fabrikam.com"), mails(&world, "never@evil.com")), (0, 0));
}
