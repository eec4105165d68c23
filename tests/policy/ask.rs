//! Asks both: the API server by a dry run, and the operator's own judgement.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use guestlist::api::{AccessRule, Defaults, Explanation, GuestInvitationSpec};
use guestlist::policy::{Ask, Ruling, judge};
use jiff::Timestamp;
use kube::api::{DynamicObject, PostParams};
use serde_json::{Value, json};
use testbed::World;

/// An EntraTenant with rules and defaults, of which nothing is ever called.
pub fn tenant(name: &str, access: &[Value], defaults: &Value) -> Value {
    let mut spec = json!({
        "tenantId": "11111111-2222-3333-4444-555555555555",
        "credentials": {"clientSecret": {"clientId": "x", "secretRef": {"name": "x"}}},
        "access": access,
    });
    if !defaults.is_null() {
        spec["defaults"] = defaults.clone();
    }
    json!({"apiVersion": "guestlist.dev/v1alpha1", "kind": "EntraTenant", "metadata": {"name": name}, "spec": spec})
}

/// A GuestInvitation.
pub fn guest(namespace: &str, name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "guestlist.dev/v1alpha1",
        "kind": "GuestInvitation",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    })
}

/// What the API server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Yes,
    /// The policy says no.
    Policy(String),
    /// The definition says no, before any policy is asked.
    Schema(String),
}

/// Would the API server take `object`?
pub async fn server(world: &World, object: &Value) -> Said {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let namespace = text(&object["metadata"]["namespace"]);
    let api = world.plane.api_of("guestlist.dev/v1alpha1", &text(&object["kind"]), &namespace).await.unwrap();
    let object: DynamicObject = serde_json::from_value(object.clone()).unwrap();
    match api.create(&PostParams { dry_run: true, ..PostParams::default() }, &object).await {
        Ok(_) => Said::Yes,
        Err(kube::Error::Api(status)) if status.message.contains("ValidatingAdmissionPolicy") => {
            assert!(!status.message.contains("expression"), "an expression failed: {}", status.message);
            Said::Policy(status.message)
        }
        Err(kube::Error::Api(status)) if status.code == 422 => Said::Schema(status.message),
        Err(error) => panic!("{error}"),
    }
}

/// What the operator says to a guest of `namespace` whose GuestInvitation was made at `created`.
pub fn operator(
    tenant: &Value,
    (namespace, labels): (&str, &BTreeMap<String, String>),
    spec: &Value,
    created: Option<Timestamp>,
) -> Ruling {
    let rules: Vec<AccessRule> = serde_json::from_value(tenant["spec"]["access"].clone()).unwrap();
    let defaults: Option<Defaults> = serde_json::from_value(tenant["spec"]["defaults"].clone()).unwrap();
    let spec: GuestInvitationSpec = serde_json::from_value(spec.clone()).unwrap();
    let defaults = defaults.unwrap_or_default();
    let (labels, defaults) = (Some(labels), &defaults);
    judge(&rules, &Ask { namespace, labels, spec: &spec, created, defaults, own: None, shares: false, before: 0 })
}

/// What the operator finds wrong with an address or a URL of the guest, whatever the rules say.
pub fn fault(spec: &Value) -> Option<Explanation> {
    serde_json::from_value::<GuestInvitationSpec>(spec.clone()).unwrap().fault()
}

/// Makes the namespace and gives it `labels` besides the one that every namespace has.
pub async fn namespace(world: &World, name: &str, labels: &[(String, String)]) -> BTreeMap<String, String> {
    let labels: BTreeMap<String, String> = labels.iter().cloned().collect();
    let manifest = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}});
    world.apply(&manifest.to_string()).await.unwrap();
    let mut labels = labels;
    labels.insert("kubernetes.io/metadata.name".into(), name.into());
    labels
}

/// Applies the definitions as an older version might have had them: any address, any URL.
pub async fn loosen(world: &World) {
    let folder = tempfile::tempdir().unwrap();
    for file in ["entratenants", "guestinvitations", "guestlists", "guests"] {
        let name = format!("{file}.guestlist.dev.yaml");
        let mut crd: Value =
            serde_saphyr::from_str(&testbed::workspace::text(&format!("crds/{name}")).unwrap()).unwrap();
        let spec = &mut crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"];
        if file == "guestinvitations" {
            for field in ["/email", "/redeemAs", "/redirectUrl", "/message/properties/cc/items"] {
                let schema = spec.pointer_mut(field).and_then(Value::as_object_mut).unwrap();
                for rule in ["x-kubernetes-validations", "minLength", "maxLength"] {
                    schema.remove(rule).unwrap();
                }
            }
        }
        std::fs::write(folder.path().join(name), serde_json::to_string(&crd).unwrap()).unwrap();
    }
    world.plane.apply_crds(folder.path()).await.unwrap();
}

/// Applies a file of the workspace.
pub async fn admit(world: &World, file: &str) {
    world.apply(&std::fs::read_to_string(testbed::workspace::path(file)).unwrap()).await.unwrap();
}

/// Waits until the policies are in force and know every EntraTenant that was applied so far: a last one, which is heard of
/// after the others, lets nobody in.
pub async fn in_force(world: &World, namespace: &str) {
    let name = format!("probe-{}", fastrand::u64(..));
    let nobody = json!({"emailDomains": ["nobody.example"]});
    // Of a directory of its own: of two with one directory only one works, and that has to be the world's.
    let mut manifest = tenant(&name, &[nobody], &Value::Null);
    manifest["spec"]["tenantId"] = json!("99999999-2222-3333-4444-555555555555");
    world.apply(&manifest.to_string()).await.unwrap();
    let probe = json!({"tenantRef": {"name": name}, "email": "somebody@fabrikam.com"});
    let list = json!({
        "apiVersion": "guestlist.dev/v1alpha1",
        "kind": "GuestList",
        "metadata": {"name": "probe", "namespace": namespace},
        "spec": {"guests": [probe]},
    });
    let deadline = Instant::now() + Duration::from_secs(60);
    for object in [guest(namespace, "probe", &probe), list] {
        while !matches!(server(world, &object).await, Said::Policy(_)) {
            assert!(Instant::now() < deadline, "the policies never came into force");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
