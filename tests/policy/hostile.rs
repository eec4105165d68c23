//! What an editor of a namespace tries who wants more than the rules give, told with the admission policies absent: the operator
//! keeps the rules by itself. What the API server says to the same stands in `each.rs` and `table.rs`.

use entra_simulator::{SeedGroup, SeedKind, SeedUser};
use serde_json::{Value, json};
use testbed::World;
use testbed::stories::{
    SOON, TENANT, a_while, calls, changed, every_right, guest_with, mails, named, simulator, until,
    until_current_reason, until_gone, until_state,
};
use testbed::world::{Ref, TenantManifest};

use crate::ask;
use crate::rules::{manifest, world};

async fn annotated(world: &World, name: &str, request: &str, value: &str) {
    changed(world, name, json!({"metadata": {"annotations": {format!("guestlist.dev/{request}"): value}}})).await;
}

fn writes(world: &World) -> [usize; 3] {
    ["createInvitation", "updateUser", "deleteUser"].map(|write| calls(world, write))
}

/// An existing guest with a group is declared, to be redeemed with the editor's own address.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_over_a_user_by_another_address() {
    let mut rules = every_right();
    let world = world(&json!([{"emailDomains": ["gmail.com"]}])).await;
    let group = simulator(&world).seed_group(TENANT, SeedGroup::new("Finance"));
    let boss = simulator(&world).seed(TENANT, SeedUser::new("boss@gmail.com", SeedKind::AcceptedGuest));
    simulator(&world).add_member(TENANT, &group, &boss).unwrap();
    let spec = json!({"redeemAs": "eve@gmail.com"});
    world.apply(&guest_with("boss", "boss@gmail.com", spec)).await.unwrap();
    annotated(&world, "boss", "reset-redemption", "1").await;
    let said = until_current_reason(&world, "boss", "NotAllowed").await;
    assert!(said.contains("has redeemAs: Allowed"), "{said}");

    // With every right that a rule can give, a found user is still not handed on.
    rules[0]["emailDomains"] = json!(["gmail.com"]);
    world.apply_tenant(&manifest(&rules)).await.unwrap();
    changed(&world, "boss", json!({"spec": {"existing": "Own"}})).await;
    until_current_reason(&world, "boss", "Accepted").await;
    annotated(&world, "boss", "reset-redemption", "2").await;
    let said = until_current_reason(&world, "boss", "NotAllowed").await;
    assert!(said.contains("was in the directory before") && said.contains("Remove redeemAs"), "{said}");
    a_while().await;
    assert_eq!(writes(&world), [0, 0, 0]);
    let user = simulator(&world).user(TENANT, &boss).unwrap();
    assert!(!format!("{user:?}").contains("eve@"), "{user:?}");
    assert_eq!(simulator(&world).members(TENANT, &group).len(), 1);

    // Whom the namespace invited may move, where a rule says so.
    world.apply(&guest_with("own", "own@gmail.com", Value::Null)).await.unwrap();
    until_state(&world, "own", "Invited").await;
    changed(&world, "own", json!({"spec": {"redeemAs": "moved@gmail.com"}})).await;
    annotated(&world, "own", "reset-redemption", "1").await;
    until(&world, "own", "be reset", |guest| guest["status"]["lastHandled"]["resetRedemption"] == "1").await;
    assert_eq!(mails(&world, "moved@gmail.com"), 1);
}

/// The user has the declared address in the directory, and another one as their own by now.
#[tokio::test(flavor = "multi_thread")]
async fn the_own_domain_of_who_is_found_is_judged_too() {
    let rule = json!({"emailDomains": ["fabrikam.com"], "groups": ["Analysts"], "existing": ["Follow", "Manage"]});
    let world = world(&json!([rule])).await;
    let group = simulator(&world).seed_group(TENANT, SeedGroup::new("Analysts"));
    for (name, own) in [("cfo", "cfo@northwind.example"), ("colleague", "colleague@fabrikam.com")] {
        let old = format!("{name}.old@fabrikam.com");
        let id = simulator(&world).seed(TENANT, SeedUser::new(old, SeedKind::AcceptedGuest));
        simulator(&world).change_user(TENANT, &id, |user| user.mail = Some(own.into())).unwrap();
    }
    let spec = |existing: &str| json!({"existing": existing, "groups": ["Analysts"], "displayName": "Mine"});
    world.apply(&guest_with("cfo", "cfo.old@fabrikam.com", spec("Manage"))).await.unwrap();
    world.apply(&guest_with("follower", "cfo.old@fabrikam.com", spec("Follow"))).await.unwrap();
    for name in ["cfo", "follower"] {
        let said = until_current_reason(&world, name, "NotAllowed").await;
        assert!(said.contains("another address of their own") && said.contains("Ask who runs"), "{said}");
        assert!(!said.contains("northwind"), "the domain is not this namespace's to know: {said}");
        let refused = until_state(&world, name, "Refused").await;
        assert!(refused["status"]["guest"].is_null(), "nobody is bound: {refused}");
    }
    a_while().await;
    assert_eq!((writes(&world), calls(&world, "addMember")), ([0, 0, 0], 0));

    // A rule for that domain lets them be found, as it lets everybody of it.
    world.apply(&guest_with("colleague", "colleague.old@fabrikam.com", spec("Follow"))).await.unwrap();
    until(&world, "colleague", "be in the group", |guest| guest["status"]["groups"][0]["state"] == "Added").await;
    assert_eq!(simulator(&world).members(TENANT, &group).len(), 1);
    let wider = json!({"emailDomains": ["fabrikam.com", "northwind.example"], "groups": ["Analysts"]});
    world.apply_tenant(&manifest(&json!([rule, wider]))).await.unwrap();
    until(&world, "follower", "be in the group", |guest| guest["status"]["groups"][0]["state"] == "Added").await;
}

/// The copy of the mail, and the link in a Secret of the namespace.
#[tokio::test(flavor = "multi_thread")]
async fn no_copy_of_a_link_leaves_the_rules() {
    let world = world(&json!([{"emailDomains": ["fabrikam.com"]}])).await;
    simulator(&world).seed(TENANT, SeedUser::new("pending@fabrikam.com", SeedKind::PendingGuest));
    let link = json!({"redeemUrlSecretRef": {"name": "link"}, "existing": "Follow"});
    for (name, address, spec) in [
        ("copied", "copied@fabrikam.com", json!({"message": {"cc": ["eve@evil.com"]}})),
        ("linked", "linked@fabrikam.com", link.clone()),
        ("pending", "pending@fabrikam.com", link),
    ] {
        world.apply(&guest_with(name, address, spec)).await.unwrap();
        until_current_reason(&world, name, "NotAllowed").await;
    }
    // A guest who was invited gets no copy afterwards either.
    world.apply(&guest_with("later", "later@fabrikam.com", Value::Null)).await.unwrap();
    until_state(&world, "later", "Invited").await;
    changed(
        &world,
        "later",
        json!({"spec": {"message": {"cc": ["eve@evil.com"]}, "redeemUrlSecretRef": {"name": "link"}}}),
    )
    .await;
    annotated(&world, "later", "resend", "1").await;
    until_current_reason(&world, "later", "NotAllowed").await;
    a_while().await;
    let secrets = world.kubectl(&["get", "secrets", "-n", "team", "-o", "name"]).await.unwrap();
    assert_eq!((writes(&world)[0], mails(&world, "eve@evil.com"), secrets.trim()), (1, 0, ""));
}

/// The tenant disables at the end, and a rule says that nobody stays.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_keeps_a_user_whom_the_rules_end() {
    let rules = json!([{"deletionPolicies": ["Disable", "Delete"]}]);
    let tenant = TenantManifest {
        more: json!({"access": rules, "defaults": {"deletionPolicy": "Disable"}}),
        ..TenantManifest::default()
    };
    let world = world(&rules).await;
    world.apply_tenant(&tenant).await.unwrap();
    let enabled = |name: &str| simulator(&world).user(TENANT, &format!("{name}@fabrikam.com")).unwrap().account_enabled;
    for (name, trick) in [
        ("retained", json!({"spec": {"deletionPolicy": "Retain"}})),
        ("suspended", json!({"spec": {"suspend": true}})),
        ("both", json!({"spec": {"deletionPolicy": "Retain", "suspend": true}})),
    ] {
        world.apply(&guest_with(name, &format!("{name}@fabrikam.com"), Value::Null)).await.unwrap();
        until_state(&world, name, "Invited").await;
        let bound = |guest: &Value| guest["metadata"]["finalizers"] == json!(["guestlist.dev/offboard"]);
        until(&world, name, "be bound", bound).await;
        changed(&world, name, trick).await;
        a_while().await;
        let guest = world.get(&named(name)).await.unwrap();
        assert!(bound(&guest) && enabled(name), "neither let go nor ended: {guest}");
        world.delete(&named(name)).await.unwrap();
        until_gone(&world, &named(name)).await;
        assert!(!enabled(name), "{name} stays");
    }
}

/// A rule demands an end, which comes whatever the spec is changed to.
#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_a_rule_demands_is_not_put_off() {
    let world = world(&json!([{"require": {"accessUntil": {"within": "24h"}}}])).await;
    let soon = (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(25)).to_string();
    let tricks = [
        ("later", json!({"accessUntil": "2099-01-01T00:00:00Z"})),
        ("never", json!({"accessUntil": null})),
        ("suspended", json!({"suspend": true})),
    ];
    for (name, _) in &tricks {
        let spec = json!({"accessUntil": soon, "deletionPolicy": "Disable"});
        world.apply(&guest_with(name, &format!("{name}@fabrikam.com"), spec)).await.unwrap();
    }
    for (name, trick) in &tricks {
        until_state(&world, name, "Invited").await;
        changed(&world, name, json!({"spec": trick})).await;
    }
    for (name, _) in &tricks {
        until(&world, name, "end", |guest| guest["status"]["ended"]["how"] == "Disabled").await;
        let user = simulator(&world).user(TENANT, &format!("{name}@fabrikam.com")).unwrap();
        assert!(!user.account_enabled, "{name}");
    }
}

/// Whoever lost the rule loses nothing else: neither the user nor what the end was to be.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_rule_ends_nobody() {
    let world = world(&json!([{}])).await;
    world.apply(&guest_with("ann", "ann@fabrikam.com", json!({"deletionPolicy": "Delete"}))).await.unwrap();
    until_state(&world, "ann", "Invited").await;
    // An empty list lets nobody invite.
    world.apply_tenant(&manifest(&json!([]))).await.unwrap();
    let said = until_current_reason(&world, "ann", "NotAllowed").await;
    assert!(said.contains("has no rules in spec.access, so nobody may invite (access: [{}] there"), "{said}");
    assert!(said.contains("The guest stays in the directory as they are"), "{said}");
    world.apply(&guest_with("bob", "bob@fabrikam.com", Value::Null)).await.unwrap();
    until_current_reason(&world, "bob", "NotAllowed").await;
    a_while().await;
    assert_eq!(writes(&world), [1, 0, 0]);
    assert!(simulator(&world).user(TENANT, "ann@fabrikam.com").unwrap().account_enabled);
    world.apply_tenant(&manifest(&json!([{}]))).await.unwrap();
    until_state(&world, "bob", "Invited").await;
    until_state(&world, "ann", "Invited").await;
    assert_eq!((writes(&world)[0], mails(&world, "ann@fabrikam.com")), (2, 1));
}

/// Who may invite whom is a decision that somebody writes. A tenant of an earlier version may have none, and lets nobody invite.
#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_without_access_is_refused_and_an_older_one_lets_nobody_in() {
    let world = world(&json!([{}])).await;
    let nothing = TenantManifest { more: json!({"access": null}), ..TenantManifest::default() };
    let error = world.apply_tenant(&nothing).await.unwrap_err().to_string();
    assert!(error.contains("spec.access: Required value"), "{error}");

    let file = "crds/entratenants.guestlist.dev.yaml";
    let strict: Value = serde_saphyr::from_str(&testbed::workspace::text(file).unwrap()).unwrap();
    let mut older = strict.clone();
    let required = older.pointer_mut("/spec/versions/0/schema/openAPIV3Schema/properties/spec/required").unwrap();
    required.as_array_mut().unwrap().retain(|field| field != "access");
    world.plane.apply_as("kubectl-older", &older.to_string()).await.unwrap();
    let begun = std::time::Instant::now();
    while let Err(error) = world.apply_tenant(&nothing).await {
        assert!(begun.elapsed() < SOON, "the older definition never applied: {error}");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    world.plane.apply_as("kubectl-older", &strict.to_string()).await.unwrap();
    world.apply(&guest_with("ann", "ann@fabrikam.com", Value::Null)).await.unwrap();
    let said = until_current_reason(&world, "ann", "NotAllowed").await;
    assert!(said.contains("has no rules in spec.access, so nobody may invite"), "{said}");
    assert_eq!(writes(&world), [0, 0, 0]);
    // Its status can still be written.
    let tenant = Ref::tenant("default");
    let api = world.plane.api_of(&tenant.api_version, &tenant.kind, "").await.unwrap();
    let patch = kube::api::Patch::Merge(json!({"status": {"guests": {"total": 7}}}));
    api.patch_status("default", &kube::api::PatchParams::default(), &patch).await.unwrap();
}

/// An older definition lets addresses and URLs through that no program reads alike.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_definition_took_is_not_sent() {
    let world =
        world(&json!([{"emailDomains": ["fabrikam.com"], "redirectUrls": ["https://wiki.contoso.com/welcome"]}])).await;
    ask::loosen(&world).await;
    let to = |url: &str| json!({"redirectUrl": url});
    let cases = [
        ("nul", "eve\u{0}@fabrikam.com", json!({}), "InvalidAddress"),
        ("control", "eve\u{b}@fabrikam.com", json!({}), "InvalidAddress"),
        ("quoted", "\"eve x\"@fabrikam.com", json!({}), "InvalidAddress"),
        ("copied", "ann@fabrikam.com", json!({"message": {"cc": ["a\u{1}@fabrikam.com"]}}), "InvalidAddress"),
        ("parameter", "bob@fabrikam.com", to("https://wiki.contoso.com/welcome/..;/x"), "InvalidRedirectUrl"),
        ("twice", "cas@fabrikam.com", to("https://wiki.contoso.com/welcome/%252e%252e/x"), "InvalidRedirectUrl"),
        ("port", "dan@fabrikam.com", to("https://wiki.contoso.com:99999/welcome"), "InvalidRedirectUrl"),
        ("label", "eli@fabrikam.com", to("https://wiki..contoso.com/welcome"), "InvalidRedirectUrl"),
    ];
    for (name, address, spec, _) in &cases {
        let applied = async || world.apply(&guest_with(name, address, spec.clone())).await;
        let begun = std::time::Instant::now();
        while let Err(error) = applied().await {
            assert!(begun.elapsed() < SOON, "the looser definition never applied: {error}");
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }
    for (name, _, _, reason) in &cases {
        let said = until_current_reason(&world, name, reason).await;
        assert!(said.contains("cannot be used, so nothing is sent"), "{said}");
    }
    a_while().await;
    assert_eq!(writes(&world), [0, 0, 0]);
}
