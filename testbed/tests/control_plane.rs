//! The control plane is real, is one's own, and its rights are enforced.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Instant;

use k8s_openapi::api::{
    core::v1::{ConfigMap, Namespace},
    rbac::v1::PolicyRule,
};
use kube::{Api, api::ListParams};
use testbed::{ControlPlane, Grant};

#[tokio::test]
async fn two_start_at_once_and_do_not_meet() {
    let begun = Instant::now();
    let (one, two) = tokio::join!(ControlPlane::start(), ControlPlane::start());
    let (one, two) = (one.unwrap(), two.unwrap());
    eprintln!("two control planes were ready after {:?}", begun.elapsed());
    assert_ne!(one.url(), two.url());

    one.namespace("only-in-one").await.unwrap();
    let names = |plane: &ControlPlane| {
        let api: Api<Namespace> = Api::all(plane.admin_client());
        async move {
            api.list(&ListParams::default())
                .await
                .unwrap()
                .items
                .into_iter()
                .filter_map(|n| n.metadata.name)
                .collect::<Vec<_>>()
        }
    };
    assert!(names(&one).await.contains(&"only-in-one".to_string()));
    assert!(!names(&two).await.contains(&"only-in-one".to_string()));

    let folder = one.folder().path().to_path_buf();
    one.stop();
    assert!(!folder.exists(), "the data is removed at the end");
    assert!(!names(&two).await.is_empty(), "the other one still runs");
}

#[tokio::test]
async fn an_account_may_do_what_it_is_granted_and_no_more() {
    let plane = ControlPlane::start().await.unwrap();
    let unbound = plane.service_account("team", "unbound", &[]).await.unwrap();
    let maps: Api<ConfigMap> = Api::namespaced(unbound.client().await.unwrap(), "team");
    let refused = maps.list(&ListParams::default()).await.unwrap_err();
    assert!(refused.to_string().contains("forbidden"), "{refused}");

    let rule = PolicyRule {
        api_groups: Some(vec![String::new()]),
        resources: Some(vec!["configmaps".into()]),
        verbs: vec!["list".into()],
        ..PolicyRule::default()
    };
    let reader = plane.service_account("team", "reader", &[Grant::Rules(vec![rule])]).await.unwrap();
    let maps: Api<ConfigMap> = Api::namespaced(reader.client().await.unwrap(), "team");
    maps.list(&ListParams::default()).await.unwrap();
    let refused = maps.delete("any", &Default::default()).await.unwrap_err();
    assert!(refused.to_string().contains("forbidden"), "{refused}");

    let viewer = plane
        .service_account("team", "viewer", &[Grant::ClusterRole("system:aggregate-to-view".into())])
        .await
        .unwrap();
    let maps: Api<ConfigMap> = Api::namespaced(viewer.client().await.unwrap(), "team");
    maps.list(&ListParams::default()).await.unwrap();
}

const WIDGETS: &str = r#"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.testbed.example }
spec:
  group: testbed.example
  scope: Namespaced
  names: { kind: Widget, plural: widgets }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: { spec: { type: object, properties: { size: { type: integer, maximum: 3 } } } }
"#;

#[tokio::test]
async fn definitions_and_manifests_are_applied() {
    let plane = ControlPlane::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("widgets.yaml"), WIDGETS).unwrap();
    plane.apply_crds(folder.path()).await.unwrap();

    let widget = |size: u8| {
        format!(
            "apiVersion: testbed.example/v1\nkind: Widget\nmetadata: {{ name: w, namespace: shop }}\nspec: {{ size: {size} }}\n"
        )
    };
    let both = format!("apiVersion: v1\nkind: Namespace\nmetadata: {{ name: shop }}\n---\n{}", widget(3));
    let applied = plane.apply(&both).await.unwrap();
    assert_eq!(applied.len(), 2);
    assert_eq!(applied[1].data["spec"]["size"], 3);

    let refused = plane.apply(&widget(4)).await.unwrap_err();
    assert_eq!(refused.code(), Some(422));
    assert!(refused.to_string().contains("should be less than or equal to 3"), "{refused}");
    let unknown = plane.apply(&widget(1).replace("size", "colour")).await.unwrap_err();
    assert!(unknown.to_string().contains("colour"), "{unknown}");
    assert!(plane.apply("kind: Widget").await.is_err());
}
