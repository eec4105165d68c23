//! Waits until an object is as a test expects it, by watching it.
//! If it never is, the error shows the object, the operator's log and the simulator's journal.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use kube::api::DynamicObject;
use kube::runtime::{WatchStreamExt as _, watcher};
use serde_json::Value;

use super::World;
use crate::{Error, Result};

/// Names one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ref {
    /// Such as `guestlist.dev/v1alpha1`.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its namespace; of no meaning for a cluster-wide kind.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Ref {
    /// Any object.
    pub fn new(api_version: &str, kind: &str, namespace: &str, name: &str) -> Self {
        Self { api_version: api_version.into(), kind: kind.into(), namespace: namespace.into(), name: name.into() }
    }

    /// A GuestInvitation.
    pub fn guest(namespace: &str, name: &str) -> Self {
        Self::new("guestlist.dev/v1alpha1", "GuestInvitation", namespace, name)
    }

    /// An EntraTenant.
    pub fn tenant(name: &str) -> Self {
        Self::new("guestlist.dev/v1alpha1", "EntraTenant", "", name)
    }
}

impl World {
    /// Waits until the object satisfies the closure, and returns it. A missing object is null to the closure.
    pub async fn wait_for(
        &self,
        object: &Ref,
        what: &str,
        satisfied: impl Fn(&Value) -> bool,
        within: Duration,
    ) -> Result<Value> {
        let api = self.plane.api_of(&object.api_version, &object.kind, &object.namespace).await?;
        let mut seen = Value::Null;
        // Errors are left to the watcher's own second try: a test may have frozen the API server.
        let mut changes = watcher::watch_object(api, &object.name).default_backoff().boxed();
        let watched = async {
            while let Some(change) = changes.next().await {
                if let Ok(change) = change {
                    seen = change.and_then(|found| serde_json::to_value(found).ok()).unwrap_or_default();
                    if satisfied(&seen) {
                        return true;
                    }
                }
            }
            false
        };
        let reached = tokio::time::timeout(within, watched).await.unwrap_or(false);
        if reached {
            return Ok(seen);
        }
        if let Some(metadata) = seen.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("managedFields");
        }
        let said = in_short(&seen);
        let shown = serde_json::to_string_pretty(&seen).unwrap_or_default();
        Err(Error::TimedOut {
            what: format!("{} {} to {what}", object.kind, object.name),
            seconds: within.as_secs(),
            seen: format!("{said}\nIt is:\n{shown}\n{}", self.account_of_it()),
        })
    }

    /// The object as it is now; null if there is none.
    pub async fn get(&self, object: &Ref) -> Result<Value> {
        let api = self.plane.api_of(&object.api_version, &object.kind, &object.namespace).await?;
        let what = format!("reading {} {}", object.kind, object.name);
        let found = api.get_opt(&object.name).await.map_err(Error::api(what))?;
        Ok(found.and_then(|found| serde_json::to_value(found).ok()).unwrap_or_default())
    }

    /// All objects of a kind in a namespace, from a watch that the first call begins: a look costs the API server nothing, and
    /// is a moment behind.
    ///
    /// # Errors
    /// Where the kind is not served, or its first list does not come.
    pub async fn watched(&self, api_version: &str, kind: &str, namespace: &str) -> Result<Vec<Arc<DynamicObject>>> {
        self.memory.all_of(&self.plane, [api_version, kind, namespace]).await
    }

    /// Deletes the object and does not wait for its finalizers.
    pub async fn delete(&self, object: &Ref) -> Result<()> {
        let api = self.plane.api_of(&object.api_version, &object.kind, &object.namespace).await?;
        let what = format!("deleting {} {}", object.kind, object.name);
        api.delete(&object.name, &kube::api::DeleteParams::default()).await.map_err(Error::api(what))?;
        Ok(())
    }
}

/// What the object says of itself: its state, and a line for each condition. A long log of a failure is cut after its first
/// lines, and these tell most.
fn in_short(object: &Value) -> String {
    let text = |value: &Value, field: &str| value[field].as_str().unwrap_or("-").to_owned();
    let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
    let lines = conditions.map(|condition| {
        let [kind, status, reason, message] =
            ["type", "status", "reason", "message"].map(|field| text(condition, field));
        format!("{kind}={status} {reason}: {message}")
    });
    let deleted = object["metadata"]["deletionTimestamp"].as_str().map(|when| format!("Deleted since {when}."));
    let state = format!("Its state is {}.", text(&object["status"], "state"));
    [state].into_iter().chain(deleted).chain(lines).collect::<Vec<_>>().join("\n")
}
