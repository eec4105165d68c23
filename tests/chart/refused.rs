//! Values that nobody would read, or that would not do, are refused with a sentence.

use testbed::stories::helm::render;

fn refused(settings: &[&str], sentence: &str) {
    let said = render(settings).unwrap_err();
    assert!(said.contains(sentence), "{settings:?} should be refused with {sentence:?}: {said}");
}

#[test]
fn unknown_keys_at_every_level() {
    refused(&["replicas=2"], "additional properties 'replicas' not allowed");
    refused(&["image.name=x"], "at '/image': additional properties 'name' not allowed");
    refused(&["leaderElection.enable=true"], "at '/leaderElection': additional properties 'enable' not allowed");
    refused(&["metrics.service.ports=1"], "at '/metrics/service': additional properties 'ports' not allowed");
    refused(&["tenant.clientSecret=x"], "at '/tenant': additional properties 'clientSecret' not allowed");
}

#[test]
fn values_of_another_type_or_shape() {
    refused(&["replicaCount=two"], "at '/replicaCount': got string, want integer");
    refused(&["watchNamespaces=team"], "at '/watchNamespaces': got string, want array");
    refused(&["crds.keep=1"], "at '/crds/keep': got number, want boolean");
    refused(&["image.digest=latest"], "at '/image/digest': 'latest' does not match pattern");
    refused(&["serviceMonitor.renderMode=never"], "at '/serviceMonitor/renderMode': value must be one of");
    refused(&["settlingTime=5"], "at '/settlingTime'");
}

#[test]
fn values_that_do_not_go_together() {
    refused(&["replicaCount=2", "leaderElection.enabled=false"], "more than one pod needs leaderElection.enabled=true");
    refused(&["tenant.create=true", "workloadIdentity.enabled=true"], "tenant.tenantId: the directory's id");
    let domain = ["tenant.create=true", "tenant.tenantId=contoso.onmicrosoft.com", "workloadIdentity.enabled=true"];
    refused(
        &domain,
        "tenant.tenantId: \"contoso.onmicrosoft.com\" is no directory's id, which is a GUID and no domain",
    );
    let id = "tenant.tenantId=00000000-0000-0000-0000-000000000000";
    refused(&["tenant.create=true", id], "tenant.credentials: say how the operator signs in");
    refused(
        &["tenant.create=true", id, "workloadIdentity.enabled=true"],
        "tenant.spec.access: say who may invite whom",
    );
    refused(&["serviceAccount.create=false"], "name the ServiceAccount that the operator shall use");
    refused(
        &["watchNamespaces={a}", "redeemLinkSecrets.enabled=true", "redeemLinkSecrets.namespaces={b}"],
        "b is not among watchNamespaces",
    );
    refused(
        &["serviceMonitor.enabled=true", "serviceMonitor.renderMode=failIfMissing"],
        "install the Prometheus Operator first",
    );
    let rule = ["prometheusRule.enabled=true", "prometheusRule.renderMode=alwaysRender"];
    refused(
        &[rule[0], rule[1], "prometheusRule.disabled={Nonsense}"],
        "there is no alert Nonsense, only GuestlistNoLeader",
    );
    refused(
        &["serviceMonitor.enabled=true", "serviceMonitor.renderMode=alwaysRender", "metrics.service.enabled=false"],
        "a ServiceMonitor needs metrics.service.enabled=true",
    );
}
