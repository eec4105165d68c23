//! Whether the API server serves every field that this version writes.
//! Helm and GitOps can leave a CRD behind that is older than the operator; then status writes fail, or lose the record.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{CustomResourceDefinition, JSONSchemaProps};
use kube::{Api, Client, ResourceExt};

use crate::api;

/// What is missing.
#[derive(Debug, thiserror::Error)]
pub enum SchemaGap {
    /// A CRD is not installed.
    #[error(
        "the CustomResourceDefinition {0} is not installed: apply the files of crds/, or install the chart with crds.enabled=true"
    )]
    Missing(String),
    /// A CRD lacks fields.
    #[error("the CustomResourceDefinition {name} is older than this operator, it lacks {}: apply the files of crds/ of this version", fields.join(", "))]
    Older {
        /// Its name.
        name: String,
        /// The first fields that it lacks.
        fields: Vec<String>,
    },
    /// The API server could not be asked.
    #[error("the CustomResourceDefinitions cannot be read: {0}")]
    Unreadable(#[from] kube::Error),
}

/// Compares the served CRDs with those that this version was built with.
///
/// # Errors
/// The first gap.
pub async fn served_schema_gaps(client: &Client) -> Result<(), SchemaGap> {
    let served: Api<CustomResourceDefinition> = Api::all(client.clone());
    for ours in api::crds() {
        let name = ours.name_any();
        let theirs = served.get_opt(&name).await?;
        let theirs = theirs.ok_or_else(|| SchemaGap::Missing(name.clone()))?;
        let fields = lacking(&ours, &theirs);
        if !fields.is_empty() {
            return Err(SchemaGap::Older { name, fields });
        }
    }
    Ok(())
}

fn lacking(ours: &CustomResourceDefinition, theirs: &CustomResourceDefinition) -> Vec<String> {
    let mut missing = Vec::new();
    for version in &ours.spec.versions {
        let schema = |crd: &CustomResourceDefinition| {
            let version = crd.spec.versions.iter().find(|served| served.name == version.name && served.served)?;
            version.schema.as_ref()?.open_api_v3_schema.clone()
        };
        match (schema(ours), schema(theirs)) {
            (Some(ours), Some(theirs)) => compare(&ours, &theirs, "", &mut missing),
            _ => missing.push(format!("version {}", version.name)),
        }
    }
    missing.truncate(5);
    missing
}

fn compare(ours: &JSONSchemaProps, theirs: &JSONSchemaProps, path: &str, missing: &mut Vec<String>) {
    if theirs.x_kubernetes_preserve_unknown_fields == Some(true) {
        return;
    }
    for (name, ours) in ours.properties.iter().flatten() {
        let path = format!("{path}.{name}");
        match theirs.properties.as_ref().and_then(|properties| properties.get(name)) {
            Some(theirs) => compare(ours, theirs, &path, missing),
            None => missing.push(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_crd_is_told_by_the_field_that_it_lacks() {
        let ours = api::crds().remove(1);
        assert!(lacking(&ours, &ours).is_empty());
        let mut older = ours.clone();
        let schema = older.spec.versions[0].schema.as_mut().unwrap().open_api_v3_schema.as_mut().unwrap();
        let status = schema.properties.as_mut().unwrap().get_mut("status").unwrap();
        let invitation = status.properties.as_mut().unwrap().get_mut("invitation").unwrap();
        invitation.properties.as_mut().unwrap().remove("attempt");
        assert_eq!(lacking(&ours, &older), [".status.invitation.attempt"]);
    }
}
