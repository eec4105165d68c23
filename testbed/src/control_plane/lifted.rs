//! Waits until admission policies that were deleted no longer act. The API server hears of a change a moment later, and of all changes in
//! order: when it acts by a new policy, it has forgotten the deleted ones.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use k8s_openapi::api::admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{DeleteParams, PostParams};
use kube::{Api, Client, Resource};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Error, Result};

/// The API server looks for new policies once a second.
const WITHIN: Duration = Duration::from_secs(30);
const BETWEEN: Duration = Duration::from_millis(50);

/// Waits until the policies that were deleted before no longer act.
///
/// # Errors
/// When the API server does not answer, or does not take the new policy in time.
pub(super) async fn until_lifted(client: &Client) -> Result<()> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("testbed-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let policies: Api<ValidatingAdmissionPolicy> = Api::all(client.clone());
    let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(client.clone());
    let configmaps = json!({
        "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"],
    });
    let refuses = json!({
        "matchConstraints": {"resourceRules": [configmaps]},
        "validations": [{"expression": format!("object.metadata.name != '{name}'")}],
    });
    put(&policies, &name, refuses).await?;
    put(&bindings, &name, json!({"policyName": name, "validationActions": ["Deny"]})).await?;
    let acts = until_it_acts(client, &name).await;
    let what = || format!("deleting the policy {name}");
    bindings.delete(&name, &DeleteParams::default()).await.map_err(Error::api(what()))?;
    policies.delete(&name, &DeleteParams::default()).await.map_err(Error::api(what()))?;
    acts
}

async fn put<K>(api: &Api<K>, name: &str, spec: Value) -> Result<()>
where
    K: Resource<DynamicType = ()> + DeserializeOwned + serde::Serialize + Clone + std::fmt::Debug,
{
    let kind = K::kind(&());
    let object = json!({"apiVersion": K::api_version(&()), "kind": kind, "metadata": {"name": name}, "spec": spec});
    let what = || format!("making the {kind} {name}");
    let object: K =
        serde_json::from_value(object).map_err(|error| Error::Other { what: what(), why: error.to_string() })?;
    api.create(&PostParams::default(), &object).await.map_err(Error::api(what()))?;
    Ok(())
}

async fn until_it_acts(client: &Client, name: &str) -> Result<()> {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), "default");
    let mut refused = ConfigMap::default();
    refused.metadata.name = Some(name.to_owned());
    let tried = PostParams { dry_run: true, ..PostParams::default() };
    let begun = Instant::now();
    while begun.elapsed() < WITHIN {
        match api.create(&tried, &refused).await {
            Err(kube::Error::Api(status)) if status.message.contains(&format!("'{name}'")) => return Ok(()),
            // One of the deleted policies may refuse it, for so long.
            Err(kube::Error::Api(status)) if status.message.contains("ValidatingAdmissionPolicy") => {}
            Err(error) => return Err(Error::api(format!("trying the policy {name}"))(error)),
            Ok(_) => {}
        }
        tokio::time::sleep(BETWEEN).await;
    }
    let what = format!("the policy {name} to act");
    Err(Error::TimedOut { what, seconds: WITHIN.as_secs(), seen: String::new() })
}
