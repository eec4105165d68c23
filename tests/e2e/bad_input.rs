//! What a person may get wrong: refused by the API server with a sentence, or shown on the resource with cause and way out.

use testbed::world::WorldConfig;

use crate::common::{connected, guest, mails, named, simulator, state, until_reason, until_state, world};

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
    // A CRD of another version may let through what this one cannot read.
    let crd = std::fs::read_to_string("crds/guestinvitations.guestlist.dev.yaml").unwrap();
    let loose = unbound_suspend(&crd);
    world.plane.apply_as("kubectl-loose", &loose).await.unwrap();
    let poison = guest("poison", "poison@fabrikam.com", "  suspend: {not: a boolean}\n");
    let deadline = std::time::Instant::now() + crate::common::SOON;
    while let Err(error) = world.apply(&poison).await {
        assert!(std::time::Instant::now() < deadline, "the looser CRD never applied: {error}");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    world.apply(&guest("healthy", "healthy@fabrikam.com", "")).await.unwrap();
    until_state(&world, "healthy", "Invited").await;
    let said = until_reason_of_poison(&world).await;
    assert!(said.contains("cannot be read"), "{said}");
    assert_eq!(mails(&world, "poison@fabrikam.com"), 0);

    // A restart meets it in the first list.
    world.operator().unwrap().kill();
    let restarted = world.start_operator().unwrap();
    let deadline = std::time::Instant::now() + crate::common::SOON;
    while !restarted.log().contains("connected the directory") {
        assert!(std::time::Instant::now() < deadline, "{}", restarted.log());
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    world.apply(&guest("later", "later@fabrikam.com", "")).await.unwrap();
    until_state(&world, "later", "Invited").await;
}

/// Takes the type away from spec.suspend, which then takes anything.
fn unbound_suspend(crd: &str) -> String {
    let mut crd: serde_json::Value = serde_saphyr::from_str(crd).unwrap();
    let schema = &mut crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"];
    schema["suspend"] = serde_json::json!({"x-kubernetes-preserve-unknown-fields": true});
    serde_json::to_string(&crd).unwrap()
}

async fn until_reason_of_poison(world: &testbed::world::World) -> String {
    let is = |guest: &serde_json::Value| crate::common::condition(guest, "Stalled").1 == "Unreadable";
    let guest = world.wait_for(&named("poison"), "be explained", is, crate::common::SOON).await.unwrap();
    crate::common::condition(&guest, "Ready").2
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_crd_is_waited_for_and_nothing_is_sent_meanwhile() {
    let world = world(WorldConfig { crds: false, tenant: None, operator: false, ..Default::default() }).await;
    for file in ["crds/entratenants.guestlist.dev.yaml", "crds/guestinvitations.guestlist.dev.yaml"] {
        let mut crd: serde_json::Value = serde_saphyr::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let attempts = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/invitation/properties";
        if let Some(invitation) = crd.pointer_mut(attempts).and_then(|properties| properties.as_object_mut()) {
            invitation.remove("attempt").unwrap();
        }
        world.plane.apply_as("guestlist-testbed", &serde_json::to_string(&crd).unwrap()).await.unwrap();
    }
    let operator = world.start_operator().unwrap();
    let deadline = std::time::Instant::now() + crate::common::SOON;
    while !operator.log().contains("is older than this operator, it lacks .status.invitation.attempt") {
        assert!(std::time::Instant::now() < deadline, "{}", operator.log());
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let tenant = testbed::world::TenantManifest::default();
    let deadline = std::time::Instant::now() + crate::common::SOON;
    while world.apply_tenant(&tenant).await.is_err() {
        assert!(std::time::Instant::now() < deadline);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    world.apply(&guest("early", "early@fabrikam.com", "")).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(simulator(&world).journal().len(), 0, "an operator with an older CRD keeps still");
    world.plane.apply_crds(std::path::Path::new("crds")).await.unwrap();
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
