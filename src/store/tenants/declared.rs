//! Which EntraTenants there are, by their watch: only when all have been listed is one of them missing.

use std::collections::HashSet;

use kube::ResourceExt;
use kube::runtime::watcher::Event;

use crate::api::EntraTenant;
use crate::store::Guarded;

/// The names of the EntraTenants.
#[derive(Debug, Default)]
pub struct DeclaredTenants {
    names: HashSet<String>,
    /// What the list that is under way has shown.
    listing: Option<HashSet<String>>,
    complete: bool,
}

/// What an event has changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TenantChange {
    /// Tenants that are gone.
    pub gone: Vec<String>,
    /// Tenants that do not fit the operator's selector any more, or never did.
    pub let_go: Vec<String>,
    /// Tenants that did not fit it and do now.
    pub taken_on: Vec<String>,
    /// Now it is known which tenants there are not.
    pub completed: bool,
}

impl DeclaredTenants {
    /// Takes in a watch event.
    pub fn on(&mut self, event: &Event<Guarded<EntraTenant>>) -> TenantChange {
        match event {
            Event::Init => self.listing = Some(HashSet::new()),
            Event::InitApply(tenant) => {
                self.names.insert(tenant.name_any());
                self.listing.get_or_insert_default().insert(tenant.name_any());
            }
            Event::InitDone => {
                let listed = self.listing.take().unwrap_or_default();
                let gone = self.names.iter().filter(|name| !listed.contains(*name)).cloned().collect();
                self.names = listed;
                let completed = !std::mem::replace(&mut self.complete, true);
                return TenantChange { gone, completed, ..TenantChange::default() };
            }
            Event::Apply(tenant) => {
                self.names.insert(tenant.name_any());
            }
            Event::Delete(tenant) => {
                self.names.remove(&tenant.name_any());
                return TenantChange { gone: vec![tenant.name_any()], ..TenantChange::default() };
            }
        }
        TenantChange::default()
    }

    /// Whether all were listed.
    pub fn complete(&self) -> bool {
        self.complete
    }

    /// Whether there is no EntraTenant `name`, for sure.
    pub fn lacks(&self, name: &str) -> bool {
        self.complete && !self.names.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(name: &str) -> Guarded<EntraTenant> {
        let tenant = serde_json::json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "EntraTenant", "metadata": {"name": name},
            "spec": {"tenantId": "11111111-2222-3333-4444-555555555555", "credentials": {"azureCli": {}}},
        });
        Guarded(Ok(serde_json::from_value(tenant).unwrap()))
    }

    /// Found by killing the operator at the removal of a user: the next one took the tenant for gone, before it had listed the
    /// tenants, and let the resource go without removing anybody.
    #[test]
    fn nobody_is_missing_before_all_are_listed() {
        let mut declared = DeclaredTenants::default();
        assert!(!declared.lacks("a"));
        let _ = declared.on(&Event::Init);
        let _ = declared.on(&Event::InitApply(tenant("a")));
        assert!(!declared.lacks("b"), "it may come yet");
        assert_eq!(declared.on(&Event::InitDone), TenantChange { completed: true, ..TenantChange::default() });
        assert!(declared.lacks("b") && !declared.lacks("a"));
        // Deleted while the watch was broken.
        let _ = declared.on(&Event::Apply(tenant("b")));
        let _ = declared.on(&Event::Init);
        let _ = declared.on(&Event::InitApply(tenant("b")));
        assert_eq!(declared.on(&Event::InitDone), TenantChange { gone: vec!["a".into()], ..TenantChange::default() });
        assert_eq!(declared.on(&Event::Delete(tenant("b"))).gone, ["b"]);
        assert!(declared.lacks("a") && declared.lacks("b"));
    }
}
