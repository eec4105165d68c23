//! An operator that works in some namespaces, and has no right in any other.

use std::time::{Duration, Instant};

use testbed::Grant;
use testbed::operator::NAMESPACE;
use testbed::stories::{SOON, condition, connected, guest, mails, state, world};
use testbed::world::{Ref, WorldConfig, operator_rules};

/// The operator's rules in a namespace of its own choice.
fn granted(namespace: &str) -> String {
    let rules: Vec<_> = operator_rules().into_iter().filter(|rule| !cluster_wide(rule)).collect();
    let rules = serde_json::to_string(&rules).unwrap();
    format!(
        "apiVersion: v1\nkind: Namespace\nmetadata: {{name: {namespace}}}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: guestlist, namespace: {namespace}}}\nrules: {rules}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: guestlist, namespace: {namespace}}}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: guestlist}}\n\
         subjects: [{{kind: ServiceAccount, name: guestlist, namespace: {NAMESPACE}}}]\n"
    )
}

fn cluster_wide(rule: &k8s_openapi::api::rbac::v1::PolicyRule) -> bool {
    let resources = rule.resources.iter().flatten();
    resources.clone().any(|name| name == "customresourcedefinitions")
}

fn in_namespace(name: &str, namespace: &str) -> String {
    guest(name, &format!("{name}@fabrikam.com"), "").replace("namespace: team", &format!("namespace: {namespace}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_in_those_that_it_was_given_and_in_no_other() {
    let tenants = || {
        let mut rules = operator_rules();
        for rule in &mut rules {
            rule.resources = rule.resources.take().map(|names| {
                names
                    .into_iter()
                    .filter(|name| ["entratenants", "guests", "custom"].iter().any(|cluster| name.starts_with(cluster)))
                    .collect()
            });
        }
        rules.retain(|rule| rule.resources.as_ref().is_some_and(|names| !names.is_empty()));
        rules
    };
    let config = WorldConfig {
        operator: false,
        operator_args: ["--watch-namespaces", "team,partners,later"].map(String::from).to_vec(),
        grants: vec![Grant::Rules(tenants())],
        ..Default::default()
    };
    let world = world(config).await;
    for namespace in ["team", "partners", NAMESPACE] {
        world.apply(&granted(namespace)).await.unwrap();
    }
    world.apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: elsewhere}\n").await.unwrap();
    world.start_operator().unwrap();
    connected(&world).await;
    for (name, namespace) in [("ann", "team"), ("bob", "partners"), ("eve", "elsewhere")] {
        world.apply(&in_namespace(name, namespace)).await.unwrap();
    }
    let followed = |guest: &serde_json::Value| guest["status"]["redemption"]["state"].is_string();
    for (name, namespace) in [("ann", "team"), ("bob", "partners")] {
        world.wait_for(&Ref::guest(namespace, name), "be followed", followed, SOON).await.unwrap();
        assert_eq!(mails(&world, &format!("{name}@fabrikam.com")), 1);
    }
    let eve = world.get(&Ref::guest("elsewhere", "eve")).await.unwrap();
    assert_eq!((state(&eve), mails(&world, "eve@fabrikam.com")), ("", 0), "left alone");

    // One and the same person in both is told, though each namespace has a watch of its own.
    world.apply(&in_namespace("ann", "partners")).await.unwrap();
    let told = |guest: &serde_json::Value| condition(guest, "Ready").1 == "DuplicateAddress";
    world.wait_for(&Ref::guest("partners", "ann"), "be told", told, SOON).await.unwrap();
    world.delete(&Ref::guest("team", "ann")).await.unwrap();
    world.wait_for(&Ref::guest("partners", "ann"), "take over", followed, SOON).await.unwrap();
    assert_eq!(mails(&world, "ann@fabrikam.com"), 1);

    // One of them is not there: it is named, holds up no other, and is taken up when it appears.
    let operator = world.operator().unwrap();
    let named = |log: &str| log.lines().any(|line| line.contains("later") && line.contains("cannot be read"));
    assert!(named(&operator.log()), "the log names the namespace");
    let ready = readyz(&operator.log()).await;
    assert!(ready.starts_with("ok, but the namespace later cannot be read"), "{ready}");
    world.apply(&granted("later")).await.unwrap();
    world.apply(&in_namespace("cas", "later")).await.unwrap();
    world.wait_for(&Ref::guest("later", "cas"), "be followed", followed, SOON * 2).await.unwrap();
    assert_eq!(mails(&world, "cas@fabrikam.com"), 1);
    // Each kind has a watch and a pause of its own, so the guests of a namespace may be read before its lists are.
    let deadline = Instant::now() + SOON * 2;
    while readyz(&operator.log()).await != "ok\n" {
        assert!(Instant::now() < deadline, "{}", readyz(&operator.log()).await);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// What the probe says of the operator that has written this log.
async fn readyz(log: &str) -> String {
    let marked = log.split("probes_at=").nth(1).expect("the log names the address of the probes");
    let address = marked.split_whitespace().next().unwrap();
    reqwest::get(format!("http://{address}/readyz")).await.unwrap().text().await.unwrap()
}
