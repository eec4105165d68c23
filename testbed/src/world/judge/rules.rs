//! The rules: what kstatus expects of Ready, Reconciling and Stalled, what the API conventions expect of a condition, and that
//! a later version takes nothing back.

use serde_json::Value;

/// The operator's field manager.
const OPERATOR: &str = "guestlist";

/// What an approver writes, beside the operator.
const APPROVAL: &str = "k:{\"type\":\"Approved\"}";

const STATES: [&str; 7] = ["Pending", "Invited", "Accepted", "Expired", "Withdrawn", "Refused", "Failed"];

/// Whether the operator wrote this status, and nobody else but an approver.
pub(super) fn is_the_operators(object: &Value) -> bool {
    let writers = object["metadata"]["managedFields"].as_array();
    let of_status = || writers.into_iter().flatten().filter(|writer| writer["subresource"] == "status");
    let ours = |writer: &Value| writer["manager"] == OPERATOR;
    let only_approves = |writer: &Value| {
        let fields = writer["fieldsV1"]["f:status"].as_object();
        let conditions = writer["fieldsV1"]["f:status"]["f:conditions"].as_object();
        fields.into_iter().flatten().all(|(name, _)| ["f:conditions", "f:approval", "."].contains(&name.as_str()))
            && conditions.into_iter().flatten().all(|(name, _)| name == APPROVAL || name == ".")
    };
    of_status().any(ours) && of_status().all(|writer| ours(writer) || only_approves(writer))
}

/// Each rule that the version breaks, by itself or after the one before.
pub(super) fn broken(before: Option<&Value>, object: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut rule = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    let (status, generation) = (&object["status"], object["metadata"]["generation"].as_i64());
    let conditions = conditions(object);

    let stands = |kind: &str| condition(object, kind).and_then(|found| found["status"].as_str()).unwrap_or_default();
    let (ready, reconciling, stalled) = (stands("Ready"), stands("Reconciling"), stands("Stalled"));
    rule(["True", "False", "Unknown"].contains(&ready), "Ready always stands");
    rule(["", "True"].contains(&reconciling), "Reconciling stands only while true");
    rule(["", "True"].contains(&stalled), "Stalled stands only while true");
    rule(reconciling.is_empty() || stalled.is_empty(), "Reconciling and Stalled never stand together");
    rule(ready != "True" || (reconciling.is_empty() && stalled.is_empty()), "what is Ready is at rest");
    rule(ready != "Unknown" || !reconciling.is_empty(), "Ready is Unknown only while Reconciling");

    let observed = status["observedGeneration"].as_i64();
    rule(observed <= generation, "observedGeneration is not ahead of the spec");
    rule(observed.is_some(), "observedGeneration stands");
    let state = status["state"].as_str();
    rule(object["kind"] != "GuestInvitation" || state.is_some_and(|state| STATES.contains(&state)), "state is a word");
    for (n, condition) in conditions.iter().enumerate().filter(|(_, condition)| condition["type"] != "Approved") {
        let text = |name: &str| condition[name].as_str().unwrap_or_default();
        let twice = conditions[..n].iter().any(|other| other["type"] == condition["type"]);
        rule(!twice, &format!("{} stands once", text("type")));
        rule(["True", "False", "Unknown"].contains(&text("status")), &format!("{} has a status", text("type")));
        rule(is_reason(text("reason")), &format!("{} has a reason of one word", text("type")));
        rule(!text("message").trim().is_empty(), &format!("{} has a message", text("type")));
        let of = condition["observedGeneration"].as_i64();
        rule(of <= generation, &format!("{} is not ahead of the spec", text("type")));
    }

    let Some(before) = before else { return wrong };
    rule(before["status"]["observedGeneration"].as_i64() <= observed, "observedGeneration never goes back");
    for now in conditions.iter().filter(|now| now["type"] != "Approved") {
        let Some(then) = now["type"].as_str().and_then(|kind| condition(before, kind)) else { continue };
        // Written alike, times compare as texts.
        let (since, was) = (now["lastTransitionTime"].as_str(), then["lastTransitionTime"].as_str());
        match now["status"] == then["status"] {
            true => rule(since == was, &format!("{} keeps its time while its status stays", now["type"])),
            false => rule(since >= was, &format!("the time of {} never goes back", now["type"])),
        }
    }
    wrong
}

fn conditions(object: &Value) -> &[Value] {
    object["status"]["conditions"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    conditions(object).iter().find(|condition| condition["type"] == kind)
}

/// As the API conventions write it: letters and digits, beginning with a letter.
fn is_reason(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_,:".contains(c))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn guest(conditions: Value) -> Value {
        json!({
            "kind": "GuestInvitation",
            "metadata": {"name": "bob", "generation": 2, "managedFields": [
                {"manager": "guestlist", "operation": "Apply", "subresource": "status", "fieldsV1": {"f:status": {"f:state": {}}}},
            ]},
            "status": {"observedGeneration": 2, "state": "Invited", "conditions": conditions},
        })
    }

    fn stands(kind: &str, status: &str) -> Value {
        json!({
            "type": kind, "status": status, "reason": "Because", "message": "So it is.", "observedGeneration": 2,
            "lastTransitionTime": "2026-11-22T10:00:00Z",
        })
    }

    #[test]
    fn each_rule_is_told_when_it_is_broken() {
        let good = guest(json!([stands("Ready", "True"), stands("Invited", "True")]));
        assert_eq!(broken(None, &good), Vec::<String>::new());
        assert_eq!(broken(Some(&good), &good), Vec::<String>::new());
        let changed = |path: &str, new: Value| {
            let mut guest = good.clone();
            *guest.pointer_mut(path).unwrap() = new;
            guest
        };
        let later = |status: &str, since: &str| {
            let mut ready = stands("Ready", status);
            ready["lastTransitionTime"] = since.into();
            changed("/status/conditions/0", ready)
        };
        for (wrong, said) in [
            (guest(json!([])), "Ready always stands"),
            (guest(json!([stands("Ready", "True"), stands("Stalled", "True")])), "at rest"),
            (guest(json!([stands("Ready", "False"), stands("Stalled", "False")])), "only while true"),
            (guest(json!([stands("Ready", "Unknown")])), "only while Reconciling"),
            (
                guest(json!([stands("Ready", "False"), stands("Reconciling", "True"), stands("Stalled", "True")])),
                "never stand together",
            ),
            (guest(json!([stands("Ready", "True"), stands("Ready", "True")])), "stands once"),
            (changed("/status/observedGeneration", json!(3)), "ahead of the spec"),
            (changed("/status/observedGeneration", json!(1)), "never goes back"),
            (changed("/status/observedGeneration", Value::Null), "observedGeneration stands"),
            (changed("/status/state", json!("Odd")), "a word"),
            (changed("/status/conditions/0/reason", json!("two words")), "one word"),
            (changed("/status/conditions/0/message", json!("")), "has a message"),
            (later("True", "2026-11-22T10:00:01Z"), "keeps its time"),
            (later("False", "2026-11-22T09:59:59Z"), "never goes back"),
        ] {
            let told = broken(Some(&good), &wrong);
            assert!(told.iter().any(|told| told.contains(said)), "{said}: {told:?}");
        }
    }

    #[test]
    fn only_what_the_operator_wrote_is_its_to_answer_for() {
        let mut object = guest(json!([stands("Ready", "True")]));
        assert!(is_the_operators(&object));
        let writers = &mut object["metadata"]["managedFields"];
        let by = |manager: &str, fields: Value| json!({"manager": manager, "subresource": "status", "fieldsV1": {"f:status": fields}});
        writers.as_array_mut().unwrap().push(by(
            "approver",
            json!({"f:approval": {"f:uid": {}}, "f:conditions": {".": {}, APPROVAL: {"f:status": {}}}}),
        ));
        assert!(is_the_operators(&object), "an approval leaves the rest as it is");
        object["metadata"]["managedFields"][1] = by("kubectl-edit", json!({"f:invitation": {"f:sent": {}}}));
        assert!(!is_the_operators(&object));
        object["metadata"]["managedFields"] = json!([by("kubectl-edit", json!({"f:conditions": {}}))]);
        assert!(!is_the_operators(&object), "the operator has not written yet");
    }
}
