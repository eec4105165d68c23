//! What is left of a telling: the resources, the directory and the mails, without what differs from one telling to the next.

use std::collections::BTreeMap;

use kube::ResourceExt;
use kube::api::DynamicObject;
use serde_json::{Map, Value, json};
use testbed::stories::{TENANT, simulator};
use testbed::world::World;

/// The domains of the guests: where they are invited at, and where they move to.
pub const DOMAINS: [&str; 2] = ["fabrikam.com", "adatum.com"];

/// The end of one telling.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    parts: Map<String, Value>,
}

impl Picture {
    /// Takes the picture of the telling `name`.
    pub async fn of(world: &World, name: &str) -> Self {
        let mut parts = Map::new();
        for (kind, part) in [("GuestInvitation", "guests"), ("GuestList", "lists")] {
            let all = world.watched("guestlist.dev/v1alpha1", kind, "team").await.unwrap();
            let ours = all.iter().filter(|object| is_of(object, name));
            let ours = ours.map(|object| resource(serde_json::to_value(&**object).unwrap(), name));
            parts.insert(part.into(), sorted(ours));
        }
        let people = world.watched("guestlist.dev/v1alpha1", "GuestRecord", "").await.unwrap();
        let people = people.iter().map(|person| serde_json::to_value(&person.data).unwrap());
        let ours = people.filter(|person| local_part(&person["record"]["email"]) == name);
        parts.insert("people".into(), sorted(ours.map(|person| record(person, name))));
        let secrets = world.watched("v1", "Secret", "team").await.unwrap();
        let secrets = secrets.iter().map(|secret| secret.name_any()).filter(|secret| *secret == format!("{name}-link"));
        parts.insert("secrets".into(), secrets.map(|_| "{name}-link").collect());
        let (users, groups) = directory(world, name);
        parts.insert("users".into(), users);
        parts.insert("groups".into(), groups.into());
        parts.insert("mails".into(), json!(mails(world, name)));
        let mut picture = Self { parts };
        picture.forget_what_was_cleared();
        picture
    }

    /// What was cleared stays on record until no request can be under way any more that sets it; the user in the directory tells whether it is.
    fn forget_what_was_cleared(&mut self) {
        let spec = self.guests().first().map(|guest| guest["spec"].clone()).unwrap_or_default();
        let is_declared = |name: &Value| {
            name.as_str().is_some_and(|name| spec.get(name).is_some() || spec["profile"].get(name).is_some())
        };
        for (part, at) in [("guests", "/status/profile"), ("people", "/record/profile")] {
            for one in self.parts[part].as_array_mut().into_iter().flatten() {
                if let Some(names) = one.pointer_mut(at).and_then(Value::as_array_mut) {
                    names.retain(is_declared);
                }
            }
        }
    }

    /// Whether the one guest is in `state`, with nothing open.
    pub fn is(&self, state: &str) -> bool {
        self.status("/state") == state && self.status("/invitation/attempt").is_null()
    }

    /// Whether the one guest is as declared.
    pub fn is_ready(&self) -> bool {
        let conditions = self.status("/conditions");
        conditions.as_array().is_some_and(|all| all.iter().any(|one| one[0] == "Ready" && one[1] == "True"))
    }

    /// A part of the one guest's status.
    pub fn status(&self, pointer: &str) -> Value {
        let guest = self.guests().first();
        guest.and_then(|guest| guest["status"].pointer(pointer)).cloned().unwrap_or_default()
    }

    /// Whether a part has these words.
    pub fn says(&self, part: &str, words: &str) -> bool {
        self.parts[part].to_string().contains(words)
    }

    /// The guests.
    pub fn guests(&self) -> &[Value] {
        self.parts["guests"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// How many mails each address has got.
    pub fn mails(&self) -> BTreeMap<String, usize> {
        serde_json::from_value(self.parts["mails"].clone()).unwrap()
    }

    /// The same but for the mails.
    pub fn without_mails(&self) -> Self {
        let mut parts = self.parts.clone();
        parts.remove("mails");
        Self { parts }
    }

    /// Where two pictures differ, for a person to read.
    pub fn differs(&self, other: &Self) -> String {
        let parts = self.parts.iter().filter(|(name, part)| other.parts.get(*name) != Some(part));
        parts.map(|(name, part)| format!("{name} is {part}\n  instead of {}\n", other.parts[name])).collect()
    }
}

fn is_of(object: &DynamicObject, name: &str) -> bool {
    local_part(&object.data["spec"]["email"]) == name || object.name_any() == name
}

fn local_part(email: &Value) -> &str {
    email.as_str().unwrap_or_default().split(['@', '.']).next().unwrap_or_default()
}

/// The record of a person.
fn record(mut person: Value, name: &str) -> Value {
    if let Some(invitation) = person["record"]["invitation"].as_object_mut() {
        invitation.remove("id");
    }
    let record = &mut person["record"];
    // Each link has a digest of its own.
    if record["linkDigest"].is_string() {
        record["linkDigest"] = "{digest}".into();
    }
    // The name of a list's guest has a hash in it.
    if let Some(owner) = record["owner"].as_object_mut() {
        owner.remove("name");
    }
    for claim in record["claims"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        claim.remove("name");
    }
    plain(&mut person, name);
    person
}

fn resource(object: Value, name: &str) -> Value {
    let mut picture =
        json!({"spec": object["spec"], "status": object["status"], "finalizers": object["metadata"]["finalizers"]});
    // Of an answer that got lost the id is lost too.
    if let Some(invitation) = picture["status"]["invitation"].as_object_mut() {
        invitation.remove("id");
    }
    // The name of a Guest has a hash of the address in it.
    if let Some(status) = picture["status"].as_object_mut() {
        status.remove("guestName");
    }
    if let Some(conditions) = picture["status"]["conditions"].as_array_mut() {
        for condition in conditions.iter_mut() {
            *condition = json!([condition["type"], condition["status"], condition["reason"]]);
        }
        conditions.sort_by_key(ToString::to_string);
    }
    plain(&mut picture, name);
    picture
}

/// Takes out of every text what is this telling's own.
fn plain(value: &mut Value, name: &str) {
    match value {
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => *text = "{time}".into(),
        Value::String(text) if uuid::Uuid::parse_str(text).is_ok() => *text = "{id}".into(),
        Value::String(text) => *text = text.replace(name, "{name}"),
        Value::Array(all) => all.iter_mut().for_each(|part| plain(part, name)),
        Value::Object(all) => all.values_mut().for_each(|part| plain(part, name)),
        _ => {}
    }
}

fn sorted(all: impl Iterator<Item = Value>) -> Value {
    let mut all: Vec<Value> = all.collect();
    all.sort_by_key(ToString::to_string);
    all.into()
}

/// The users of this telling, and the names of the groups that they are in.
fn directory(world: &World, name: &str) -> (Value, String) {
    let simulator = simulator(world);
    let is_ours = |user: &entra_simulator::User| {
        let mail = user.mail.as_deref().unwrap_or_default();
        mail.split(['@', '.']).next() == Some(name)
    };
    let mut groups = Vec::new();
    for group in simulator.groups(TENANT) {
        if simulator.members(TENANT, &group.id).iter().any(is_ours) {
            groups.push(group.display_name.clone());
        }
    }
    groups.sort();
    let users = simulator.users(TENANT).into_iter().filter(is_ours).map(|user| {
        let mut shown = json!({
            "mail": user.mail, "type": user.user_type, "state": user.external_user_state, "enabled": user.account_enabled,
            "sponsors": user.related("sponsors").len(), "name": user.display_name, "profile": user.profile,
        });
        plain(&mut shown, name);
        shown
    });
    (sorted(users), groups.join(" "))
}

fn mails(world: &World, name: &str) -> BTreeMap<String, usize> {
    let locals = ["", ".a", ".b", ".c"].map(|part| format!("{name}{part}"));
    let addresses = locals.iter().flat_map(|local| DOMAINS.map(|domain| format!("{local}@{domain}")));
    let counted = addresses.map(|address| {
        let simulator = simulator(world);
        let count = simulator.invitation_mails(&address).len() + simulator.own_mails(&address).len();
        (address.replace(name, ""), count)
    });
    counted.filter(|(_, count)| *count > 0).collect()
}
