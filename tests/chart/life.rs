//! The life of a release on the real API server: install, upgrade from the chart before, uninstall, install again.

use std::path::{Path, PathBuf};

use kube::api::ListParams;
use serde_json::{Value, json};
use testbed::stories::helm::{self, ALONE, NAMESPACE, chart, install, uninstall, upgrade};
use testbed::stories::installed::deployment;
use testbed::stories::{ALL, SOON, TENANT, allowed, connected, guest_with, simulator, until};
use testbed::world::Ref;
use testbed::{ControlPlane, PlaneConfig};

use crate::installed::{app, plane, running};

/// The chart as one release before could have been: a lower version, a definition that lacks a field, other flags, an alert less.
fn before(folder: &Path) -> PathBuf {
    let older = folder.join("guestlist");
    let copied = std::process::Command::new("cp").arg("-r").arg(chart()).arg(&older).status().unwrap();
    assert!(copied.success());
    let edit = |file: &str, from: &str, to: &str| {
        let path = older.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} should have {from:?}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
    };
    edit("Chart.yaml", "ersion: 0.1.0", "ersion: 0.0.9");
    edit("files/crds/guestinvitations.guestlist.dev.yaml", "redeemAs:", "redeemAsOnce:");
    edit("templates/deployment.yaml", "            - --settling-time={{ .Values.settlingTime }}\n", "");
    edit("templates/roles.yaml", "-tenant-admin", "-tenants");
    older
}

async fn field_is_served(plane: &ControlPlane) -> bool {
    let api = plane.api_of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "").await.unwrap();
    let crd = serde_json::to_value(api.get("guestinvitations.guestlist.dev").await.unwrap()).unwrap();
    crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/redeemAs").is_some()
}

async fn release_is_gone(plane: &ControlPlane) {
    for (version, kind, namespace, name) in [
        ("apps/v1", "Deployment", NAMESPACE, "guestlist"),
        ("v1", "ServiceAccount", NAMESPACE, "guestlist"),
        ("v1", "Service", NAMESPACE, "guestlist-metrics"),
        ("rbac.authorization.k8s.io/v1", "Role", NAMESPACE, "guestlist"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding", NAMESPACE, "guestlist"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", "", "guestlist-system-operator"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", "", "guestlist-system-edit"),
        ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", "guestlist-system-operator"),
    ] {
        let api = plane.api_of(version, kind, namespace).await.unwrap();
        assert!(api.get_opt(name).await.unwrap().is_none(), "{kind} {name} is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn installed_upgraded_uninstalled_and_installed_again_it_mails_once() {
    let folder = tempfile::tempdir().unwrap();
    let plane = plane(PlaneConfig::default()).await;
    install(&plane, &before(folder.path()), &[ALONE]).unwrap();
    assert!(!field_is_served(&plane).await);
    assert!(deployment(&plane).await["metadata"]["labels"]["helm.sh/chart"] == "guestlist-0.0.9");

    let port = crate::installed::free_port();
    let http = format!("httpAddress=127.0.0.1:{port}");
    let settings = [ALONE, http.as_str(), "settlingTime=30s"];
    let said = upgrade(&plane, &chart(), &settings).unwrap();
    assert!(said.contains("STATUS: deployed") && said.contains("REVISION: 2"), "{said}");
    assert!(field_is_served(&plane).await, "an upgrade brings the new definition");
    let roles = plane.api_of("rbac.authorization.k8s.io/v1", "ClusterRole", "").await.unwrap();
    assert!(roles.get_opt("guestlist-system-tenants").await.unwrap().is_none(), "what the new chart lacks is gone");

    let world = running(plane, allowed(&ALL)).await;
    connected(&world).await;
    let policies = [("kept", "Retain"), ("ended", "Delete")];
    for (name, policy) in policies {
        let email = format!("{name}@fabrikam.com");
        world.apply(&guest_with(name, &email, json!({"deletionPolicy": policy}))).await.unwrap();
        until(&world, name, "be Invited", |guest| guest["status"]["state"] == "Invited").await;
    }

    // The operator goes with its rights; the definitions and every guest stay.
    world.operator().unwrap().terminate().unwrap();
    assert!(world.operator().unwrap().wait().await.success(), "ends in order");
    let said = uninstall(&world.plane).unwrap();
    assert!(said.contains("kept due to the resource policy"), "{said}");
    release_is_gone(&world.plane).await;
    for (name, _) in policies {
        assert_eq!(world.get(&Ref::guest("team", name)).await.unwrap()["status"]["state"], "Invited");
    }
    assert_eq!(world.get(&Ref::tenant("default")).await.unwrap()["metadata"]["name"], "default");
    // Whoever has nothing to undo can be deleted without the operator.
    world.delete(&Ref::guest("team", "kept")).await.unwrap();
    world.wait_for(&Ref::guest("team", "kept"), "be gone", Value::is_null, SOON).await.unwrap();

    // Installed again it goes on where it was: nobody is mailed twice.
    install(&world.plane, &chart(), &settings).unwrap();
    crate::installed::in_force(&world.plane).await;
    // The ServiceAccount is a new one, and so is its token.
    let account = world.plane.sign_in(NAMESPACE, &world.account.name).await.unwrap();
    let way = world.kube_way.as_ref().unwrap();
    world.plane.kubeconfig_through(&account, way.url(), way.ca_pem()).unwrap();
    world.start_operator().unwrap();
    world.apply(&guest_with("new", "new@fabrikam.com", json!({}))).await.unwrap();
    // It cannot know what the one before sent a moment ago, so the mail waits until the settling time has passed.
    until(&world, "new", "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    let simulator = simulator(&world);
    for name in ["kept", "ended", "new"] {
        assert_eq!(simulator.invitation_mails(&format!("{name}@fabrikam.com")).len(), 1, "{name}");
    }
    world.delete(&Ref::guest("team", "ended")).await.unwrap();
    world.wait_for(&Ref::guest("team", "ended"), "be gone", Value::is_null, SOON).await.unwrap();
    assert!(simulator.user(TENANT, "ended@fabrikam.com").is_none(), "and the guest is off-boarded");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_command_brings_the_tenant_too() {
    let plane = plane(PlaneConfig::default()).await;
    let (client, _) = app();
    let client = format!("tenant.credentials.clientSecret.clientId={client}");
    let tenant = format!("tenant.tenantId={TENANT}");
    let settings = [
        ALONE,
        "tenant.create=true",
        &tenant,
        &client,
        "tenant.credentials.clientSecret.secretRef.name=entra",
        "tenant.spec.pacing.perMinute=60",
        "tenant.spec.access[0].maxGuests=50",
    ];
    let said = install(&plane, &chart(), &settings).unwrap();
    assert!(said.contains("kubectl get etenant default -w") && said.contains("create secret generic entra"), "{said}");
    let api = plane.api_of("guestlist.dev/v1alpha1", "EntraTenant", "").await.unwrap();
    let first = api.get("default").await.unwrap();
    assert_eq!(first.data["spec"]["pacing"]["perMinute"], 60);

    // What was a hook is taken over by the release, as the same object.
    let observing = [&settings[..], &["tenant.spec.mode=Observe", "tenant.spec.pacing.perMinute=90"]].concat();
    upgrade(&plane, &chart(), &observing).unwrap();
    let second = api.get("default").await.unwrap();
    assert_eq!(
        (&second.data["spec"]["mode"], &second.data["spec"]["pacing"]["perMinute"]),
        (&json!("Observe"), &json!(90))
    );
    assert_eq!(second.metadata.uid, first.metadata.uid);
    let manifest = helm::on(&plane, &["get", "manifest", "guestlist", "-n", NAMESPACE]).unwrap();
    assert!(manifest.contains("kind: EntraTenant"));

    uninstall(&plane).unwrap();
    assert_eq!(api.get("default").await.unwrap().metadata.uid, first.metadata.uid, "kept");
    install(&plane, &chart(), &settings).unwrap();
    assert_eq!(api.get("default").await.unwrap().metadata.uid, first.metadata.uid, "and taken up again");
    upgrade(&plane, &chart(), &[ALONE]).unwrap();
    assert_eq!(api.get("default").await.unwrap().metadata.uid, first.metadata.uid, "also by a release that wants none");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pod_satisfies_pod_security_restricted() {
    let plane = plane(PlaneConfig::default()).await;
    let strict = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": "strict", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
    });
    plane.apply(&strict.to_string()).await.unwrap();
    // No controller makes it here.
    plane
        .apply("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: guestlist, namespace: strict}\n")
        .await
        .unwrap();
    let pods = plane.api_of("v1", "Pod", "strict").await.unwrap();
    let trial = kube::api::PostParams { dry_run: true, field_manager: None };
    let pod = |settings: &[&str]| {
        let documents = helm::render(settings).unwrap();
        let template = helm::only(&documents, "Deployment")["spec"]["template"].clone();
        let mut pod =
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": template["metadata"], "spec": template["spec"]});
        pod["metadata"]["name"] = "trial".into();
        serde_json::from_value::<kube::api::DynamicObject>(pod).unwrap()
    };
    pods.create(&trial, &pod(&["workloadIdentity.enabled=true", "replicaCount=2"])).await.unwrap();
    let said =
        pods.create(&trial, &pod(&["securityContext.allowPrivilegeEscalation=true"])).await.unwrap_err().to_string();
    assert!(said.contains("violates PodSecurity"), "the namespace does look: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_releases_share_no_rights_and_split_the_directories() {
    let plane = plane(PlaneConfig::default()).await;
    install(&plane, &chart(), &[ALONE, "tenantSelector=shard=a"]).unwrap();
    let folder = chart().display().to_string();
    let args = ["install", "guestlist", &folder, "--namespace", "second", "--create-namespace"];
    helm::on(
        &plane,
        &[&args[..], &helm::sets(&[ALONE, "tenantSelector=shard=b,crds.enabled=false,admissionPolicy.enabled=false"])]
            .concat(),
    )
    .unwrap();
    for (namespace, selector) in [("guestlist-system", "shard=a"), ("second", "shard=b")] {
        let deployments = plane.api_of("apps/v1", "Deployment", namespace).await.unwrap();
        let operator = deployments.list(&ListParams::default()).await.unwrap().items.remove(0);
        let args = operator.data["spec"]["template"]["spec"]["containers"][0]["args"].to_string();
        assert!(args.contains(&format!("--tenant-selector={selector}")), "{args}");
    }
    let roles = plane.api_of("rbac.authorization.k8s.io/v1", "ClusterRole", "").await.unwrap();
    for name in ["guestlist-system-operator", "second-guestlist-operator"] {
        assert!(roles.get_opt(name).await.unwrap().is_some(), "{name}");
    }
}
