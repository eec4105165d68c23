//! The usual installation, its image, its names, and the lease.

use serde_json::{Value, json};
use testbed::stories::helm::{only, render};

use super::{args, kinds, named, pod};

#[test]
fn the_usual_installation_has_what_is_needed_and_no_more() {
    let documents = render(&[]).unwrap();
    assert_eq!(
        kinds(&documents).into_iter().filter(|kind| !kind.starts_with("ValidatingAdmission")).collect::<Vec<_>>(),
        [
            "ClusterRole",
            "ClusterRoleBinding",
            "CustomResourceDefinition",
            "Deployment",
            "Role",
            "RoleBinding",
            "Service",
            "ServiceAccount"
        ]
    );
    for document in &documents {
        if document["kind"].as_str().unwrap().starts_with("ValidatingAdmission") {
            continue;
        }
        let labels = &document["metadata"]["labels"];
        assert_eq!(labels["app.kubernetes.io/instance"], "guestlist", "{document}");
        assert_eq!(labels["app.kubernetes.io/managed-by"], "Helm", "{document}");
    }
    assert_eq!(
        args(&documents),
        [
            "run",
            "--http-address=0.0.0.0:8080",
            "--settling-time=5m",
            "--log-format=json",
            "--leader-elect",
            "--lease-name=guestlist",
            "--lease-duration=15s",
            "--renew-deadline=10s",
            "--retry-period=2s"
        ]
    );
    let pod = pod(&documents);
    let container = &pod["containers"][0];
    assert_eq!(container["image"], "ghcr.io/guestlist-dev/guestlist:0.1.0");
    assert_eq!(container["livenessProbe"]["httpGet"], json!({"path": "/livez", "port": "http"}));
    assert_eq!(container["readinessProbe"]["httpGet"], json!({"path": "/readyz", "port": "http"}));
    assert_eq!(container["ports"][0]["containerPort"], 8080);
    assert_eq!(pod["enableServiceLinks"], false);
    assert_eq!(pod["automountServiceAccountToken"], true);
    assert!(pod["topologySpreadConstraints"].is_null(), "nothing to spread");
    assert_eq!(only(&documents, "ServiceAccount")["automountServiceAccountToken"], false);
    assert_eq!(only(&documents, "Service")["spec"]["publishNotReadyAddresses"], true);
}

#[test]
fn image_names_and_labels() {
    let image = |settings: &[&str]| pod(&render(settings).unwrap())["containers"][0]["image"].clone();
    assert_eq!(image(&["image.tag=v9", "image.registry="]), "guestlist-dev/guestlist:v9");
    let digest = format!("sha256:{}", "0".repeat(64));
    let set = format!("image.digest={digest}");
    assert_eq!(image(&["image.tag=v9", &set]), format!("ghcr.io/guestlist-dev/guestlist@{digest}"));
    let documents = render(&[
        "fullnameOverride=invites",
        "namespaceOverride=elsewhere",
        "commonLabels.team=platform",
        "image.pullPolicy=Always",
        "imagePullSecrets[0].name=pull",
    ])
    .unwrap();
    let deployment = only(&documents, "Deployment");
    assert_eq!(deployment["metadata"]["name"], "invites");
    assert_eq!(deployment["metadata"]["namespace"], "elsewhere");
    assert_eq!(deployment["metadata"]["labels"]["team"], "platform");
    assert_eq!(pod(&documents)["imagePullSecrets"], json!([{"name": "pull"}]));
    assert_eq!(pod(&documents)["containers"][0]["imagePullPolicy"], "Always");
    assert_eq!(named(&documents, "ClusterRoleBinding", "-operator")["subjects"][0]["namespace"], "elsewhere");
    assert_eq!(only(&render(&["nameOverride=g"]).unwrap(), "Deployment")["metadata"]["name"], "guestlist");
    let long = format!("fullnameOverride={}", "x".repeat(80));
    assert_eq!(only(&render(&[&long]).unwrap(), "Deployment")["metadata"]["name"].as_str().unwrap().len(), 63);
}

#[test]
fn a_lease_or_one_pod() {
    let documents = render(&["replicaCount=2"]).unwrap();
    let deployment = &only(&documents, "Deployment")["spec"];
    assert_eq!(deployment["replicas"], 2);
    assert_eq!(deployment["strategy"]["rollingUpdate"]["maxUnavailable"], 0);
    assert_eq!(pod(&documents)["topologySpreadConstraints"][0]["topologyKey"], "kubernetes.io/hostname");
    let role = only(&documents, "Role");
    let leases: Vec<&Value> =
        role["rules"].as_array().unwrap().iter().filter(|rule| rule["resources"][0] == "leases").collect();
    assert_eq!((leases.len(), &leases[1]["resourceNames"]), (2, &json!(["guestlist"])));

    let changed = ["leaseDuration=60s", "renewDeadline=40s", "retryPeriod=5s", "leaseName=mine"]
        .map(|setting| format!("leaderElection.{setting}"));
    let documents = render(&changed.each_ref().map(String::as_str)).unwrap();
    for flag in ["--lease-duration=60s", "--renew-deadline=40s", "--retry-period=5s", "--lease-name=mine"] {
        assert!(args(&documents).iter().any(|arg| arg == flag), "{flag}");
    }
    assert!(only(&documents, "Role").to_string().contains(r#"["mine"]"#));

    let documents = render(&["leaderElection.enabled=false"]).unwrap();
    assert_eq!(only(&documents, "Deployment")["spec"]["strategy"]["type"], "Recreate");
    assert!(!args(&documents).join(" ").contains("lea"), "no flag of the lease");
    assert!(!only(&documents, "Role").to_string().contains("leases"));
}
