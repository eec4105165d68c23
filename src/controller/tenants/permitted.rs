//! Which permissions the guests of a tenant need, and which of them the application lacks.

use std::collections::BTreeMap;

use crate::api::conditions::{Claim, PERMITTED, Truth};
use crate::api::{DeletionPolicy, Explanation, Reason};
use crate::graph::{Feature, Graph, Permissions};
use crate::store::UseCounts;

/// What a tenant's guests need and the application lacks: the features, each with its guests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permitted {
    /// No token was read.
    NotTold,
    /// This is lacking; empty when nothing is.
    Lacking(BTreeMap<Feature, usize>),
}

/// Holds what the guests use, of whom one that does not say has the `default`, against what the token of `graph` carries.
pub async fn permitted(graph: &Graph, default: Option<DeletionPolicy>, guests: &UseCounts) -> Permitted {
    match graph.permissions().await {
        Some(permissions) => Permitted::Lacking(lacking(&permissions, guests, default)),
        None => Permitted::NotTold,
    }
}

fn lacking(held: &Permissions, guests: &UseCounts, default: Option<DeletionPolicy>) -> BTreeMap<Feature, usize> {
    // Without guests, what every guest needs is still to be told.
    let mut used = BTreeMap::from([(Feature::Invite, 0), (Feature::Follow, 0)]);
    for (uses, count) in guests.iter() {
        uses.features(default).for_each(|feature| *used.entry(feature).or_default() += count);
    }
    used.retain(|feature, _| !held.allow(*feature));
    used
}

impl Permitted {
    /// The condition.
    pub fn claim(&self) -> Claim {
        let (status, reason, message) = match self {
            Self::NotTold => {
                (Truth::Unknown, Reason::NotTold, "No token was got yet that tells the permissions.".to_owned())
            }
            Self::Lacking(features) if features.is_empty() => {
                let message = "The application has the permissions that the guests of this tenant need.";
                (Truth::True, Reason::Granted, message.to_owned())
            }
            Self::Lacking(features) => (Truth::False, Reason::PermissionMissing, sentence(features)),
        };
        Claim::new(PERMITTED, status, Explanation { reason, message })
    }
}

fn sentence(lacking: &BTreeMap<Feature, usize>) -> String {
    let mut by_permission: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (feature, guests) in lacking {
        by_permission.entry(feature.permission()).or_default().push(words(*feature, *guests));
    }
    let parts: Vec<String> =
        by_permission.iter().map(|(permission, uses)| format!("{permission} ({})", uses.join("; "))).collect();
    let them = if parts.len() == 1 { "it" } else { "them" };
    format!(
        "The application lacks {}. Grant {them}, with admin consent, in Entra under App registrations, API permissions; a managed identity gets {them} by an app role assignment. It is noticed by itself, for single guests within twenty minutes.",
        parts.join(", "),
    )
}

fn words(feature: Feature, guests: usize) -> String {
    let what = feature.named();
    match (feature, guests) {
        (Feature::Invite | Feature::Follow, _) => what,
        (_, 1) => format!("1 guest has {what}"),
        (_, guests) => format!("{guests} guests have {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Uses;

    fn guest(spec: serde_json::Value) -> Uses {
        let mut spec = spec;
        spec["email"] = "ann@fabrikam.com".into();
        let manifest = serde_json::json!({"apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestInvitation", "metadata": {"name": "ann"}, "spec": spec});
        Uses::of(&serde_json::from_value(manifest).unwrap())
    }

    fn held(roles: &[&str]) -> Permissions {
        use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
        let claims = serde_json::json!({"roles": roles}).to_string();
        Permissions::of(&format!("a.{}.c", BASE64_URL_SAFE_NO_PAD.encode(claims))).unwrap()
    }

    fn said(roles: &[&str], guests: &[Uses], default: Option<DeletionPolicy>) -> (Truth, String) {
        let guests = guests.iter().copied().collect();
        let claim = Permitted::Lacking(lacking(&held(roles), &guests, default)).claim();
        (claim.status, claim.explanation.message)
    }

    const BASE: [&str; 2] = ["User.Invite.All", "User.Read.All"];

    #[test]
    fn each_used_feature_names_its_permission_and_its_guests() {
        let plain = guest(serde_json::json!({}));
        let grouped = guest(serde_json::json!({"groups": ["Readers"]}));
        assert_eq!(said(&BASE, &[plain], None).0, Truth::True);
        let (status, message) = said(&BASE, &[plain, grouped, grouped, grouped], None);
        assert_eq!(status, Truth::False);
        assert!(
            message.starts_with("The application lacks GroupMember.ReadWrite.All (3 guests have groups). Grant it,"),
            "{message}"
        );
        for (spec, permission) in [
            (serde_json::json!({"sponsors": ["host@contoso.com"]}), "User.ReadWrite.All (1 guest has sponsors)"),
            (
                serde_json::json!({"sponsors": ["The Hosts"]}),
                "GroupMember.Read.All (1 guest has sponsors by display name)",
            ),
            (serde_json::json!({"profile": {"city": "Utrecht"}}), "User.ReadWrite.All (1 guest has a profile)"),
            (
                serde_json::json!({"deletionPolicy": "Disable"}),
                "User.ReadWrite.All (1 guest has deletionPolicy: Disable)",
            ),
            (
                serde_json::json!({"deletionPolicy": "Delete"}),
                "User.DeleteRestore.All (1 guest has deletionPolicy: Delete)",
            ),
        ] {
            let (status, message) = said(&BASE, &[plain, guest(spec)], None);
            assert!(status == Truth::False && message.contains(permission), "{message}");
        }
    }

    #[test]
    fn one_permission_for_several_features_is_named_once() {
        let busy = guest(serde_json::json!({"profile": {"city": "Utrecht"}, "sponsors": ["host@contoso.com"]}));
        let (_, message) = said(&BASE, &[busy], None);
        assert!(message.contains("User.ReadWrite.All (1 guest has a profile; 1 guest has sponsors)"), "{message}");
        assert_eq!(message.matches("User.ReadWrite.All").count(), 1);
    }

    #[test]
    fn the_tenants_default_counts_for_guests_that_say_nothing() {
        let (plain, keeps) = (guest(serde_json::json!({})), guest(serde_json::json!({"deletionPolicy": "Retain"})));
        let (_, message) = said(&BASE, &[plain, keeps], Some(DeletionPolicy::Delete));
        assert!(message.contains("(1 guest has deletionPolicy: Delete)"), "{message}");
    }

    #[test]
    fn without_any_guest_what_every_guest_needs_is_told() {
        let (status, message) = said(&[], &[], None);
        assert_eq!(status, Truth::False);
        assert!(message.contains("User.Invite.All (to invite), User.Read.All (to look guests up"), "{message}");
    }
}
