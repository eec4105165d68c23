//! A world whose operator is what Helm installed: the Deployment's arguments and environment, the chart's ServiceAccount and rights.
//! There is no kubelet, so the test is the kubelet: it starts the container's process with a token of the pod's account.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use entra_simulator::{Config, TenantConfig};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use kube::Api;
use kube::api::PostParams;
use serde_json::{Value, json};
use testbed::stories::helm::{self, NAMESPACE, RELEASE};
use testbed::stories::installed::{deployed, deployment};
use testbed::stories::{SOON, every_right};
use testbed::world::{TenantManifest, World, WorldConfig};
use testbed::{Asked, ControlPlane, Definitions, PlaneConfig, Pooled};

/// One thing that the chart allows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Granted {
    /// The namespace of the Role; empty for a ClusterRole.
    pub namespace: String,
    pub verb: String,
    pub group: String,
    pub resource: String,
    /// The only name it is for; empty for all.
    pub name: String,
}

impl Granted {
    /// Whether a request needed just this right.
    pub fn covers(&self, asked: &Asked) -> bool {
        let same = self.verb == asked.verb && self.group == asked.group && self.resource == asked.resource;
        same && (self.namespace.is_empty() || self.namespace == asked.namespace)
            && (self.name.is_empty() || self.name == asked.name)
    }
}

/// A control plane without our definitions: the chart brings them.
pub async fn plane(config: PlaneConfig) -> Pooled {
    Pooled::take(&config, Definitions::None).await.unwrap()
}

/// A port that nobody takes before the operator does, which may be many seconds later: it lies below those that the system hands
/// out, and no other story of this process is given it.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let beginning = u16::try_from(std::process::id() % 12_000).unwrap();
    let mut ports = (0..12_000).map(|_| 20_000 + (beginning + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000);
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
}

/// The settings under which two worlds can run on one machine: the port is the test's, the rest is the chart's.
fn settings(more: &[&str]) -> Vec<String> {
    let port = free_port();
    let own = [format!("httpAddress=127.0.0.1:{port}"), "settlingTime=30s".into()];
    own.into_iter().chain(more.iter().map(ToString::to_string)).collect()
}

/// Installs the chart and starts its operator.
pub async fn installed(config: PlaneConfig, more: &[&str], counted: Config) -> World {
    let plane = plane(config).await;
    plane.namespace("team").await.unwrap();
    let settings = settings(more);
    helm::install(&plane, &helm::chart(), &settings.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    running(plane, counted).await
}

/// Starts the operator that is installed on the plane, with a tenant. There is no kubelet, so the test is the kubelet.
pub async fn running(plane: Pooled, entra: Config) -> World {
    let deployed = deployed(&plane).await;
    in_force(&plane).await;
    let world = World::start_on(
        plane,
        WorldConfig {
            entra: Some(entra),
            tenant: Some(TenantManifest { more: json!({"access": every_right()}), ..TenantManifest::default() }),
            // So that a write can be held back; see `story::overtaken`.
            interposed: true,
            counted: |path| path.ends_with("/overtaken/status"),
            ..deployed
        },
    )
    .await
    .unwrap();
    world.plane.namespace("team").await.unwrap();
    world
}

/// The address at which the operator answers.
pub async fn address(plane: &ControlPlane) -> String {
    let deployment = deployment(plane).await;
    let args = deployment["spec"]["template"]["spec"]["containers"][0]["args"].clone();
    let args: Vec<String> = serde_json::from_value(args).unwrap();
    args.iter().find_map(|arg| arg.strip_prefix("--http-address=")).unwrap().to_owned()
}

/// Everything that the bindings of the operator's ServiceAccount allow.
pub async fn granted(plane: &ControlPlane) -> BTreeSet<Granted> {
    let mut all = BTreeSet::new();
    for (binding, role) in [("ClusterRoleBinding", "ClusterRole"), ("RoleBinding", "Role")] {
        let api = all_of(plane, binding).await;
        for bound in api {
            let ours = bound["subjects"].as_array().into_iter().flatten();
            if !ours.clone().any(|subject| subject["name"] == RELEASE && subject["namespace"] == NAMESPACE) {
                continue;
            }
            let namespace = bound["metadata"]["namespace"].as_str().unwrap_or_default();
            let name = bound["roleRef"]["name"].as_str().unwrap();
            let role =
                plane.api_of("rbac.authorization.k8s.io/v1", role, namespace).await.unwrap().get(name).await.unwrap();
            all.extend(rights(namespace, &serde_json::to_value(role).unwrap()));
        }
    }
    all
}

async fn all_of(plane: &ControlPlane, kind: &str) -> Vec<Value> {
    let client = plane.admin_client();
    let gvk = kube::core::GroupVersionKind::gvk("rbac.authorization.k8s.io", "v1", kind);
    let (resource, _) = kube::discovery::pinned_kind(&client, &gvk).await.unwrap();
    let api: Api<kube::api::DynamicObject> = Api::all_with(client, &resource);
    let list = api.list(&Default::default()).await.unwrap();
    list.items.into_iter().map(|one| serde_json::to_value(one).unwrap()).collect()
}

/// Each verb on each resource that a role's rules name.
pub fn rights(namespace: &str, role: &Value) -> Vec<Granted> {
    let list = |value: &Value| -> Vec<String> { serde_json::from_value(value.clone()).unwrap_or_default() };
    let mut all = Vec::new();
    for rule in role["rules"].as_array().into_iter().flatten() {
        let names = Some(list(&rule["resourceNames"])).filter(|names| !names.is_empty()).unwrap_or(vec![String::new()]);
        for group in list(&rule["apiGroups"]) {
            for resource in list(&rule["resources"]) {
                for verb in list(&rule["verbs"]) {
                    for name in names.clone() {
                        let (namespace, group, resource) = (namespace.to_owned(), group.clone(), resource.clone());
                        all.push(Granted { namespace, verb: verb.clone(), group, resource, name });
                    }
                }
            }
        }
    }
    all
}

/// The authorizer hears of new bindings a moment after they are written.
pub async fn in_force(plane: &ControlPlane) {
    for right in granted(plane).await {
        until_allowed(plane, &right, true).await;
    }
}

/// Waits until the operator's account is, or is no more, allowed something.
pub async fn until_allowed(plane: &ControlPlane, right: &Granted, wanted: bool) {
    let (resource, subresource) = match right.resource.split_once('/') {
        Some((resource, subresource)) => (resource, Some(subresource.to_owned())),
        None => (right.resource.as_str(), None),
    };
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let attributes = ResourceAttributes {
        namespace: some(&right.namespace),
        verb: Some(right.verb.clone()),
        group: Some(right.group.clone()),
        resource: Some(resource.into()),
        subresource,
        name: some(&right.name),
        ..Default::default()
    };
    let user = Some(format!("system:serviceaccount:{NAMESPACE}:{RELEASE}"));
    let spec = SubjectAccessReviewSpec { user, resource_attributes: Some(attributes), ..Default::default() };
    let review = SubjectAccessReview { spec, ..Default::default() };
    let reviews: Api<SubjectAccessReview> = Api::all(plane.admin_client());
    let begun = Instant::now();
    loop {
        let answer = reviews.create(&PostParams::default(), &review).await.unwrap();
        if answer.status.unwrap().allowed == wanted {
            return;
        }
        assert!(begun.elapsed() < SOON, "{right:?} should become allowed={wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The application's id and secret of the simulator, for a chart that names them.
pub fn app() -> (String, String) {
    let app = TenantConfig::default().apps.remove(0);
    (app.client_id, app.secrets[0].value.clone())
}
