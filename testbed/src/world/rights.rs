//! The rights of the operator's service account, for a world that is not given the chart's own role.
//! They are what the chart grants; a test of the chart gives its role instead.

use k8s_openapi::api::rbac::v1::PolicyRule;

/// The rules that the operator needs.
pub fn operator_rules() -> Vec<PolicyRule> {
    vec![
        rule("guestlist.dev", &["guestinvitations", "guestlists"], &["get", "list", "watch"]),
        rule("guestlist.dev", &["entratenants"], &["list", "watch"]),
        rule("guestlist.dev", &["guestinvitations/status", "entratenants/status", "guestlists/status"], &["patch"]),
        // To write more of a guest's status than an approver may (admission/approvers.yaml).
        rule("guestlist.dev", &["guestinvitations/status"], &["report"]),
        // The record of each person, and to write more of it than the platform team may (admission/guests.yaml).
        rule("guestlist.dev", &["guests"], &["get", "list", "watch", "create", "update", "delete", "report"]),
        // Their labels, by which an EntraTenant's rules pick them.
        rule("", &["namespaces"], &["list", "watch"]),
        // The guests of a list; and the finalizer on guests that have something to undo.
        rule("guestlist.dev", &["guestinvitations"], &["create", "patch", "delete"]),
        // To name a list as the owner that waits for its guests, where the API server asks for that right.
        rule("guestlist.dev", &["guestlists/finalizers"], &["update"]),
        // The tenants' credentials and the redeem links to mail in its own namespace, and the copies in the guests' namespaces.
        rule("", &["secrets"], &["get", "create", "update"]),
        rule("events.k8s.io", &["events"], &["create", "patch"]),
        // Of several replicas one works. The chart grants this in the operator's own namespace only.
        rule("coordination.k8s.io", &["leases"], &["get", "create", "update"]),
        rule("apiextensions.k8s.io", &["customresourcedefinitions"], &["get"]),
    ]
}

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> PolicyRule {
    let list = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    PolicyRule {
        api_groups: Some(vec![group.into()]),
        resources: Some(list(resources)),
        verbs: list(verbs),
        ..PolicyRule::default()
    }
}
