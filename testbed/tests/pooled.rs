//! A control plane that is used again has nothing of what it had before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{ObjectMeta, PostParams};
use testbed::stories::{SOON, only_plane};
use testbed::world::World;

const REFUSES_ALL: &str = r"
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: nothing}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: ['*'], apiVersions: ['*'], operations: [CREATE, UPDATE, DELETE], resources: [configmaps]}]
  validations: [{expression: 'false'}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: nothing}
spec: {policyName: nothing, validationActions: [Deny]}
";

async fn plane() -> World {
    World::start(only_plane()).await.unwrap()
}

/// Policies act for a moment after they are deleted, so whoever had some was not used again: seventeen more API servers were started.
#[tokio::test]
async fn what_a_policy_refused_is_taken_and_gone_again() {
    let first = plane().await;
    let url = first.plane.url().clone();
    let make = |world: &World, name: &str| {
        let api: Api<ConfigMap> = Api::namespaced(world.plane.admin_client(), "default");
        let metadata = ObjectMeta { name: Some(name.into()), ..ObjectMeta::default() };
        let object = ConfigMap { metadata, ..ConfigMap::default() };
        async move { api.create(&PostParams::default(), &object).await.map(|_| ()) }
    };
    make(&first, "before").await.unwrap();
    first.apply(REFUSES_ALL).await.unwrap();
    let (began, mut made) = (Instant::now(), 0);
    while make(&first, &format!("more-{made}")).await.is_ok() {
        assert!(began.elapsed() < SOON, "the policy does not act");
        made += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(first);
    let again = plane().await;
    assert_eq!(again.plane.url(), &url, "it is used again");
    make(&again, "before").await.unwrap();
}
