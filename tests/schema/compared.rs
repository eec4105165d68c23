//! What is applied compares as equal with what is kept, so that `kubectl diff`, Argo CD and Flux come to rest.

use serde_json::{Map, Value, json};
use testbed::workspace;

use crate::requests::{KINDS, alone, ask, object, path};

/// What kubectl would still change, where the manifest is what was applied before: fields that are added or changed
/// (jsonmergepatch.CreateThreeWayJSONMergePatch of apimachinery). A list is compared as a whole.
fn still_to_change(kept: &Value, written: &Value) -> Option<Value> {
    let (Value::Object(kept), Value::Object(written)) = (kept, written) else {
        return (kept != written).then(|| written.clone());
    };
    let nothing = Value::Null;
    let changes: Map<String, Value> = written
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), still_to_change(kept.get(name).unwrap_or(&nothing), value)?)))
        .collect();
    (!changes.is_empty()).then_some(Value::Object(changes))
}

fn examples() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for folder in ["examples", "examples/guests", "examples/lists"] {
        for entry in std::fs::read_dir(workspace::path(folder)).unwrap() {
            let file = entry.unwrap().path();
            if file.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let documents: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
            found.extend(documents.into_iter().map(|document| (file.display().to_string(), document)));
        }
    }
    found
}

/// What leaves out all that can be left out, also in the items of lists.
fn bare() -> Vec<Value> {
    let credentials = json!({"workloadIdentity": {}});
    let id = "00000000-0000-0000-0000-000000000001";
    vec![
        object("EntraTenant", "bare", json!({"tenantId": id, "credentials": credentials, "access": [{}]})),
        object("GuestInvitation", "bare", json!({"email": "bob@example.com", "reminders": {"after": "72h"}})),
        object(
            "GuestList",
            "bare",
            json!({"guests": [{"email": "ann@example.com", "tenantRef": {}, "reminders": {"after": "72h"}}]}),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_applied_compares_as_equal_with_what_is_kept() {
    let world = alone().await;
    let bare = bare().into_iter().map(|object| ("left out".to_owned(), object));
    let mut compared = 0;
    for (file, written) in examples().into_iter().chain(bare) {
        if let Some(namespace) = written["metadata"]["namespace"].as_str() {
            world.plane.namespace(namespace).await.unwrap();
        }
        let kept = world.apply(&written.to_string()).await.unwrap_or_else(|error| panic!("{file}: {error}")).remove(0);
        let kept = serde_json::to_value(kept).unwrap();
        assert_eq!(still_to_change(&kept, &written), None, "{file} is out of date as soon as it is applied");
        compared += 1;
    }
    assert!(compared >= 17, "{compared}");
    // The comparison would see a default in a list.
    let (kept, written) = (json!({"access": [{"share": "Denied"}], "mode": "Active"}), json!({"access": [{}]}));
    assert_eq!(still_to_change(&kept, &written), Some(json!({"access": [{}]})));
}

/// kstatus, and so Flux and `kubectl wait`-like tools, hold `observedGeneration` against the generation first.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_counts_as_current_before_its_first_status() {
    let world = alone().await;
    for written in bare() {
        let kind = written["kind"].as_str().unwrap();
        let uri = format!("{}?fieldManager=somebody", path(kind));
        let made = ask(&world, "POST", &uri, "application/json", &written).await;
        assert_eq!(made.code, 201, "{}", made.said());
        let uri = format!("{}/bare", path(kind));
        let kept = ask(&world, "GET", &uri, "application/json", &Value::Null).await.body;
        let (generation, observed) = (&kept["metadata"]["generation"], &kept["status"]["observedGeneration"]);
        assert_eq!((generation, observed), (&json!(1), &json!(-1)), "{kind} reads as done before anybody looked at it");
    }
    assert_eq!(bare().len() + 1, KINDS.len(), "a Guest alone has no status");
}
