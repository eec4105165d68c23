//! What a list needs to know of a guest of its own, kept small: the index holds it for every guest of every list.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::ResourceExt;

use crate::api::conditions::{READY, RECONCILING, STALLED, find, is_true};
use crate::api::{Course, Explanation, GuestInvitation, GuestInvitationSpec, GuestList, LIST, Reason, State};

/// A guest that a list owns.
#[derive(Debug, PartialEq)]
pub struct Child {
    /// The list's uid.
    pub list: String,
    /// The list's name.
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
    /// What `guest` is to the list that owns it, if one does.
    pub fn of(guest: &GuestInvitation) -> Option<Arc<Self>> {
        let owner = guest.owner_references().iter().find(|owner| {
            owner.controller == Some(true)
                && owner.kind == <GuestList as kube::Resource>::kind(&())
                && owner.api_version.split('/').next() == Some(&*<GuestList as kube::Resource>::group(&()))
        })?;
        let status = guest.status.as_ref();
        let conditions = status.map(|status| status.conditions.as_slice()).unwrap_or_default();
        Some(Arc::new(Self {
            list: owner.uid.clone(),
            list_name: owner.name.clone(),
            uid: guest.uid().unwrap_or_default(),
            print: print(&guest.spec, guest.labels().get(LIST).map(String::as_str)),
            observed: status.is_some_and(|status| status.observed_generation == guest.metadata.generation),
            deleting: guest.metadata.deletion_timestamp.is_some(),
            state: status.and_then(|status| status.state),
            trouble: ChildTrouble::told_by(conditions),
        }))
    }
}

/// A number that is the same for the same spec and label, for as long as this process runs. The types fill in the
/// defaults, so what a person wrote and what the API server made of it have the same print.
pub fn print(spec: &GuestInvitationSpec, label: Option<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(spec).unwrap_or_default().hash(&mut hasher);
    label.hash(&mut hasher);
    hasher.finish()
}
