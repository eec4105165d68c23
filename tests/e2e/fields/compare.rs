//! What of a guest is compared with a fresh one.

use std::collections::HashMap;

use entra_simulator::{Simulator, User};
use serde_json::{Value, json};
use testbed::stories::TENANT;

/// A status without what is each guest's own (ids), without times, and with conditions by their type.
pub(super) fn comparable(status: &Value) -> Value {
    let mut status = status.clone();
    // Who was suspended from the start has no Guest and no role, and the name of a Guest has a hash of the address in it.
    for pointer in [
        "/observedGeneration",
        "/role",
        "/guest/id",
        "/guestName",
        "/invitation/id",
        "/ended/at",
        "/redemption/changedAt",
    ] {
        remove(&mut status, pointer);
    }
    // What counts of the next reminder is how long after the mail it comes.
    let time = |value: &Value| value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let invitation = &status["invitation"];
    if let Some((next, last)) = time(&invitation["nextSendAt"]).zip(time(&invitation["lastSentAt"])) {
        status["invitation"]["nextSendAt"] = json!(next.duration_since(last).as_secs());
    }
    if status["invitation"]["lastSentAt"].is_string() {
        status["invitation"]["lastSentAt"] = json!("once");
    }
    let conditions: serde_json::Map<String, Value> = status["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|condition| {
            let shown = json!({
                "status": condition["status"], "reason": condition["reason"], "message": condition["message"],
            });
            (condition["type"].as_str().unwrap_or_default().to_owned(), shown)
        })
        .collect();
    status["conditions"] = Value::Object(conditions);
    status
}

pub(super) fn directory(user: &User, members: &HashMap<String, Vec<String>>) -> Value {
    let mut sponsors = user.related("sponsors").to_vec();
    sponsors.sort();
    let mut profile = user.profile.clone();
    // A list that was never set and an empty one are the same to whoever reads them.
    profile.retain(|_, value| *value != json!([]));
    json!({
        "displayName": user.display_name, "mail": user.mail, "otherMails": user.other_mails,
        "enabled": user.account_enabled, "state": user.external_user_state, "profile": profile,
        "sponsors": sponsors, "groups": members.get(&user.id),
    })
}

/// The names of everybody's groups, by user id.
pub(super) fn members(entra: &Simulator) -> HashMap<String, Vec<String>> {
    let mut members: HashMap<String, Vec<String>> = HashMap::new();
    for group in entra.groups(TENANT) {
        for member in entra.members(TENANT, &group.id) {
            members.entry(member.id).or_default().push(group.display_name.clone());
        }
    }
    members
}

pub(super) fn compare(at: &str, changed: &Value, fresh: &Value, differences: &mut Vec<String>) {
    match (changed, fresh) {
        (Value::Object(one), Value::Object(other)) => {
            let mut keys: Vec<&String> = one.keys().chain(other.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                compare(&format!("{at}/{key}"), &changed[key.as_str()], &fresh[key.as_str()], differences);
            }
        }
        _ if changed != fresh => differences.push(format!("{at} is {changed}, of a fresh guest {fresh}")),
        _ => {}
    }
}

pub(super) fn remove(value: &mut Value, pointer: &str) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    match value.pointer_mut(parent) {
        Some(Value::Object(parent)) => drop(parent.remove(key)),
        Some(Value::Array(parent)) => {
            if let Some(item) = key.parse().ok().and_then(|index: usize| parent.get_mut(index)) {
                *item = Value::Null;
            }
        }
        _ => {}
    }
}
