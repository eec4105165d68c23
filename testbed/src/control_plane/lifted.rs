//! Waits until admission policies that were deleted no longer act. The API server hears of a change a moment later, and of all changes in
//! order: when it acts by a new policy, it has forgotten the deleted ones.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{DeleteParams, PostParams};
use kube::{Api, Client};

use super::ControlPlane;
use crate::{Error, Result};

/// The API server looks for new policies once a second.
const WITHIN: Duration = Duration::from_secs(30);
const BETWEEN: Duration = Duration::from_millis(50);

/// Waits until the policies that were deleted before no longer act.
///
/// # Errors
/// When the API server does not answer, or does not take the new policy in time.
pub(super) async fn until_lifted(plane: &ControlPlane) -> Result<()> {
    // One of this name that acted before may act for a moment yet.
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("testbed-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    plane.apply(&refusing(&name)).await?;
    let acts = until_it_acts(&plane.admin, &name).await;
    for kind in ["ValidatingAdmissionPolicyBinding", "ValidatingAdmissionPolicy"] {
        let api = plane.api_of("admissionregistration.k8s.io/v1", kind, "").await?;
        let what = format!("deleting the {kind} {name}");
        api.delete(&name, &DeleteParams::default()).await.map_err(Error::api(what))?;
    }
    acts
}

/// A policy that refuses the ConfigMap `name`.
fn refusing(name: &str) -> String {
    format!(
        "apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: {name}}}
spec:
  matchConstraints:
    resourceRules: [{{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}}]
  validations: [{{expression: 'object.metadata.name != \"{name}\"'}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: {name}}}
spec: {{policyName: {name}, validationActions: [Deny]}}
"
    )
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
