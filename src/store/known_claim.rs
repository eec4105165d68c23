//! What is known of a GuestInvitation: what the decision and the report need, and no labels or annotations of others.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, ObjectMeta, OwnerReference};
use kube::{Resource, ResourceExt};
use serde::Serialize;

use super::{Child, ObjectKey, Uses, spec_digest};
use crate::api::conditions::{APPROVED, find};
use crate::api::{
    Address, FINALIZER, GuestInvitation, GuestInvitationSpec, GuestInvitationStatus, Handled, LIST, RECONCILE, RESEND,
    RESET_REDEMPTION, State, annotations,
};
use crate::packed::{Id, Pack, Packed, sample};
use crate::policy::{ApprovalStatus, Declared};

/// A GuestInvitation as it is known.
#[derive(Clone, Debug)]
pub struct KnownClaim {
    /// Where it is.
    pub key: ObjectKey,
    /// Its uid.
    pub uid: String,
    /// Its version, as the API server writes it.
    pub version: String,
    /// The generation of its spec.
    pub generation: i64,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Since when it is being deleted, if it is.
    pub deleting: Option<Timestamp>,
    /// Its finalizers, those of others too: ours is put on and taken off beside them.
    pub finalizers: Vec<String>,
    /// What its annotations ask for.
    pub requests: Handled,
    /// What to say of annotations of ours that ask for nothing.
    pub meaningless: Option<Box<str>>,
    /// What it declares.
    pub spec: GuestInvitationSpec,
    /// The address that it wants.
    pub address: Address,
    /// What its status tells.
    pub status: Option<GuestInvitationStatus>,
    /// What it needs permissions for.
    pub uses: Uses,
    /// What it is to the GuestList that owns it.
    pub child: Option<Arc<Child>>,
}

/// Of a GuestInvitation what [`KnownClaim`] reads.
#[derive(Serialize)]
struct ClaimToPack<'a> {
    metadata: ObjectMeta,
    spec: &'a GuestInvitationSpec,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: &'a Option<GuestInvitationStatus>,
}

impl Pack for GuestInvitation {
    fn sample() -> &'static [u8] {
        static SAMPLE: LazyLock<Box<[u8]>> = LazyLock::new(|| sample(include_str!("samples/guest_invitation.json")));
        &SAMPLE
    }
}

impl KnownClaim {
    /// Packs what [`KnownClaim::of`] reads of `claim`, but for where it is and its uid, which stand beside it.
    pub fn pack(claim: &GuestInvitation) -> Packed<GuestInvitation> {
        let meta = &claim.metadata;
        let ours = claim.annotations().iter().filter(|(name, _)| annotations::is_ours(name));
        let ours = ours.map(|(name, value)| match annotations::OF_GUESTS.contains(&name.as_str()) {
            true => (name.clone(), value.clone()),
            false => (name.clone(), String::new()),
        });
        let list = claim.labels().get(LIST).map(|list| (LIST.to_owned(), list.clone()));
        let controllers = claim.owner_references().iter().filter(|owner| owner.controller == Some(true));
        let some = |map: std::collections::BTreeMap<String, String>| Some(map).filter(|map| !map.is_empty());
        let metadata = ObjectMeta {
            resource_version: meta.resource_version.clone(),
            generation: meta.generation,
            creation_timestamp: meta.creation_timestamp.clone(),
            deletion_timestamp: meta.deletion_timestamp.clone(),
            finalizers: meta.finalizers.clone(),
            annotations: some(ours.collect()),
            labels: some(list.into_iter().collect()),
            owner_references: Some(controllers.cloned().collect::<Vec<_>>()).filter(|owners| !owners.is_empty()),
            ..ObjectMeta::default()
        };
        Packed::of(&ClaimToPack { metadata, spec: &claim.spec, status: &claim.status })
    }

    /// What [`KnownClaim::pack`] packed of the claim at `key`. Nothing if it cannot be read.
    pub fn unpack(packed: &Packed<GuestInvitation>, key: ObjectKey, uid: &Id) -> Option<Self> {
        let mut claim = packed.value()?;
        let meta = &mut claim.metadata;
        (meta.namespace, meta.name, meta.uid) = (Some(key.namespace), Some(key.name), Some(uid.to_string()));
        Some(Self::of(&claim))
    }

    /// What is known of `claim`.
    pub fn of(claim: &GuestInvitation) -> Self {
        let annotation = |name: &str| claim.annotations().get(name).cloned();
        Self {
            key: ObjectKey::of(claim),
            uid: claim.uid().unwrap_or_default(),
            version: claim.resource_version().unwrap_or_default(),
            generation: claim.metadata.generation.unwrap_or_default(),
            created: claim.creation_timestamp().map(|time| time.0),
            deleting: claim.metadata.deletion_timestamp.as_ref().map(|since| since.0),
            finalizers: claim.finalizers().to_vec(),
            requests: Handled {
                resend: annotation(RESEND),
                reset_redemption: annotation(RESET_REDEMPTION),
                reconcile: annotation(RECONCILE),
            },
            meaningless: annotations::meaningless(claim.annotations().keys(), annotations::OF_GUESTS).map(Into::into),
            address: claim.spec.address(),
            spec: claim.spec.clone(),
            status: claim.status.clone(),
            uses: Uses::of(claim),
            child: Child::of(claim),
        }
    }

    /// The EntraTenant that it names.
    pub fn tenant(&self) -> &str {
        &self.spec.tenant_ref.name
    }

    /// Whether it wants its guest now: it is not being deleted and not suspended.
    pub fn wants(&self) -> bool {
        self.deleting.is_none() && !self.spec.suspend
    }

    /// Whether it carries our finalizer.
    pub fn is_bound(&self) -> bool {
        self.finalizers.iter().any(|name| name == FINALIZER)
    }

    /// Its state, as its status tells.
    pub fn state(&self) -> Option<State> {
        self.status.as_ref()?.state
    }

    /// The conditions of its status.
    pub fn conditions(&self) -> &[Condition] {
        self.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default()
    }

    /// What who may approve has said, and of what. It stands in the status, so it changes without the generation.
    pub fn approval(&self) -> ApprovalStatus<'_> {
        let of = self.status.as_ref().and_then(|status| status.approval.as_ref());
        ApprovalStatus { said: find(self.conditions(), APPROVED), of }
    }

    /// What there is to approve.
    pub fn declared(&self) -> Declared<'_, impl Fn() -> String> {
        Declared { uid: &self.uid, generation: self.generation, digest: || spec_digest(&self.spec) }
    }

    /// How an Event names it.
    pub fn object_ref(&self) -> ObjectReference {
        ObjectReference {
            api_version: Some(GuestInvitation::api_version(&()).into_owned()),
            kind: Some(GuestInvitation::kind(&()).into_owned()),
            namespace: Some(self.key.namespace.clone()),
            name: Some(self.key.name.clone()),
            uid: Some(self.uid.clone()),
            resource_version: Some(self.version.clone()),
            ..ObjectReference::default()
        }
    }

    /// How an object that goes with it names it.
    pub fn owner_ref(&self) -> OwnerReference {
        OwnerReference {
            api_version: GuestInvitation::api_version(&()).into_owned(),
            kind: GuestInvitation::kind(&()).into_owned(),
            name: self.key.name.clone(),
            uid: self.uid.clone(),
            controller: Some(true),
            block_owner_deletion: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A guest as the API server has it after the invitation and the redemption.
    fn claim() -> GuestInvitation {
        let told = |kind: &str, reason: &str, message: &str| {
            serde_json::json!({
                "type": kind, "status": "True", "reason": reason, "message": message, "observedGeneration": 1,
                "lastTransitionTime": "2026-12-01T11:27:39Z",
            })
        };
        let accepted = "The guest has accepted and signs in with: Entra.";
        let whole = serde_json::json!({
            "apiVersion": "guestlist.dev/v1alpha1",
            "kind": "GuestInvitation",
            "metadata": {
                "name": "ann-of-fabrikam", "namespace": "analysts", "uid": "5f3f7600-d136-4161-b2d2-420bb8653ec8",
                "resourceVersion": "4711", "generation": 1, "creationTimestamp": "2026-12-01T11:27:37Z",
                "annotations": {"guestlist.dev/resend": "1", "guestlist.dev/other": "x", "notes": "y".repeat(100_000)},
                "labels": {"app.kubernetes.io/managed-by": "argocd"},
                "managedFields": [{"manager": "kubectl", "operation": "Apply", "fieldsType": "FieldsV1", "fieldsV1": {}}],
            },
            "spec": {
                "email": "Ann.Example@fabrikam.com", "existing": "Follow", "suspend": false, "userType": "Guest",
                "tenantRef": {"name": "default"}, "accessUntil": "2027-06-30T00:00:00Z", "groups": ["Readers"],
            },
            "status": {
                "observedGeneration": 1, "state": "Accepted", "role": "Owner",
                "guestName": "ann-example-fabrikam-com-71c3594c01a6e1e8f3fd25fb8dc964f0",
                "guest": {
                    "id": "68ea390d-c3a1-4baa-8318-7ffbc7954efc", "origin": "Invited",
                    "userPrincipalName": "ann.example_fabrikam.com#EXT#@contoso.onmicrosoft.com",
                },
                "invitation": {"id": "d7828887-7970-43ce-92c1-9e92ad346aeb", "lastSentAt": "2026-12-01T11:27:39Z", "sent": 1},
                "redemption": {"changedAt": "2026-12-01T12:28:39Z", "identityProvider": "Entra", "state": "Accepted"},
                "conditions": [
                    told("Ready", "Accepted", accepted), told("Invited", "Sent", "The invitation was sent."),
                    told("Redeemed", "Accepted", accepted),
                ],
            },
        });
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn what_is_known_of_a_claim_is_the_same_after_it_was_packed() {
        let claim = claim();
        let packed = KnownClaim::pack(&claim);
        let uid = Id::from(claim.uid().unwrap().as_str());
        let known = KnownClaim::unpack(&packed, ObjectKey::of(&claim), &uid).unwrap();
        assert_eq!(format!("{known:?}"), format!("{:?}", KnownClaim::of(&claim)));
        assert_eq!(known.requests.resend.as_deref(), Some("1"));
        assert!(known.meaningless.is_some_and(|said| said.contains("guestlist.dev/other")));
        // In JSON it has 2,000 bytes, beside what is not kept.
        println!("{packed:?}");
        assert!(packed.len() < 340, "{packed:?}");
    }
}
