//! Namespaces and service accounts, with exactly the rights that a test gives them.
//! The operator runs as such an account, so a verb that its role lacks shows in the tests.

use std::{path::PathBuf, time::Duration};

use k8s_openapi::api::{
    authentication::v1::{TokenRequest, TokenRequestSpec},
    authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec},
    core::v1::{Namespace, ServiceAccount as AccountResource},
    rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule},
};
use kube::{
    Api, Client, Resource,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};

use super::{ControlPlane, client_of, kubeconfig};
use crate::{Error, Result};

const ONE_DAY: i64 = 24 * 60 * 60;

/// What a service account may do, in the whole cluster.
#[derive(Debug, Clone)]
pub enum Grant {
    /// These rules.
    Rules(Vec<PolicyRule>),
    /// What a ClusterRole that is there already allows. (`admin`, `edit` and `view` allow nothing: what fills them is a
    /// controller, and none runs here. Take `system:aggregate-to-edit` and its like.)
    ClusterRole(String),
}

/// A service account with a token for a day.
#[derive(Debug, Clone)]
pub struct ServiceAccount {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its bearer token.
    pub token: String,
    /// A kubeconfig file that signs in with the token.
    pub kubeconfig: PathBuf,
}

impl ServiceAccount {
    /// A client that signs in as this account.
    pub async fn client(&self) -> Result<Client> {
        client_of(&self.kubeconfig).await
    }
}

impl ControlPlane {
    /// Makes a namespace, unless it is there.
    pub async fn namespace(&self, name: &str) -> Result<()> {
        let api: Api<Namespace> = Api::all(self.admin.clone());
        put(&api, name, json!({ "apiVersion": "v1", "kind": "Namespace" })).await
    }

    /// Makes a service account (and its namespace), binds it to the grants and fetches a token for it.
    /// With no grants it may do no more than any signed-in user.
    pub async fn service_account(&self, namespace: &str, name: &str, grants: &[Grant]) -> Result<ServiceAccount> {
        self.namespace(namespace).await?;
        let accounts: Api<AccountResource> = Api::namespaced(self.admin.clone(), namespace);
        put(&accounts, name, json!({ "apiVersion": "v1", "kind": "ServiceAccount" })).await?;
        for (number, grant) in grants.iter().enumerate() {
            self.bind(namespace, name, number, grant).await?;
        }
        self.sign_in(namespace, name).await
    }

    /// A token for a service account that is there already.
    pub async fn sign_in(&self, namespace: &str, name: &str) -> Result<ServiceAccount> {
        let token = self.token(namespace, name).await?;
        let file = format!("{namespace}.{name}.kubeconfig");
        let config = kubeconfig::with_token(&self.url, &self.ca_pem, &token, namespace)?;
        let kubeconfig = self.folder.write(&file, &config)?;
        Ok(ServiceAccount { namespace: namespace.into(), name: name.into(), token, kubeconfig })
    }

    /// A kubeconfig file for an account that reaches the API server by another way, such as an `Interposer`.
    pub fn kubeconfig_through(&self, account: &ServiceAccount, url: &url::Url, ca_pem: &str) -> Result<PathBuf> {
        let port = url.port_or_known_default().unwrap_or_default();
        let file = format!("{}.{}.through-{port}.kubeconfig", account.namespace, account.name);
        self.folder.write(&file, &kubeconfig::with_token(url, ca_pem, &account.token, &account.namespace)?)
    }

    async fn bind(&self, namespace: &str, name: &str, number: usize, grant: &Grant) -> Result<()> {
        let bound = format!("testbed:{namespace}:{name}:{number}");
        let role = match grant {
            Grant::ClusterRole(role) => role.clone(),
            Grant::Rules(rules) => {
                let api: Api<ClusterRole> = Api::all(self.admin.clone());
                let role =
                    json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "rules": rules });
                put(&api, &bound, role).await?;
                bound.clone()
            }
        };
        let api: Api<ClusterRoleBinding> = Api::all(self.admin.clone());
        let binding = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role },
            "subjects": [{ "kind": "ServiceAccount", "namespace": namespace, "name": name }],
        });
        put(&api, &bound, binding).await?;
        self.until_allowed(namespace, name, &role).await
    }

    /// The authorizer hears of a new binding a moment after it is written; a test that starts sooner would be refused.
    async fn until_allowed(&self, namespace: &str, name: &str, role: &str) -> Result<()> {
        let roles: Api<ClusterRole> = Api::all(self.admin.clone());
        let role = roles.get(role).await.map_err(Error::api(format!("reading the ClusterRole {role}")))?;
        self.until(true, namespace, name, role.rules.as_deref().unwrap_or_default()).await
    }

    /// Waits until the authorizer allows, or no longer allows, what these rules give to a service account.
    pub(super) async fn until(&self, allowed: bool, namespace: &str, name: &str, rules: &[PolicyRule]) -> Result<()> {
        let Some(attributes) = rules.iter().find_map(one_allowed) else { return Ok(()) };
        let spec = SubjectAccessReviewSpec {
            user: Some(format!("system:serviceaccount:{namespace}:{name}")),
            resource_attributes: Some(attributes),
            ..SubjectAccessReviewSpec::default()
        };
        let review = SubjectAccessReview { spec, ..SubjectAccessReview::default() };
        let reviews: Api<SubjectAccessReview> = Api::all(self.admin.clone());
        for _ in 0..500 {
            let answer = reviews.create(&PostParams::default(), &review).await;
            let answer = answer.map_err(Error::api("asking whether a change of rights is heard of"))?;
            if answer.status.is_some_and(|status| status.allowed) == allowed {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let what = format!("the rights of {namespace}/{name} to be {}", if allowed { "in force" } else { "gone" });
        Err(Error::TimedOut { what, seconds: 5, seen: String::new() })
    }

    async fn token(&self, namespace: &str, name: &str) -> Result<String> {
        let accounts: Api<AccountResource> = Api::namespaced(self.admin.clone(), namespace);
        let spec = TokenRequestSpec { expiration_seconds: Some(ONE_DAY), ..TokenRequestSpec::default() };
        let request = TokenRequest { spec, ..TokenRequest::default() };
        let what = format!("fetching a token for the service account {namespace}/{name}");
        let answer =
            accounts.create_token_request(name, &PostParams::default(), &request).await.map_err(Error::api(&what))?;
        answer
            .status
            .map(|status| status.token)
            .ok_or_else(|| Error::Other { what, why: "the answer holds none".into() })
    }
}

/// One request that a rule allows, to see by it whether the rule is in force.
fn one_allowed(rule: &PolicyRule) -> Option<ResourceAttributes> {
    let first = |list: &Option<Vec<String>>| list.as_ref().and_then(|list| list.first().cloned());
    let resource = first(&rule.resources)?;
    let (resource, subresource) = match resource.split_once('/') {
        Some((resource, subresource)) => (resource.to_string(), Some(subresource.to_string())),
        None => (resource, None),
    };
    Some(ResourceAttributes {
        group: first(&rule.api_groups),
        resource: Some(resource),
        subresource,
        name: first(&rule.resource_names),
        verb: rule.verbs.first().cloned(),
        ..ResourceAttributes::default()
    })
}

/// Applies an object under its name.
async fn put<K>(api: &Api<K>, name: &str, mut object: Value) -> Result<()>
where
    K: Resource + Clone + serde::de::DeserializeOwned + std::fmt::Debug,
{
    object["metadata"] = json!({ "name": name });
    let params = PatchParams::apply(super::manifests::MANAGER).force();
    let what = format!("applying {} {name}", object["kind"].as_str().unwrap_or_default());
    api.patch(name, &params, &Patch::Apply(object)).await.map_err(Error::api(what))?;
    Ok(())
}
