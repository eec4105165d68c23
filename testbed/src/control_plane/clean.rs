//! Empties a control plane for the next world: what it had when it was new stays, and our own definitions.
//! What cannot be put right with certainty is said, and then the control plane is not used again.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use k8s_openapi::api::rbac::v1::PolicyRule;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api, Client,
    api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams},
    core::ApiResource,
    discovery::{Discovery, Scope, verbs},
};
use serde_json::{Value, json};

use super::{
    ControlPlane, client_of,
    origin::{Origin, Place},
};
use crate::{Error, Result};

/// What the API server keeps for itself, and what is another view of something else.
const PASSED_OVER: [&str; 7] = [
    "APIService",
    "ComponentStatus",
    "CustomResourceDefinition",
    "FlowSchema",
    "IPAddress",
    "PriorityLevelConfiguration",
    "ServiceCIDR",
];

/// Its effect goes on for a second after it is deleted.
const LINGERING: &str = "admissionregistration.k8s.io";

/// Emptying more than this costs more than a new control plane.
const MOST: usize = 300;

/// Whether the next world may have it.
pub(super) enum Emptied {
    Yes,
    No { why: String },
}

struct Found {
    resource: ApiResource,
    object: DynamicObject,
}

impl Found {
    fn place(&self) -> Place {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let metadata = &self.object.metadata;
        (self.resource.kind.clone(), text(&metadata.namespace), text(&metadata.name))
    }

    fn name(&self) -> &str {
        self.object.metadata.name.as_deref().unwrap_or_default()
    }

    fn api(&self, client: &Client) -> Api<DynamicObject> {
        match &self.object.metadata.namespace {
            Some(namespace) => Api::namespaced_with(client.clone(), namespace, &self.resource),
            None => Api::all_with(client.clone(), &self.resource),
        }
    }
}

/// Notes what a new control plane has, and applies our definitions.
pub(super) async fn remember(plane: &mut ControlPlane) -> Result<()> {
    let objects = everything(&plane.admin).await?.iter().map(Found::place).collect();
    plane.apply_crds(&crate::workspace::path("crds")).await?;
    plane.origin = Origin { objects, definitions: definitions(&plane.admin).await? };
    Ok(())
}

/// Deletes what came after it was new.
pub(super) async fn empty(plane: &mut ControlPlane) -> Result<Emptied> {
    // The client of before ended with the test that it was made in.
    plane.admin = client_of(&plane.kubeconfig).await?;
    let client = &plane.admin;
    if definitions(client).await? != plane.origin.definitions {
        return Ok(Emptied::No { why: "its definitions were changed".into() });
    }
    let mut left = everything(client).await?;
    left.retain(|found| !plane.origin.objects.contains(&found.place()));
    if let Some(found) = left.iter().find(|found| found.resource.group == LINGERING) {
        return Ok(Emptied::No { why: format!("it has {} {}", found.resource.kind, found.name()) });
    }
    if left.len() > MOST {
        return Ok(Emptied::No { why: format!("it has {} objects", left.len()) });
    }
    let (namespaces, others): (Vec<_>, Vec<_>) = left.iter().partition(|found| found.resource.kind == "Namespace");
    try_join_all(others.iter().map(|found| delete(client, found))).await?;
    try_join_all(namespaces.iter().map(|found| delete_namespace(client, found))).await?;
    for binding in others.iter().filter(|found| found.resource.kind == "ClusterRoleBinding") {
        until_refused(plane, binding, &others).await?;
    }
    Ok(Emptied::Yes)
}

/// Every object of every kind that can be deleted, but for those in namespaces of the API server's own.
async fn everything(client: &Client) -> Result<Vec<Found>> {
    let failed = |error| Error::api("finding the kinds that the API server has")(error);
    let discovery = Discovery::new(client.clone()).run_aggregated().await.map_err(failed)?;
    let kinds =
        discovery.groups().flat_map(|group| group.recommended_resources()).filter(|(resource, capabilities)| {
            let twice = resource.kind == "Event" && resource.group.is_empty();
            capabilities.supports_operation(verbs::LIST)
                && capabilities.supports_operation(verbs::DELETE)
                && !PASSED_OVER.contains(&resource.kind.as_str())
                && !twice
        });
    let lists = kinds.map(|(resource, capabilities)| async move {
        let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        let list =
            api.list(&ListParams::default()).await.map_err(Error::api(format!("listing {}", resource.plural)))?;
        let own = |object: &DynamicObject| match capabilities.scope {
            Scope::Namespaced => object.metadata.namespace.as_deref().is_some_and(is_the_api_servers),
            Scope::Cluster => {
                resource.kind == "Namespace" && object.metadata.name.as_deref().is_some_and(is_the_api_servers)
            }
        };
        let found = list.items.into_iter().filter(|object| !own(object));
        Ok::<_, Error>(found.map(|object| Found { resource: resource.clone(), object }).collect::<Vec<_>>())
    });
    Ok(try_join_all(lists).await?.into_iter().flatten().collect())
}

fn is_the_api_servers(namespace: &str) -> bool {
    namespace.starts_with("kube-")
}

/// The definitions, each with how often its spec has changed.
async fn definitions(client: &Client) -> Result<BTreeMap<String, Option<i64>>> {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let list = api.list(&ListParams::default()).await.map_err(Error::api("listing the definitions"))?;
    let named = list.items.into_iter().map(|crd| (crd.metadata.name.unwrap_or_default(), crd.metadata.generation));
    Ok(named.collect())
}

async fn delete(client: &Client, found: &Found) -> Result<()> {
    let api = found.api(client);
    let what = || format!("deleting {} {}", found.resource.kind, found.name());
    if found.object.metadata.finalizers.as_ref().is_some_and(|all| !all.is_empty()) {
        let patch = Patch::Merge(json!({ "metadata": { "finalizers": null } }));
        gone_or(api.patch(found.name(), &PatchParams::default(), &patch).await).map_err(Error::api(what()))?;
    }
    let at_once = DeleteParams { grace_period_seconds: Some(0), ..DeleteParams::default() };
    gone_or(api.delete(found.name(), &at_once).await).map_err(Error::api(what()))
}

/// No controller runs that would finalize it.
async fn delete_namespace(client: &Client, found: &Found) -> Result<()> {
    let api = found.api(client);
    let what = || format!("deleting the namespace {}", found.name());
    gone_or(api.delete(found.name(), &DeleteParams::default()).await).map_err(Error::api(what()))?;
    let body = json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": found.name() }, "spec": { "finalizers": [] },
    });
    let request = hyper::http::Request::put(format!("/api/v1/namespaces/{}/finalize", found.name()))
        .header("content-type", "application/json")
        .body(body.to_string().into_bytes())
        .map_err(|error| Error::Other { what: what(), why: error.to_string() })?;
    gone_or(client.request::<Value>(request).await).map_err(Error::api(what()))
}

/// Somebody else may have been faster.
fn gone_or<T>(answer: kube::Result<T>) -> kube::Result<()> {
    match answer {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(error) => Err(error),
    }
}

/// The authorizer hears a moment later that a binding is gone. An account of the next world has the same name.
async fn until_refused(plane: &ControlPlane, binding: &Found, others: &[&Found]) -> Result<()> {
    let data = &binding.object.data;
    let subject = &data["subjects"][0];
    let role =
        others.iter().find(|found| found.resource.kind == "ClusterRole" && data["roleRef"]["name"] == found.name());
    let (Some(role), "ServiceAccount") = (role, subject["kind"].as_str().unwrap_or_default()) else { return Ok(()) };
    let rules: Vec<PolicyRule> = serde_json::from_value(role.object.data["rules"].clone()).unwrap_or_default();
    let text = |key: &str| subject[key].as_str().unwrap_or_default();
    plane.until(false, text("namespace"), text("name"), &rules).await
}
