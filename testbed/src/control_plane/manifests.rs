//! Applies manifests as `kubectl apply --server-side` would, whatever kinds they hold.
//! The kinds are looked up in the API server, so a resource of a definition applied a moment ago works too.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api,
    api::{DynamicObject, Patch, PatchParams},
    core::{ApiResource, GroupVersionKind},
    discovery::{self, Scope},
    runtime::wait::{await_condition, conditions},
};
use serde_json::Value;

use super::{ControlPlane, Definitions};
use crate::{Error, Result, workspace};

/// The field manager of what the testbed applies by itself.
pub(super) const MANAGER: &str = "testbed";

const ESTABLISHED_WITHIN: Duration = Duration::from_secs(30);
const SERVED_WITHIN: Duration = Duration::from_secs(10);

impl ControlPlane {
    /// Applies every manifest in the text and returns what the API server made of each.
    pub async fn apply(&self, yaml: &str) -> Result<Vec<DynamicObject>> {
        self.apply_as(MANAGER, yaml).await
    }

    /// As `apply`, under another field manager.
    pub async fn apply_as(&self, manager: &str, yaml: &str) -> Result<Vec<DynamicObject>> {
        let mut applied = Vec::new();
        for object in documents("the text", yaml)? {
            applied.push(self.apply_object(manager, object).await?);
        }
        Ok(applied)
    }

    /// Applies the definitions that a world begins with.
    pub(super) async fn define(&self, definitions: Definitions) -> Result<()> {
        match definitions {
            Definitions::Ours => self.apply_crds(&workspace::path("crds")).await,
            Definitions::None => Ok(()),
        }
    }

    /// Applies the custom resource definitions in a folder's YAML files and waits until each is established.
    pub async fn apply_crds(&self, folder: &Path) -> Result<()> {
        let mut names = Vec::new();
        for file in yaml_files(folder)? {
            let text = std::fs::read_to_string(&file).map_err(Error::io(format!("reading {}", file.display())))?;
            for object in documents(&file.display().to_string(), &text)? {
                if object["kind"] == "CustomResourceDefinition" {
                    names.push(object["metadata"]["name"].as_str().unwrap_or_default().to_string());
                    self.apply_object(MANAGER, object).await?;
                }
            }
        }
        if names.is_empty() {
            let (what, why) = (folder.display().to_string(), "it holds no CustomResourceDefinition".into());
            return Err(Error::Manifest { what, why });
        }
        for name in names {
            let crds: Api<CustomResourceDefinition> = Api::all(self.admin_client());
            let established = await_condition(crds, &name, conditions::is_crd_established());
            match tokio::time::timeout(ESTABLISHED_WITHIN, established).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    let what = format!("watching the definition {name}");
                    return Err(Error::Other { what, why: crate::error::chain(&error) });
                }
                Err(_) => {
                    let (what, seconds) = (format!("{name} to be established"), ESTABLISHED_WITHIN.as_secs());
                    return Err(Error::TimedOut { what, seconds, seen: String::new() });
                }
            }
        }
        Ok(())
    }

    /// The API for a kind named as in a manifest; the namespace is left out of account for a cluster-wide kind.
    pub async fn api_of(&self, api_version: &str, kind: &str, namespace: &str) -> Result<Api<DynamicObject>> {
        let (resource, scope) = self.served(api_version, kind).await?;
        Ok(match scope {
            Scope::Cluster => Api::all_with(self.admin_client(), &resource),
            Scope::Namespaced => Api::namespaced_with(self.admin_client(), namespace, &resource),
        })
    }

    async fn apply_object(&self, manager: &str, object: Value) -> Result<DynamicObject> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let (kind, name) = (text(&object["kind"]), text(&object["metadata"]["name"]));
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or("default");
        let api = self.api_of(&text(&object["apiVersion"]), &kind, namespace).await?;
        let params = PatchParams {
            field_validation: Some(kube::api::ValidationDirective::Strict),
            ..PatchParams::apply(manager).force()
        };
        api.patch(&name, &params, &Patch::Apply(&object)).await.map_err(Error::api(format!("applying {kind} {name}")))
    }

    /// How the API server serves a kind: its resource, and whether it has a namespace.
    pub(crate) async fn served(&self, api_version: &str, kind: &str) -> Result<(ApiResource, Scope)> {
        let key = (api_version.to_owned(), kind.to_owned());
        if let Some((resource, scope)) = self.served.lock().await.get(&key) {
            return Ok((resource.clone(), scope.clone()));
        }
        let found = self.discover(api_version, kind).await?;
        self.served.lock().await.insert(key, found.clone());
        Ok(found)
    }

    async fn discover(&self, api_version: &str, kind: &str) -> Result<(ApiResource, Scope)> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let wanted = GroupVersionKind::gvk(group, version, kind);
        let begun = Instant::now();
        loop {
            match discovery::pinned_kind(&self.admin, &wanted).await {
                Ok((resource, capabilities)) => return Ok((resource, capabilities.scope)),
                // A definition is established a moment before its kind is found.
                Err(_) if begun.elapsed() < SERVED_WITHIN => tokio::time::sleep(Duration::from_millis(50)).await,
                Err(error) => return Err(Error::api(format!("looking for the kind {kind} of {api_version}"))(error)),
            }
        }
    }
}

/// The manifests of a YAML text, each checked to say what it is.
pub(crate) fn documents(what: &str, yaml: &str) -> Result<Vec<Value>> {
    let wrong = |why: String| Error::Manifest { what: what.into(), why };
    let all: Vec<Value> = serde_saphyr::from_multiple(yaml).map_err(|error| wrong(error.to_string()))?;
    let all: Vec<Value> = all.into_iter().filter(|document| !document.is_null()).collect();
    for document in &all {
        for (field, value) in [
            ("apiVersion", &document["apiVersion"]),
            ("kind", &document["kind"]),
            ("metadata.name", &document["metadata"]["name"]),
        ] {
            if value.as_str().is_none_or(str::is_empty) {
                return Err(wrong(format!("a document has no {field}")));
            }
        }
    }
    Ok(all)
}

/// The YAML files of a folder, in the order of their names.
pub(crate) fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(Error::io(format!("listing {}", folder.display())))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml"))
        .collect();
    files.sort();
    Ok(files)
}
