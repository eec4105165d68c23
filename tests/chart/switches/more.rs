//! Objects beside the operator: a tenant, the definitions, templates, and a chart above this one.

use serde_json::json;
use testbed::stories::helm::{of_kind, only, render};

#[test]
fn the_tenant_comes_by_values() {
    assert!(of_kind(&render(&[]).unwrap(), "EntraTenant").is_empty());
    let id = "00000000-0000-0000-0000-000000000000";
    let set = format!("tenant.tenantId={id},tenant.spec.access[0].maxGuests=50");
    let tenant =
        |more: &[&str]| only(&render(&[&["tenant.create=true", &set], more].concat()).unwrap(), "EntraTenant").clone();
    let one = tenant(&["workloadIdentity.enabled=true", "tenant.spec.mode=Observe", "tenant.name=contoso"]);
    let access = json!([{"maxGuests": 50}]);
    let spec = json!({"tenantId": id, "credentials": {"workloadIdentity": {}}, "mode": "Observe", "access": access});
    assert_eq!(one["spec"], spec);
    assert_eq!(one["metadata"]["name"], "contoso");
    assert_eq!(one["metadata"]["annotations"]["helm.sh/resource-policy"], "keep");
    let one =
        tenant(&["tenant.credentials.clientSecret.clientId=c", "tenant.credentials.clientSecret.secretRef.name=entra"]);
    assert_eq!(one["spec"]["credentials"], json!({"clientSecret": {"clientId": "c", "secretRef": {"name": "entra"}}}));
}

#[test]
fn definitions_can_be_left_to_somebody_else() {
    let count = |settings: &[&str]| of_kind(&render(settings).unwrap(), "CustomResourceDefinition").len();
    assert_eq!((count(&[]), count(&["crds.enabled=false"])), (4, 0));
    let documents = render(&["crds.keep=false", "crds.annotations.a=b"]).unwrap();
    for crd in of_kind(&documents, "CustomResourceDefinition") {
        assert_eq!(crd["metadata"]["annotations"], json!({"a": "b"}));
    }
}

#[test]
fn more_objects_may_be_templates() {
    let documents = render(&[
        "extraObjects[0].apiVersion=v1",
        "extraObjects[0].kind=ConfigMap",
        "extraObjects[0].metadata.name=more-{{ .Release.Name }}",
    ])
    .unwrap();
    assert_eq!(only(&documents, "ConfigMap")["metadata"]["name"], "more-guestlist");
}

/// A chart above this one hands the condition of its dependency down as a value.
#[test]
fn a_chart_above_this_one_can_leave_it_out() {
    let folder = tempfile::tempdir().unwrap();
    let above = folder.path().join("above");
    std::fs::create_dir_all(above.join("charts")).unwrap();
    std::os::unix::fs::symlink(testbed::stories::helm::chart(), above.join("charts/guestlist")).unwrap();
    let version = std::fs::read_to_string(testbed::stories::helm::chart().join("Chart.yaml")).unwrap();
    let version = version.lines().find_map(|line| line.strip_prefix("version: ")).unwrap();
    let chart = format!(
        "apiVersion: v2\nname: above\nversion: 1.0.0\ndependencies:\n  - {{name: guestlist, version: {version}, condition: guestlist.enabled}}\n"
    );
    std::fs::write(above.join("Chart.yaml"), chart).unwrap();
    let rendered = |enabled: &str| {
        let set = format!("guestlist.enabled={enabled}");
        testbed::stories::helm::helm(&["template", "x", &above.display().to_string(), "--set", &set], None).unwrap()
    };
    assert!(rendered("true").contains("kind: Deployment"));
    assert!(!rendered("false").contains("kind:"));
}
