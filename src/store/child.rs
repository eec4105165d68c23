//! What a list needs to know of a guest of its own, kept small: the index holds it for every guest of every list.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, OwnerReference};
use kube::{Resource, ResourceExt};

use super::list_names;
use crate::api::conditions::{READY, RECONCILING, STALLED, find, is_true};
use crate::api::{Course, Explanation, GuestInvitation, GuestInvitationSpec, GuestList, LIST, Reason, State};

/// A guest that a list owns, or owned before it lost its owner.
#[derive(Debug, PartialEq)]
pub struct Child {
    /// The uid of the list that owns it; none where it lost its owner, as after a backup was restored.
    pub list: Option<String>,
    /// The list's name; where it lost its owner the value of its label, which is the name as far as a label has room.
    pub list_name: String,
    /// The guest's own uid.
    pub uid: String,
    /// What is declared, as [`fn@print`] has it.
    pub print: u64,
    /// Whether its status speaks of what is declared.
    pub observed: bool,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// Its state.
    pub state: Option<State>,
    /// Why it needs a look.
    pub trouble: Option<ChildTrouble>,
}

/// Why a guest needs a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildTrouble {
    /// The word, the cause and the way out.
    pub explanation: Explanation,
    /// How it reads on the guest: stuck, or tried again.
    pub course: Course,
}

impl ChildTrouble {
    /// Trouble as severe as its reason.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { explanation: Explanation::new(reason, message), course: reason.course() }
    }

    /// What a guest with these conditions says itself. Who is at rest is no trouble: nobody has to look at who is suspended, or
    /// waits for an approver.
    fn told_by(conditions: &[Condition]) -> Option<Self> {
        let course = match (is_true(conditions, STALLED), is_true(conditions, RECONCILING)) {
            (true, _) => Course::Stuck,
            (false, true) => Course::Retrying,
            (false, false) => return None,
        };
        let ready = find(conditions, READY).filter(|ready| ready.status == "False")?;
        // A word of another version stands until its operator, or this one, writes the guest anew.
        let reason = Reason::named(&ready.reason).unwrap_or(Reason::GuestsNeedALook);
        Some(Self { explanation: Explanation::new(reason, ready.message.clone()), course })
    }
}

impl Child {
    /// What `guest` is to the list that owns it, or whose label it has while nobody owns it; none for any other guest.
    pub fn of(guest: &GuestInvitation) -> Option<Arc<Self>> {
        let label = guest.labels().get(LIST).map(String::as_str);
        let (list, list_name) = match guest.owner_references().iter().find(|owner| owner.controller == Some(true)) {
            Some(owner) if is_list(owner) => (Some(owner.uid.clone()), owner.name.clone()),
            Some(_) => return None,
            None => (None, label?.to_owned()),
        };
        let status = guest.status.as_ref();
        let conditions = status.map(|status| status.conditions.as_slice()).unwrap_or_default();
        Some(Arc::new(Self {
            list,
            list_name,
            uid: guest.uid().unwrap_or_default(),
            print: print(&guest.spec, label),
            observed: status.is_some_and(|status| status.observed_generation == guest.metadata.generation),
            deleting: guest.metadata.deletion_timestamp.is_some(),
            state: status.and_then(|status| status.state),
            trouble: ChildTrouble::told_by(conditions),
        }))
    }

    /// Whether it has the label of the list `name` and lost its owner.
    pub fn has_lost(&self, name: &str) -> bool {
        self.list.is_none() && self.list_name == list_names::label(name)
    }
}

fn is_list(owner: &OwnerReference) -> bool {
    owner.kind == GuestList::kind(&()) && owner.api_version.split('/').next() == Some(&*GuestList::group(&()))
}

/// A number that is the same for the same spec and label, for as long as this process runs. The types fill in the
/// defaults, so what a person wrote and what the API server made of it have the same print.
pub fn print(spec: &GuestInvitationSpec, label: Option<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(spec).unwrap_or_default().hash(&mut hasher);
    label.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_guest_without_a_controller_is_its_labels_lists() {
        let child = |label: Option<&str>, owners: serde_json::Value| {
            let guest = json!({
                "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestInvitation",
                "metadata": {"name": "g", "namespace": "team", "labels": {}, "ownerReferences": owners},
                "spec": {"email": "g@x.example"},
            });
            let mut guest: GuestInvitation = serde_json::from_value(guest).unwrap();
            guest.labels_mut().extend(label.map(|label| (LIST.to_owned(), label.to_owned())));
            Child::of(&guest)
        };
        let owner = |kind: &str, controller: bool| json!([{"apiVersion": "guestlist.dev/v1alpha1", "kind": kind, "name": "l", "uid": "1", "controller": controller}]);
        let owned = child(Some("l"), owner("GuestList", true)).unwrap();
        assert_eq!((owned.list.as_deref(), owned.has_lost("l")), (Some("1"), false));
        for owners in [json!([]), owner("GuestList", false), owner("Team", false)] {
            let lost = child(Some("l"), owners).unwrap();
            assert!(lost.list.is_none() && lost.has_lost("l") && !lost.has_lost("other"));
        }
        assert_eq!(child(Some("l"), owner("Team", true)), None, "somebody else's");
        assert_eq!(child(None, json!([])), None, "nobody's");
        let long = "very-long.name".repeat(10);
        assert!(child(Some(&list_names::label(&long)), json!([])).unwrap().has_lost(&long));
    }
}
