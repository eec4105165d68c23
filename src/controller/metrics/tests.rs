use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::*;

/// Metrics with every label value that the code can write, and some statuses of HTTP.
async fn full() -> (Metrics, Registry) {
    let mut registry = Registry::with_prefix("guestlist");
    let metrics = Metrics::new(&mut registry);
    metrics.lead(true);
    for kind in [AttemptKind::Invite, AttemptKind::Add, AttemptKind::Resend, AttemptKind::Reminder, AttemptKind::Reset]
    {
        metrics.sent("default", kind);
    }
    let mut counts = GuestCounts::default();
    State::ALL.into_iter().for_each(|state| counts.add(Some(state)));
    counts.add(Some(State::Failed));
    metrics.tenant("default", true, false, counts);
    let failed: Result<(), ()> = metrics.pass("GuestInvitation", async { Err(()) }).await;
    let passed: Result<(), ()> = metrics.pass("EntraTenant", async { Ok(()) }).await;
    assert!(failed.is_err() && passed.is_ok());
    let graph = metrics.graph.of("default");
    for status in [Some(200), Some(401), Some(403), Some(404), Some(429), Some(500), Some(503), None] {
        graph.called("createInvitation", status, Duration::from_millis(100));
    }
    graph.throttled(Duration::from_secs(1));
    (metrics, registry)
}

fn text(registry: &Registry) -> String {
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, registry).unwrap();
    text
}

#[tokio::test]
async fn what_is_counted_is_shown_and_a_tenant_that_goes_takes_its_own_along() {
    let (metrics, registry) = full().await;
    let shown = text(&registry);
    for line in [
        "guestlist_leader 1",
        "guestlist_reconciles_total{kind=\"GuestInvitation\",outcome=\"failure\"} 1",
        "guestlist_reconcile_duration_seconds_count{kind=\"GuestInvitation\"} 1",
        "guestlist_invitations_sent_total{tenant=\"default\",kind=\"invite\"} 1",
        "guestlist_guests{tenant=\"default\",state=\"Invited\"} 1",
        "guestlist_guests{tenant=\"default\",state=\"Failed\"} 2",
        "guestlist_tenant_ready{tenant=\"default\"} 1",
        "guestlist_tenant_invitations_blocked{tenant=\"default\"} 0",
        "guestlist_graph_requests_total{tenant=\"default\",operation=\"createInvitation\",code=\"none\"} 1",
    ] {
        assert!(shown.lines().any(|printed| printed.starts_with(line)), "{line} is missing in\n{shown}");
    }
    metrics.forget("default");
    let shown = text(&registry);
    assert!(!shown.contains("guestlist_guests{") && !shown.contains("guestlist_tenant_ready{"), "{shown}");
}

/// The series of a metric: the values of each label.
type MetricLabels = BTreeMap<String, BTreeSet<String>>;

/// Every metric of the page, with its labels.
fn written(page: &str) -> BTreeMap<String, MetricLabels> {
    let mut all: BTreeMap<String, MetricLabels> = BTreeMap::new();
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let (series, _) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let known = all.entry(name.to_owned()).or_default();
        for label in labels.trim_end_matches('}').split(',').filter(|label| !label.is_empty()) {
            let (key, value) = label.split_once('=').unwrap();
            known.entry(key.to_owned()).or_default().insert(value.trim_matches('"').to_owned());
        }
    }
    all
}

/// Whether a value is what a regular expression of letters, digits and dots means.
fn is_meant(pattern: &str, value: &str) -> bool {
    assert!(pattern.chars().all(|c| c.is_ascii_alphanumeric() || c == '.'), "{pattern}: teach the test to read it");
    pattern.len() == value.len() && pattern.chars().zip(value.chars()).all(|(p, v)| p == '.' || p == v)
}

/// What is wrong with a query: a metric, a label or a value that the code does not write.
fn faults(query: &str, written: &BTreeMap<String, MetricLabels>) -> Vec<String> {
    let mut wrong = Vec::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut used = BTreeSet::new();
    for (at, _) in query.match_indices("guestlist_") {
        let name: String = query[at..].chars().take_while(|c| is_word(*c)).collect();
        let Some(labels) = written.get(&name) else {
            wrong.push(format!("there is no metric {name}"));
            continue;
        };
        used.extend(labels.keys().cloned());
        let matchers = query[at + name.len()..].strip_prefix('{').and_then(|rest| rest.split_once('}'));
        for matcher in matchers.map(|(inside, _)| inside.split(',')).into_iter().flatten() {
            let (label, value) = matcher.split_once('=').unwrap();
            let values = labels.get(label.trim_end_matches('!'));
            let value = value.trim_start_matches('~').trim_matches('"');
            let Some(values) = values else {
                wrong.push(format!("{name} has no label {label}"));
                continue;
            };
            // A variable of the dashboard stands for what it was given.
            for one in value.split('|').filter(|value| !value.starts_with('$')) {
                if !values.iter().any(|value| is_meant(one, value)) {
                    wrong.push(format!("{name} never has {label}={one:?}"));
                }
            }
        }
    }
    for part in query.split("by (").skip(1) {
        let labels = part.split(')').next().unwrap_or_default().split(',').map(str::trim);
        wrong.extend(
            labels.filter(|label| !used.contains(*label)).map(|label| format!("nothing has the label {label}")),
        );
    }
    wrong
}

/// The labels that a query leaves over.
fn left_over(query: &str) -> BTreeSet<&str> {
    query.split("by (").skip(1).flat_map(|part| part.split(')').next().unwrap_or_default().split(", ")).collect()
}

fn queries(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                match value.as_str() {
                    Some(text) if ["expr", "query", "definition"].contains(&key.as_str()) => found.push(text.into()),
                    _ => queries(value, found),
                }
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| queries(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn alerts_and_dashboard_ask_for_names_labels_and_values_that_are_written() {
    let (_metrics, registry) = full().await;
    let written = written(&text(&registry));
    let alerts: serde_json::Value =
        serde_saphyr::from_str(include_str!("../../../charts/guestlist/files/alerts.yaml")).unwrap();
    let dashboard: serde_json::Value =
        serde_json::from_str(include_str!("../../../charts/guestlist/files/dashboard.json")).unwrap();
    let mut asked = Vec::new();
    queries(&alerts, &mut asked);
    queries(&dashboard, &mut asked);
    assert!(asked.len() > 15, "{asked:?}");
    for query in &asked {
        assert_eq!(faults(query, &written), [] as [String; 0], "{query}");
    }
    for rule in alerts["rules"].as_array().unwrap() {
        let (query, words) = (rule["expr"].as_str().unwrap(), rule["annotations"].to_string());
        for label in words.split("$labels.").skip(1) {
            let label: String = label.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            assert!(left_over(query).contains(label.as_str()), "{} has no label {label}", rule["alert"]);
        }
    }
    // The test would see each kind of slip.
    for wrong in [
        "guestlist_gone > 0",
        "sum(guestlist_guests{state=\"Other\"})",
        "sum(guestlist_guests{phase=\"Failed\"})",
        "sum by (namespace) (guestlist_guests)",
        "rate(guestlist_graph_requests_total{code=~\"5..|never\"}[5m])",
    ] {
        assert_eq!(faults(wrong, &written).len(), 1, "{wrong}");
    }
}
