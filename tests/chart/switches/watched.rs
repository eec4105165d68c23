//! For Prometheus and Grafana.

use serde_json::{Value, json};
use testbed::stories::helm::{NAMESPACE, of_kind, only, render, render_with_prometheus};

use super::kinds;

#[test]
fn prometheus_and_grafana() {
    let wanted = ["serviceMonitor.enabled=true", "prometheusRule.enabled=true"];
    assert!(!kinds(&render(&wanted).unwrap()).iter().any(|kind| kind == "ServiceMonitor" || kind == "PrometheusRule"));
    let always = ["serviceMonitor.renderMode=alwaysRender", "prometheusRule.renderMode=alwaysRender"];
    let documents = render(&[&wanted[..], &always[..]].concat()).unwrap();
    assert!(!of_kind(&documents, "ServiceMonitor").is_empty() && !of_kind(&documents, "PrometheusRule").is_empty());

    let more = [
        "serviceMonitor.additionalLabels.release=p",
        "serviceMonitor.scrapeTimeout=9s",
        "serviceMonitor.interval=60s",
        "serviceMonitor.namespace=monitoring",
        "serviceMonitor.relabelings[0].action=drop",
        "serviceMonitor.metricRelabelings[0].action=keep",
        "prometheusRule.namespace=monitoring",
        "prometheusRule.additionalLabels.release=p",
        "prometheusRule.disabled={GuestlistThrottled}",
        "prometheusRule.overrides.GuestlistNoLeader.for=10m",
        "metrics.service.port=9999",
        "metrics.service.annotations.a=b",
        "grafanaDashboard.enabled=true",
        "grafanaDashboard.namespace=grafana",
        "grafanaDashboard.sidecarLabelValue=yes",
        "grafanaDashboard.annotations.folder=Entra",
    ];
    let documents = render_with_prometheus(&[&wanted[..], &more[..]].concat()).unwrap();
    let monitor = only(&documents, "ServiceMonitor");
    assert_eq!(
        (&monitor["metadata"]["namespace"], &monitor["metadata"]["labels"]["release"]),
        (&json!("monitoring"), &json!("p"))
    );
    let endpoint = &monitor["spec"]["endpoints"][0];
    assert_eq!(endpoint["relabelings"], json!([{"action": "drop"}]));
    assert_eq!(endpoint["metricRelabelings"], json!([{"action": "keep"}]));
    assert_eq!((&endpoint["interval"], &endpoint["scrapeTimeout"]), (&json!("60s"), &json!("9s")));
    assert_eq!(monitor["spec"]["namespaceSelector"]["matchNames"], json!([NAMESPACE]));
    let service = only(&documents, "Service");
    assert_eq!(
        (&service["spec"]["ports"][0]["port"], &service["metadata"]["annotations"]["a"]),
        (&json!(9999), &json!("b"))
    );
    let chosen = &monitor["spec"]["selector"]["matchLabels"];
    for (key, value) in chosen.as_object().unwrap() {
        assert_eq!(&service["metadata"]["labels"][key], value, "the ServiceMonitor finds the Service");
    }

    let rule = only(&documents, "PrometheusRule");
    assert_eq!(rule["metadata"]["namespace"], "monitoring");
    let rules = rule["spec"]["groups"][0]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 8, "nine but the one that is not wanted");
    assert_eq!((&rules[0]["alert"], &rules[0]["for"]), (&json!("GuestlistNoLeader"), &json!("10m")));
    assert!(
        rules[1]["annotations"]["summary"].as_str().unwrap().contains("{{ $labels.tenant }}"),
        "left to Prometheus"
    );

    let dashboard = only(&documents, "ConfigMap");
    assert_eq!(dashboard["metadata"]["namespace"], "grafana");
    assert_eq!(dashboard["metadata"]["labels"]["grafana_dashboard"], "yes");
    assert_eq!(dashboard["metadata"]["annotations"]["folder"], "Entra");
    let board: Value = serde_json::from_str(dashboard["data"]["guestlist.json"].as_str().unwrap()).unwrap();
    assert_eq!(board["uid"], "guestlist");
    assert!(of_kind(&render(&["metrics.service.enabled=false"]).unwrap(), "Service").is_empty());
}
