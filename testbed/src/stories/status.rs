//! The words of a status.

use serde_json::Value;

/// Status, reason and message of a condition; empty when it does not stand.
pub fn condition(object: &Value, kind: &str) -> (String, String, String) {
    let conditions = object["status"]["conditions"].as_array();
    let found = conditions.into_iter().flatten().find(|condition| condition["type"] == kind);
    let text = |key: &str| found.and_then(|found| found[key].as_str()).unwrap_or_default().to_owned();
    (text("status"), text("reason"), text("message"))
}

/// `status.state`.
pub fn state(object: &Value) -> &str {
    object["status"]["state"].as_str().unwrap_or_default()
}

/// Whether nobody has written the status yet: it is what the API server filled in.
pub fn is_blank(object: &Value) -> bool {
    let status = &object["status"];
    status.is_null() || status == &serde_json::json!({"observedGeneration": -1})
}

/// Whether the status speaks of the newest spec.
pub fn is_current(object: &Value) -> bool {
    object["status"]["observedGeneration"] == object["metadata"]["generation"]
}

/// The kstatus rules, as Flux's checker states them.
///
/// # Panics
/// Where one is broken.
pub fn kstatus(object: &Value) {
    let (ready, ..) = condition(object, "Ready");
    let (reconciling, ..) = condition(object, "Reconciling");
    let (stalled, ..) = condition(object, "Stalled");
    assert!(["True", "False", "Unknown"].contains(&ready.as_str()), "Ready always stands: {object}");
    for negative in [&reconciling, &stalled] {
        assert!(negative.is_empty() || negative == "True", "Reconciling and Stalled stand only while true: {object}");
    }
    assert!(reconciling.is_empty() || stalled.is_empty(), "never both: {object}");
    assert!(ready != "True" || (reconciling.is_empty() && stalled.is_empty()), "Ready=True with trouble: {object}");
    assert!(ready != "Unknown" || reconciling == "True", "Ready=Unknown without Reconciling: {object}");
    let generation = object["metadata"]["generation"].as_i64();
    assert!(object["status"]["observedGeneration"].as_i64() <= generation, "{object}");
}
