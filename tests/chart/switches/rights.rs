//! What the operator may do, and as whom.

use serde_json::json;
use testbed::stories::helm::{NAMESPACE, of_kind, only, render};

use super::{args, named, pod};

#[test]
fn only_some_namespaces() {
    let documents = render(&["watchNamespaces={a,b}", "redeemLinkSecrets.enabled=true"]).unwrap();
    assert!(args(&documents).contains(&"--watch-namespaces=a,b".to_owned()));
    let cluster = named(&documents, "ClusterRole", "-operator")["rules"].to_string();
    assert!(
        cluster.contains("entratenants") && !cluster.contains("\"guestinvitations\"") && !cluster.contains("secrets"),
        "{cluster}"
    );
    assert!(cluster.contains("\"guests\""), "Guests are cluster-scoped: {cluster}");
    let places: Vec<(&str, &str)> = of_kind(&documents, "Role")
        .iter()
        .map(|role| (role["metadata"]["namespace"].as_str().unwrap(), role["metadata"]["name"].as_str().unwrap()))
        .collect();
    for place in ["a", "b"]
        .into_iter()
        .flat_map(|namespace| [(namespace, "guestlist-guests"), (namespace, "guestlist-redeem-links")])
    {
        assert!(places.contains(&place), "{place:?} in {places:?}");
    }
    assert_eq!((places.len(), of_kind(&documents, "RoleBinding").len()), (5, 5));
}

#[test]
fn redeem_links_are_a_right_of_their_own() {
    let secrets = |settings: &[&str]| {
        let documents = render(settings).unwrap();
        let cluster = named(&documents, "ClusterRole", "-operator")["rules"].to_string().contains("secrets");
        let roles = of_kind(&documents, "Role");
        let places: Vec<String> = roles
            .iter()
            .filter(|role| role["rules"].to_string().contains("create\",\"update"))
            .map(|role| role["metadata"]["namespace"].as_str().unwrap().to_owned())
            .collect();
        (cluster, places)
    };
    assert_eq!(secrets(&[]), (false, vec![]));
    assert_eq!(secrets(&["redeemLinkSecrets.enabled=true"]), (true, vec![]));
    assert_eq!(
        secrets(&["redeemLinkSecrets.enabled=true", "redeemLinkSecrets.namespaces={a}"]),
        (false, vec!["a".to_owned()])
    );
    // What the operator mails is in its own namespace, and gives no right anywhere else.
    let own_namespace = (false, vec![NAMESPACE.to_owned()]);
    assert_eq!(secrets(&["ownMail.enabled=true"]), own_namespace);
    let mailing = [
        "tenant.create=true",
        "tenant.tenantId=00000000-0000-0000-0000-000000000001",
        "tenant.credentials.managedIdentity.clientId=00000000-0000-0000-0000-000000000002",
        "tenant.spec.access[0].emailDomains={fabrikam.com}",
        "tenant.spec.mail.smtp.host=smtp.contoso.example",
    ];
    assert_eq!(secrets(&mailing[..4]), (false, vec![]));
    assert_eq!(secrets(&mailing), own_namespace);
    let named = render(&["rbac.secretNames={entra}"]).unwrap();
    assert_eq!(only(&named, "Role")["rules"][0]["resourceNames"], json!(["entra"]));
    // What the chart's own tenant names is enough for it.
    let own = [
        "tenant.create=true",
        "tenant.tenantId=00000000-0000-0000-0000-000000000001",
        "tenant.credentials.clientSecret.clientId=00000000-0000-0000-0000-000000000002",
        "tenant.credentials.clientSecret.secretRef.name=entra",
        "tenant.spec.mail.smtp.secretRef.name=smtp",
        "tenant.spec.access[0].emailDomains={fabrikam.com}",
    ];
    assert_eq!(only(&render(&own).unwrap(), "Role")["rules"][0]["resourceNames"], json!(["entra", "smtp"]));
    let besides = [&own[..], &["rbac.secretNames={entra,other}"]].concat();
    assert_eq!(only(&render(&besides).unwrap(), "Role")["rules"][0]["resourceNames"], json!(["entra", "other"]));
    assert_eq!(only(&render(&[]).unwrap(), "Role")["rules"][0]["resourceNames"], json!(null));
}

#[test]
fn roles_that_rest_on_the_policies_come_with_them() {
    let resting = |settings: &[&str]| {
        let documents = render(settings).unwrap();
        let names = of_kind(&documents, "ClusterRole").into_iter().map(|role| role["metadata"]["name"].clone());
        names.filter(|name| name == "guestlist-approver" || name == "guestlist-platform").count()
    };
    assert_eq!((resting(&[]), resting(&["admissionPolicy.enabled=false"])), (2, 0));
}

#[test]
fn rights_and_accounts_of_ones_own() {
    let none = render(&["rbac.create=false"]).unwrap();
    assert!(
        ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"].iter().all(|kind| of_kind(&none, kind).is_empty())
    );
    let plain = render(&["rbac.aggregateToView=false", "rbac.aggregateToEdit=false"]).unwrap();
    assert!(!of_kind(&plain, "ClusterRole").iter().any(|role| role.to_string().contains("aggregate-to")));
    let documents = render(&["serviceAccount.create=false", "serviceAccount.name=theirs"]).unwrap();
    assert!(of_kind(&documents, "ServiceAccount").is_empty());
    assert_eq!(pod(&documents)["serviceAccountName"], "theirs");
    let documents =
        render(&["serviceAccount.annotations.a=b", "serviceAccount.extraLabels.c=d", "serviceAccount.automount=false"])
            .unwrap();
    let account = &only(&documents, "ServiceAccount")["metadata"];
    assert_eq!((&account["annotations"]["a"], &account["labels"]["c"]), (&json!("b"), &json!("d")));
    assert_eq!(pod(&documents)["automountServiceAccountToken"], false);
}

#[test]
fn workload_identity_labels_the_pod_and_annotates_the_account() {
    let label = "azure.workload.identity/use";
    let off = render(&[]).unwrap();
    assert!(only(&off, "Deployment")["spec"]["template"]["metadata"]["labels"][label].is_null());
    let on = render(&["workloadIdentity.enabled=true", "workloadIdentity.clientId=c", "workloadIdentity.tenantId=t"])
        .unwrap();
    assert_eq!(only(&on, "Deployment")["spec"]["template"]["metadata"]["labels"][label], "true");
    let annotations = &only(&on, "ServiceAccount")["metadata"]["annotations"];
    assert_eq!(annotations["azure.workload.identity/client-id"], "c");
    assert_eq!(annotations["azure.workload.identity/tenant-id"], "t");
}
