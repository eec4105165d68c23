//! Who asked the API server for what, from its own audit log.
//! The tests of the chart hold it against the rights that the chart grants.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{Error, Folder, Result};

const POLICY: &str =
    "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n";
const LOG: &str = "audit.log";

/// What one request asked for, in RBAC's words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// The verb.
    pub verb: String,
    /// The API group; empty for the core one.
    pub group: String,
    /// The resource, with the subresource behind a slash.
    pub resource: String,
    /// The namespace; empty for all of them, or for a cluster-wide resource.
    pub namespace: String,
    /// The name; empty where the request has none.
    pub name: String,
    /// Whether the API server's answer was 403.
    pub denied: bool,
}

/// Has every request written down as it is answered.
pub(super) fn flags(folder: &Folder) -> Result<Vec<String>> {
    let policy = folder.write("audit-policy.yaml", POLICY)?;
    let log = folder.path().join(LOG);
    Ok(vec![
        format!("--audit-policy-file={}", policy.display()),
        format!("--audit-log-path={}", log.display()),
        "--audit-log-mode=blocking".into(),
    ])
}

/// Everything that the service account has asked for so far, by the log in the control plane's folder.
pub(super) fn asked_by(folder: &Folder, namespace: &str, account: &str) -> Result<BTreeSet<Asked>> {
    let path = folder.path().join(LOG);
    let log = std::fs::read_to_string(&path).map_err(Error::io(format!("reading {}", path.display())))?;
    let user = format!("system:serviceaccount:{namespace}:{account}");
    let events = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(events.filter(|event| event["user"]["username"] == user.as_str()).filter_map(|event| asked(&event)).collect())
}

fn asked(event: &Value) -> Option<Asked> {
    let object = event.get("objectRef")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let resource = match object["subresource"].as_str() {
        Some(subresource) => format!("{}/{subresource}", text(&object["resource"])),
        None => text(&object["resource"]),
    };
    Some(Asked {
        verb: text(&event["verb"]),
        group: text(&object["apiGroup"]),
        resource,
        namespace: text(&object["namespace"]),
        name: text(&object["name"]),
        denied: event["responseStatus"]["code"] == 403,
    })
}
