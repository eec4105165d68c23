//! What a list wants: one GuestInvitation for each entry, from the template and what differs.

use std::collections::HashMap;

use kube::ResourceExt;
use serde_json::{Map, Value};

use crate::api::{Entry, GuestInvitationSpec, GuestList, Template};
use crate::store::{child_name, list_label, print};

/// One entry and what it comes to.
#[derive(Debug)]
pub struct WantedGuest {
    /// The address, as the entry has it.
    pub email: String,
    /// The name of the entry's GuestInvitation.
    pub name: String,
    /// What to declare, or why that cannot be said.
    pub spec: Result<DeclaredGuest, WrongEntry>,
}

/// Why an entry declares no guest.
#[derive(Debug, thiserror::Error)]
pub enum WrongEntry {
    /// Two entries want one GuestInvitation.
    #[error("{email} and {other} are one address, or their names clash: remove one of the two entries.")]
    Twice {
        /// The address of this entry.
        email: String,
        /// The address of the entry before it.
        other: String,
    },
    /// A field has a value that no GuestInvitation can have.
    #[error(
        "The entry and the template do not make a guest: {0}. Put the field right, or apply the list again with the CRD of the operator's version."
    )]
    Unreadable(#[from] serde_json::Error),
}

/// The spec of a GuestInvitation.
#[derive(Debug)]
pub struct DeclaredGuest {
    /// As the list has it.
    pub raw: Map<String, Value>,
    /// As this version reads it.
    pub spec: GuestInvitationSpec,
    /// Its print, with the label of the list.
    pub print: u64,
}

/// What `list` wants, in its order.
pub fn all(list: &GuestList) -> Vec<WantedGuest> {
    let list_name = list.name_any();
    let label = list_label(&list_name);
    let mut taken: HashMap<String, &str> = HashMap::new();
    let entries = list.spec.guests.iter();
    entries
        .map(|entry| {
            let email = entry.email();
            let name = child_name(&list_name, email);
            let spec = match taken.insert(name.clone(), email) {
                None => declared(&list.spec.template, entry, &label),
                Some(other) => Err(WrongEntry::Twice { email: email.to_owned(), other: other.to_owned() }),
            };
            WantedGuest { email: email.to_owned(), name, spec }
        })
        .collect()
}

fn declared(template: &Template, entry: &Entry, label: &str) -> Result<DeclaredGuest, WrongEntry> {
    let raw = merged(template, entry);
    let spec: GuestInvitationSpec = serde_json::from_value(Value::Object(raw.clone()))?;
    let print = print(&spec, Some(label));
    Ok(DeclaredGuest { raw, spec, print })
}

/// The template's fields with the entry's in their place. An explicit `null` is as if nobody had said anything.
fn merged(template: &Template, entry: &Entry) -> Map<String, Value> {
    let mut merged = template.0.clone();
    merged.extend(entry.0.iter().map(|(name, value)| (name.clone(), value.clone())));
    merged.retain(|_, value| !value.is_null());
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn list(spec: &Value) -> GuestList {
        serde_json::from_value(json!({
            "apiVersion": "guestlist.dev/v1alpha1",
            "kind": "GuestList",
            "metadata": {"name": "analysts", "namespace": "team"},
            "spec": spec,
        }))
        .unwrap()
    }

    #[test]
    fn the_entry_stands_in_place_of_the_template() {
        let list = list(&json!({
            "template": {"redirectUrl": "https://a.example", "message": {"language": "nl", "cc": ["host@contoso.com"]}, "displayName": "x"},
            "guests": [
                {"email": "a@b.example"},
                {"email": "c@d.example", "message": {"language": "de"}, "displayName": null, "suspend": true},
            ],
        }));
        let wanted = all(&list);
        let first = wanted[0].spec.as_ref().unwrap();
        assert_eq!(first.raw["message"]["cc"], json!(["host@contoso.com"]));
        assert_eq!(first.spec.display_name.as_deref(), Some("x"));
        let second = wanted[1].spec.as_ref().unwrap();
        assert_eq!(second.raw["message"], json!({"language": "de"}), "a nested object counts as a whole");
        assert_eq!(second.spec.display_name, None);
        assert!(second.spec.suspend && second.spec.redirect_url.is_some());
    }

    #[test]
    fn what_says_the_same_has_the_same_print() {
        let bare = list(&json!({"guests": [{"email": "a@b.example"}]}));
        let full = list(
            &json!({"template": {"tenantRef": {"name": "default"}, "userType": "Guest", "existing": "Follow", "suspend": false}, "guests": [{"email": "a@b.example", "displayName": null}]}),
        );
        let other = list(&json!({"guests": [{"email": "a@b.example", "displayName": "A"}]}));
        let print = |list: &GuestList| all(list)[0].spec.as_ref().unwrap().print;
        assert_eq!(print(&bare), print(&full));
        assert_ne!(print(&bare), print(&other));
    }

    #[test]
    fn an_entry_that_makes_no_guest_spoils_no_other() {
        let list = list(
            &json!({"guests": [{"email": "a@b.example", "suspend": "perhaps"}, {"email": "c@d.example"}, {"email": "C@d.example"}]}),
        );
        let wanted = all(&list);
        assert!(wanted[0].spec.as_ref().unwrap_err().to_string().contains("suspend") || wanted[0].spec.is_err());
        assert!(wanted[1].spec.is_ok());
        assert!(wanted[2].spec.as_ref().unwrap_err().to_string().contains("one address"));
    }
}
