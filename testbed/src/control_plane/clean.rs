//! Empties a control plane for the next world: what it had when it was new stays, and our own definitions where it
//! began with them.
//! What cannot be put right with certainty is said, and then the control plane is not used again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use k8s_openapi::api::rbac::v1::PolicyRule;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api, Client,
    api::{DeleteParams, DynamicObject, ListParams, ObjectList, Patch, PatchParams},
    core::ApiResource,
    discovery::{Discovery, Scope, verbs},
};
use serde_json::{Value, json};

use super::{
    ControlPlane, Definitions, client_of,
    lifted::until_lifted,
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

/// What acts for a moment after it is deleted.
const ADMISSION: &str = "admissionregistration.k8s.io";
/// Of this `until_lifted` tells when it no longer acts.
const POLICIES: [&str; 2] = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];

/// Emptying more than this costs more than a new control plane.
const MOST: usize = 300;

/// How long the API server may take until it stores objects of a new kind, or has ended those of one that goes.
const STORES_WITHIN: Duration = Duration::from_secs(30);

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

/// Notes what a new control plane has, and applies our definitions if it begins with them.
pub(super) async fn remember(plane: &mut ControlPlane, begins: Definitions) -> Result<()> {
    let objects = everything(&plane.admin).await?.iter().map(Found::place).collect();
    plane.define(begins).await?;
    plane.origin = Origin { begins, objects, definitions: definitions(&plane.admin).await? };
    Ok(())
}

/// Deletes what came after it was new.
pub(super) async fn empty(plane: &mut ControlPlane) -> Result<Emptied> {
    // The client of before ended with the test that it was made in.
    plane.admin = client_of(&plane.kubeconfig).await?;
    let client = &plane.admin;
    let came = definitions(client).await?;
    // Where it began with none, those that came go with the rest.
    let of_the_test = plane.origin.begins == Definitions::None;
    if !of_the_test && came != plane.origin.definitions {
        return Ok(Emptied::No { why: "its definitions were changed".into() });
    }
    let mut left = everything(client).await?;
    left.retain(|found| !plane.origin.objects.contains(&found.place()));
    if left.len() > MOST {
        return Ok(Emptied::No { why: format!("it has {} objects", left.len()) });
    }
    let (admission, left): (Vec<_>, Vec<_>) = left.into_iter().partition(|found| found.resource.group == ADMISSION);
    if let Some(found) = admission.iter().find(|found| !POLICIES.contains(&found.resource.kind.as_str())) {
        return Ok(Emptied::No { why: format!("it has {} {}", found.resource.kind, found.name()) });
    }
    // First, as they may refuse that the rest is deleted.
    if !admission.is_empty() {
        try_join_all(admission.iter().map(|found| delete(client, found))).await?;
        until_lifted(plane).await?;
    }
    let (namespaces, others): (Vec<_>, Vec<_>) = left.iter().partition(|found| found.resource.kind == "Namespace");
    try_join_all(others.iter().map(|found| delete(client, found))).await?;
    try_join_all(namespaces.iter().map(|found| delete_namespace(client, found))).await?;
    for binding in others.iter().filter(|found| found.resource.kind == "ClusterRoleBinding") {
        until_refused(plane, binding, &others).await?;
    }
    if of_the_test {
        try_join_all(came.keys().map(|name| delete_definition(client, name))).await?;
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
        let list = list(&api).await.map_err(Error::api(format!("listing {}", resource.plural)))?;
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

/// What the API server has. Of a kind that was defined a moment ago it asks to be asked again.
async fn list(api: &Api<DynamicObject>) -> kube::Result<ObjectList<DynamicObject>> {
    let begun = Instant::now();
    loop {
        match api.list(&ListParams::default()).await {
            Err(kube::Error::Api(status)) if status.code == 429 && begun.elapsed() < STORES_WITHIN => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            answer => return answer,
        }
    }
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

/// The API server ends the definition when it has ended what is left of its objects.
async fn delete_definition(client: &Client, name: &str) -> Result<()> {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let what = || format!("deleting the definition {name}");
    gone_or(api.delete(name, &DeleteParams::default()).await).map_err(Error::api(what()))?;
    let begun = Instant::now();
    while api.get_opt(name).await.map_err(Error::api(what()))?.is_some() {
        if begun.elapsed() > STORES_WITHIN {
            return Err(Error::TimedOut { what: what(), seconds: STORES_WITHIN.as_secs(), seen: String::new() });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
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
