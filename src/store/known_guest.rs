//! What is known of a Guest.

use std::sync::LazyLock;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::{Resource, ResourceExt};
use serde::Serialize;

use crate::api::{Guest, GuestFields, GuestRecord, GuestSpec};
use crate::packed::{Id, Pack, Packed, sample};

/// A Guest as it is known.
#[derive(Clone, Debug)]
pub struct KnownGuest {
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
    /// Its version, as the API server writes it.
    pub version: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// What the platform team wishes.
    pub wishes: GuestSpec,
    /// What was done; nothing of a Guest that a person made by hand.
    pub record: Option<GuestRecord>,
    /// Labels and the like that somebody put on it, which a write has to keep.
    others: Option<Box<ObjectMeta>>,
}

/// Of a Guest what [`KnownGuest`] reads.
#[derive(Serialize)]
struct GuestToPack<'a> {
    metadata: ObjectMeta,
    #[serde(flatten)]
    fields: &'a GuestFields,
}

impl Pack for Guest {
    fn sample() -> &'static [u8] {
        static SAMPLE: LazyLock<Box<[u8]>> = LazyLock::new(|| sample(include_str!("samples/guest.json")));
        &SAMPLE
    }
}

impl KnownGuest {
    /// Packs what [`KnownGuest::of`] reads of `guest`, but for its name and its uid, which stand beside it.
    pub fn pack(guest: &Guest) -> Packed<Guest> {
        let metadata = ObjectMeta { managed_fields: None, name: None, uid: None, ..guest.metadata.clone() };
        Packed::of(&GuestToPack { metadata, fields: &guest.spec })
    }

    /// What is known of `guest`.
    pub fn of(guest: &Guest) -> Self {
        let meta = &guest.metadata;
        let bare = guest.labels().is_empty()
            && guest.annotations().is_empty()
            && guest.finalizers().is_empty()
            && guest.owner_references().is_empty();
        Self {
            name: guest.name_any(),
            uid: guest.uid().unwrap_or_default(),
            version: guest.resource_version().unwrap_or_default(),
            created: guest.creation_timestamp().map(|time| time.0),
            wishes: guest.wishes().clone(),
            record: guest.record().cloned(),
            others: (!bare).then(|| Box::new(ObjectMeta { managed_fields: None, ..meta.clone() })),
        }
    }

    /// What [`KnownGuest::pack`] packed of the Guest `name`. Nothing if it cannot be read.
    pub fn unpack(packed: &Packed<Guest>, name: &str, uid: &Id) -> Option<Self> {
        let mut guest = packed.value()?;
        (guest.metadata.name, guest.metadata.uid) = (Some(name.to_owned()), Some(uid.to_string()));
        Some(Self::of(&guest))
    }

    /// How an object that goes with it names it.
    pub fn owner_ref(&self) -> OwnerReference {
        OwnerReference {
            api_version: Guest::api_version(&()).into_owned(),
            kind: Guest::kind(&()).into_owned(),
            name: self.name.clone(),
            uid: self.uid.clone(),
            controller: None,
            block_owner_deletion: None,
        }
    }

    /// The object with this record, at the version that is known: to be written under compare-and-swap.
    pub fn with(&self, record: GuestRecord) -> Guest {
        let mut guest = Guest::new(&self.name, GuestFields { spec: self.wishes.clone(), record: Some(record) });
        if let Some(others) = &self.others {
            guest.metadata = (**others).clone();
        }
        guest.metadata.uid = Some(self.uid.clone());
        guest.metadata.resource_version = Some(self.version.clone());
        guest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Guest as the API server has it after the invitation and the redemption.
    fn guest() -> Guest {
        let uid = "5f3f7600-d136-4161-b2d2-420bb8653ec8";
        let whole = serde_json::json!({
            "apiVersion": "guestlist.dev/v1alpha1",
            "kind": "GuestRecord",
            "metadata": {
                "name": "ann-example-fabrikam-com-71c3594c01a6e1e8f3fd25fb8dc964f0",
                "uid": "44699d52-4242-46cc-900f-e09be6e234a3", "resourceVersion": "4712", "generation": 5,
                "creationTimestamp": "2026-12-01T11:27:39Z",
                "managedFields": [{"manager": "guestlist", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": {}}],
            },
            "spec": {},
            "record": {
                "tenantId": "11111111-2222-3333-4444-555555555555", "tenant": "default", "state": "Accepted",
                "email": "ann.example@fabrikam.com", "madeIn": "analysts", "mailedAt": ["2026-12-01T11:27:39Z"],
                "owner": {"namespace": "analysts", "name": "ann-of-fabrikam", "uid": uid, "ends": {"policy": "Retain"}},
                "claims": [{"namespace": "analysts", "name": "ann-of-fabrikam", "uid": uid}],
                "user": {
                    "id": "68ea390d-c3a1-4baa-8318-7ffbc7954efc", "origin": "Invited",
                    "userPrincipalName": "ann.example_fabrikam.com#EXT#@contoso.onmicrosoft.com",
                },
                "invitation": {"id": "d7828887-7970-43ce-92c1-9e92ad346aeb", "lastSentAt": "2026-12-01T11:27:39Z", "sent": 1},
                "redemption": {"changedAt": "2026-12-01T12:28:39Z", "identityProvider": "Entra", "state": "Accepted"},
            },
        });
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn what_is_known_of_a_guest_is_the_same_after_it_was_packed() {
        let mut guest = guest();
        let packed = KnownGuest::pack(&guest);
        let known = |guest: &Guest| format!("{:?}", KnownGuest::of(guest));
        let name = guest.name_any();
        let uid = Id::from(guest.uid().unwrap().as_str());
        let unpacked = |packed| format!("{:?}", KnownGuest::unpack(&packed, &name, &uid).unwrap());
        assert_eq!(unpacked(packed.clone()), known(&guest));
        println!("{packed:?}");
        assert!(packed.len() < 240, "{packed:?}");
        guest.annotations_mut().insert("backup.example/kept".into(), "yes".into());
        assert_eq!(unpacked(KnownGuest::pack(&guest)), known(&guest), "a write keeps what others put on it");
    }
}
