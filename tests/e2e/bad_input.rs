//! What a person may get wrong: refused by the API server with a sentence, or shown on the resource with cause and way out.

use std::time::{Duration, Instant};

use entra_simulator::{Fault, FaultAction};
use serde_json::{Value, json};
use testbed::stories::{
    SOON, condition, connected, guest, kstatus, mails, named, simulator, state, until_reason, until_state, world,
};
use testbed::world::{Ref, TenantManifest, World, WorldConfig};

/// Each wrong address with a part of the sentence that it meets.
const ADDRESSES: [(&str, &str); 19] = [
    ("Bob <bob@example.com>", "bare address"),
    ("bob smith@example.com", "bare address"),
    ("bob@example.com ", "bare address"),
    ("bob", "exactly one @"),
    ("bob@", "exactly one @"),
    ("a@b@example.com", "exactly one @"),
    ("bob+sales@example.com", "plus addressing"),
    ("\"bob\"@example.com", "quotes"),
    ("bob;eve@example.com", "quotes"),
    ("bob@exa[mple.com", "quotes"),
    ("Bob@Example.com", "bob@example.com"),
    ("bøb@example.com", "only ASCII"),
    ("bob@bücher.example", "xn--"),
    (".bob@example.com", "begin or end"),
    ("bob.@example.com", "begin or end"),
    ("b..ob@example.com", "two dots"),
    ("bob@example", "full domain name"),
    ("bob@-example.com", "full domain name"),
    ("bob@example.123", "full domain name"),
];

const REDIRECTS: [(&str, &str); 6] = [
    ("javascript:alert(1)", "https://"),
    ("http://example.com/", "https://"),
    ("example.com", "https://"),
    ("https://", "https://"),
    ("ftp://example.com/", "https://"),
    ("https://contoso.com@evil.example/", "no user name"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_api_server_says_what_is_wrong() {
    let world = world(WorldConfig { operator: false, ..Default::default() }).await;
    let long = format!("{}@example.com", "a".repeat(250));
    let refusals = ADDRESSES.iter().map(|(text, part)| (text.to_string(), *part)).chain([(long, "254")]);
    for (address, part) in refusals {
        let yaml = guest("bad", &serde_json::to_string(&address).unwrap(), "");
        let error = world.apply(&yaml).await.err().unwrap_or_else(|| panic!("{address:?} was taken")).to_string();
        assert!(error.contains("spec.email") && error.contains(part), "{address:?}: {error}");
    }
    for (url, part) in REDIRECTS {
        let more = format!("  redirectUrl: {url:?}\n");
        let error = world.apply(&guest("bad", "bob@example.com", &more)).await.err();
        let error = error.unwrap_or_else(|| panic!("{url:?} was taken")).to_string();
        assert!(error.contains("spec.redirectUrl") && error.contains(part), "{url:?}: {error}");
    }
    for (more, part) in [
        ("  message: {language: \"en_US\"}\n", "en-US"),
        ("  message: {cc: [a@example.com, b@example.com]}\n", "spec.message.cc"),
        ("  delivery: Pigeon\n", "spec.delivery"),
        ("  colour: blue\n", "colour"),
    ] {
        let error = world.apply(&guest("bad", "bob@example.com", more)).await.err().unwrap().to_string();
        assert!(error.contains(part), "{more}: {error}");
    }
    // What Graph takes must pass.
    let good = ["o'brien@example.com", "a_b.c-d@sub.example.co.uk", "1@xn--bcher-kva.example", "_x_@example.com"];
    for (n, address) in good.iter().enumerate() {
        world.apply(&guest(&format!("good{n}"), address, "  redirectUrl: http://localhost:8080/x\n")).await.unwrap();
    }
    let error = world.apply(&guest("good0", "other@example.com", "")).await.err().unwrap().to_string();
    assert!(error.contains("cannot change"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_a_quote_is_looked_up_and_invited() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    world.apply(&guest("quote", "o'brien@fabrikam.com", "")).await.unwrap();
    until_state(&world, "quote", "Invited").await;
    assert_eq!(mails(&world, "o'brien@fabrikam.com"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_unreadable_resource_stops_nobody() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    loosen(&world, "guestinvitations", "/suspend").await;
    applied_in_the_end(&world, &guest("poison", "poison@fabrikam.com", "  suspend: {not: a boolean}\n")).await;
    world.apply(&guest("healthy", "healthy@fabrikam.com", "")).await.unwrap();
    until_state(&world, "healthy", "Invited").await;
    let said = until_unreadable(&world, &named("poison")).await;
    assert!(said.contains("cannot be read"), "{said}");
    assert_eq!(mails(&world, "poison@fabrikam.com"), 0);

    // A restart meets it in the first list.
    world.operator().unwrap().kill();
    let restarted = world.start_operator().unwrap();
    let deadline = Instant::now() + SOON;
    while !restarted.log().contains("connected the directory") {
        assert!(Instant::now() < deadline, "{}", restarted.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    world.apply(&guest("later", "later@fabrikam.com", "")).await.unwrap();
    until_state(&world, "later", "Invited").await;
}

/// Each kind says it on the resource itself, which may have been at work or well a moment before, and comes right by itself.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_says_so_itself_and_comes_right_again() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    let (tenant, list) = (Ref::tenant("default"), Ref::new("guestlist.dev/v1alpha1", "GuestList", "team", "them"));
    let them = |guests: &str| {
        format!(
            "apiVersion: guestlist.dev/v1alpha1\nkind: GuestList\nmetadata: {{name: them, namespace: team}}\nspec:\n  guests: {guests}\n"
        )
    };
    let one = "[{email: one@fabrikam.com}]";
    let busy = |suspend: &str| guest("busy", "busy@fabrikam.com", &format!("  suspend: {suspend}\n"));
    let default = |mode: &str| TenantManifest { more: json!({"mode": mode}), ..Default::default() };
    for (plural, field) in [("guestinvitations", "/suspend"), ("guestlists", "/guests"), ("entratenants", "/mode")] {
        loosen(&world, plural, field).await;
    }
    simulator(&world)
        .inject(Fault::new("listUsers", FaultAction::status(500)).times(1000).containing("busy%40fabrikam.com"));
    world.apply(&them(one)).await.unwrap();
    world.apply(&busy("false")).await.unwrap();
    world.apply(&guest("well", "well@fabrikam.com", "")).await.unwrap();
    until_state(&world, "well", "Invited").await;
    world.wait_for(&list, "be applied", |list| condition(list, "Ready").1 == "Applied", SOON).await.unwrap();
    let at_work = |guest: &Value| condition(guest, "Reconciling").0 == "True";
    world.wait_for(&named("busy"), "be at work", at_work, SOON).await.unwrap();

    applied_in_the_end(&world, &busy("{not: a boolean}")).await;
    applied_in_the_end(&world, &them("{not: an array}")).await;
    for (object, wanted) in [(&named("busy"), "expected a boolean"), (&list, "expected a sequence")] {
        let said = until_unreadable(&world, object).await;
        assert!(said.to_lowercase().contains(wanted), "{said}");
    }
    let deadline = Instant::now() + SOON;
    while let Err(error) = world.apply_tenant(&default("Sideways")).await {
        assert!(Instant::now() < deadline, "{error}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let said = until_unreadable(&world, &tenant).await;
    assert!(said.contains("Sideways"), "{said}");
    let said = until_reason(&world, "well", "Unreadable").await;
    assert!(said.contains("The EntraTenant cannot be read"), "{said}");

    simulator(&world).clear_faults();
    world.apply_tenant(&default("Active")).await.unwrap();
    world.apply(&them(one)).await.unwrap();
    world.apply(&busy("false")).await.unwrap();
    connected(&world).await;
    kstatus(&until_state(&world, "busy", "Invited").await);
    kstatus(&world.wait_for(&list, "be applied", |list| condition(list, "Ready").1 == "Applied", SOON).await.unwrap());
    assert_eq!((mails(&world, "busy@fabrikam.com"), mails(&world, "one@fabrikam.com")), (1, 1));
}

/// Lets the definition take anything at `field` of the spec, as one of another version may that this operator cannot read.
async fn loosen(world: &World, plural: &str, field: &str) {
    let crd = testbed::workspace::text(&format!("crds/{plural}.guestlist.dev.yaml")).unwrap();
    let mut crd: Value = serde_saphyr::from_str(&crd).unwrap();
    let spec = &mut crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"];
    *spec.pointer_mut(field).unwrap() = json!({"x-kubernetes-preserve-unknown-fields": true});
    world.plane.apply_as("kubectl-loose", &crd.to_string()).await.unwrap();
}

/// Applies what only the looser definition takes, which the API server comes to know of a little later.
async fn applied_in_the_end(world: &World, yaml: &str) {
    let deadline = Instant::now() + SOON;
    while let Err(error) = world.apply(yaml).await {
        assert!(Instant::now() < deadline, "the looser CRD never applied: {error}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until the newest version of `object` says that it cannot be read; returns the sentence.
async fn until_unreadable(world: &World, object: &Ref) -> String {
    let is = |object: &Value| {
        condition(object, "Stalled").1 == "Unreadable"
            && object["status"]["observedGeneration"] == object["metadata"]["generation"]
    };
    let object = world.wait_for(object, "be explained", is, SOON).await.unwrap();
    kstatus(&object);
    assert_eq!(condition(&object, "Ready").1, "Unreadable", "{object}");
    condition(&object, "Ready").2
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_crd_is_waited_for_and_nothing_is_sent_meanwhile() {
    let world = world(WorldConfig { crds: false, tenant: None, operator: false, ..Default::default() }).await;
    for file in ["crds/entratenants.guestlist.dev.yaml", "crds/guestinvitations.guestlist.dev.yaml"] {
        let mut crd: Value = serde_saphyr::from_str(&testbed::workspace::text(file).unwrap()).unwrap();
        let attempts = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/invitation/properties";
        if let Some(invitation) = crd.pointer_mut(attempts).and_then(|properties| properties.as_object_mut()) {
            invitation.remove("attempt").unwrap();
        }
        world.plane.apply_as("guestlist-testbed", &serde_json::to_string(&crd).unwrap()).await.unwrap();
    }
    let operator = world.start_operator().unwrap();
    let deadline = Instant::now() + SOON;
    while !operator.log().contains("is older than this operator, it lacks .status.invitation.attempt") {
        assert!(Instant::now() < deadline, "{}", operator.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let tenant = TenantManifest::default();
    let deadline = Instant::now() + SOON;
    while world.apply_tenant(&tenant).await.is_err() {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    world.apply(&guest("early", "early@fabrikam.com", "")).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(simulator(&world).journal().len(), 0, "an operator with an older CRD keeps still");
    world.plane.apply_crds(&testbed::workspace::path("crds")).await.unwrap();
    until_state(&world, "early", "Invited").await;
    assert_eq!(mails(&world, "early@fabrikam.com"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_tenant_is_named_and_waited_for() {
    let world = world(WorldConfig { tenant: None, ..Default::default() }).await;
    world.apply(&guest("early", "early@fabrikam.com", "")).await.unwrap();
    let said = until_reason(&world, "early", "TenantNotFound").await;
    assert!(said.contains("\"default\"") && said.contains("kubectl get etenant"), "{said}");
    let waiting = world.get(&named("early")).await.unwrap();
    assert_eq!(state(&waiting), "Pending");
    world.apply_tenant(&Default::default()).await.unwrap();
    until_state(&world, "early", "Invited").await;
    assert_eq!(mails(&world, "early@fabrikam.com"), 1);
}
