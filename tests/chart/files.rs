//! The generated parts of the chart are what their sources make of them, and lint has nothing to say.

use serde_json::Value;
use testbed::workspace;

use testbed::stories::helm::{chart, helm, of_kind, render};

#[test]
fn lint_is_content() {
    let folder = chart().display().to_string();
    let said = helm(&["lint", "--strict", &folder], None).unwrap();
    assert!(said.contains("1 chart(s) linted, 0 chart(s) failed"), "{said}");
    assert!(!said.contains("[WARNING]") && !said.contains("[ERROR]"), "{said}");
}

#[test]
fn what_is_generated_is_fresh() {
    let fresh = tempfile::tempdir().unwrap();
    testbed::chart::generate(fresh.path()).unwrap();
    for file in ["README.md", "values.schema.json"] {
        let (made, kept) = (std::fs::read(fresh.path().join(file)), std::fs::read(chart().join(file)));
        assert!(made.unwrap() == kept.unwrap(), "{file} is stale: run make generate");
    }
}

#[test]
fn the_definitions_are_those_of_the_operator_byte_for_byte() {
    let documents = render(&[]).unwrap();
    let rendered = of_kind(&documents, "CustomResourceDefinition");
    let mut sources = 0;
    for entry in std::fs::read_dir(workspace::path("crds")).unwrap() {
        let path = entry.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        let copy = std::fs::read_to_string(chart().join("files/crds").join(path.file_name().unwrap())).unwrap();
        assert!(source == copy, "{} is stale in the chart: run make generate", path.display());
        let source: Value = serde_saphyr::from_str(&source).unwrap();
        let found = rendered.iter().find(|crd| crd["metadata"]["name"] == source["metadata"]["name"]).unwrap();
        assert_eq!(found["spec"], source["spec"], "nothing in it was taken for a template");
        assert_eq!(found["metadata"]["annotations"]["helm.sh/resource-policy"], "keep");
        sources += 1;
    }
    assert_eq!((sources, rendered.len()), (4, 4));
}

#[test]
fn alerts_and_dashboard_name_only_metrics_that_are_agreed() {
    const METRICS: [&str; 10] = [
        "guestlist_leader",
        "guestlist_reconciles_total",
        "guestlist_reconcile_duration_seconds_bucket",
        "guestlist_graph_requests_total",
        "guestlist_graph_request_duration_seconds_bucket",
        "guestlist_graph_throttled_seconds_total",
        "guestlist_invitations_sent_total",
        "guestlist_guests",
        "guestlist_tenant_ready",
        "guestlist_tenant_invitations_blocked",
    ];
    let texts =
        ["files/alerts.yaml", "files/dashboard.json"].map(|file| std::fs::read_to_string(chart().join(file)).unwrap());
    let mut named = std::collections::BTreeSet::new();
    for text in &texts {
        let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
        named.extend(words.filter(|word| word.starts_with("guestlist_")));
    }
    assert_eq!(named, METRICS.into(), "each is watched, and no other is");
}
