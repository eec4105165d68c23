//! What the platform team has said of who may be invited, as one decision is judged by it: the rules of the EntraTenant, and the labels by which
//! they pick namespaces.
//!
//! A decision takes both once. What acts on it compares them with what the API server has, and not with what this process knows by then: the
//! watch may have shown new rules in between, by which nobody has decided.

use std::sync::Arc;

use super::context::Context;
use crate::api::AccessRule;
use crate::store::{KnownClaim, Labels};

/// What one decision about one guest is judged by.
#[derive(Clone, Debug)]
pub struct Access {
    /// The rules of the guest's EntraTenant.
    pub rules: Arc<[AccessRule]>,
    /// The labels of the guest's namespace, if a rule asks for them and they can be read.
    pub labels: Option<Labels>,
}

impl Access {
    /// What is known now for `claim`.
    pub fn of(context: &Context, claim: &KnownClaim) -> Self {
        let rules = context.store.tenants.access(claim.tenant());
        let by_label = rules.iter().any(|rule| rule.namespaces.is_some());
        let labels = by_label.then(|| context.store.namespaces.labels(&claim.key.namespace)).flatten();
        Self { rules, labels }
    }
}
