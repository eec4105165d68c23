//! How the operator was told to run.

use super::lease::Election;
use super::pages::ListStrategy;
use super::scope::Scope;
use crate::plan::Timing;
use crate::store::TenantSelector;

/// How the operator was told to run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The operator's own namespace, where the tenants' Secrets are.
    pub namespace: String,
    /// The spans of the send protocol.
    pub timing: Timing,
    /// The namespaces to work in.
    pub scope: Scope,
    /// The EntraTenants to work with.
    pub tenants: TenantSelector,
    /// How kinds are listed.
    pub lists: ListStrategy,
    /// How replicas agree on who works; nothing for an operator that is alone.
    pub election: Option<Election>,
}
