//! What people may do by the roles that the chart adds to the cluster's own, filled in by the real aggregation controller.

use serde_json::{Value, json};
use testbed::PlaneConfig;
use testbed::stories::helm::{NAMESPACE, of_kind, render};
use testbed::stories::{ALL, SOON, allowed, connected, guest_with, simulator, until};
use testbed::world::World;

use crate::installed::installed;

/// kubectl's answer to whether `user` may do this.
async fn can(world: &World, user: &str, question: &[&str]) -> bool {
    let user = format!("--as={user}");
    let answer = world.kubectl(&[&["auth", "can-i"], question, &[user.as_str()]].concat()).await;
    answer.is_ok_and(|answer| answer.trim() == "yes")
}

async fn as_user(world: &World, user: &str, args: &[&str]) -> Result<String, String> {
    let user = format!("--as={user}");
    world.kubectl(&[args, &[user.as_str()]].concat()).await.map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_invites_in_their_namespace_and_nothing_more() {
    let controllers = vec!["clusterrole-aggregation-controller"];
    let world = installed(
        PlaneConfig { controllers, ..PlaneConfig::default() },
        &["redeemLinkSecrets.enabled=true"],
        allowed(&ALL),
    )
    .await;
    connected(&world).await;
    world.plane.namespace("other").await.unwrap();
    for (name, role) in [("emma", "edit"), ("vic", "view"), ("ann", "guestlist-approver")] {
        let (role, user) = (format!("--clusterrole={role}"), format!("--user={name}"));
        world.kubectl(&["create", "rolebinding", name, "-n", "team", &role, &user]).await.unwrap();
    }
    let platform = ["create", "clusterrolebinding", "pia", "--clusterrole=guestlist-platform", "--user=pia"];
    world.kubectl(&platform).await.unwrap();
    let begun = std::time::Instant::now();
    while !can(&world, "emma", &["create", "guestinvitations.guestlist.dev", "-n", "team"]).await {
        assert!(begun.elapsed() < SOON, "the chart's role should be aggregated to edit");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }

    // She invites, as a person does.
    let file = world
        .plane
        .folder()
        .write("ada.json", &guest_with("ada", "ada@fabrikam.com", json!({"redeemUrlSecretRef": {"name": "ada-link"}})))
        .unwrap();
    as_user(&world, "emma", &["apply", "-f", &file.display().to_string()]).await.unwrap();
    until(&world, "ada", "be Invited", |guest| guest["status"]["state"] == "Invited").await;
    assert_eq!(simulator(&world).invitation_mails("ada@fabrikam.com").len(), 1);

    // Within the rules of the tenant, and the API server says which one is missing.
    let rules = r#"{"spec":{"access":[{"emailDomains":["fabrikam.com"],"groups":["Analysts"]}]}}"#;
    world.kubectl(&["patch", "etenant", "default", "--type=merge", "-p", rules]).await.unwrap();
    let begun = std::time::Instant::now();
    let asks = async |name: &str, email: &str, more: Value| {
        let file = world.plane.folder().write(&format!("{name}.json"), &guest_with(name, email, more)).unwrap();
        as_user(&world, "emma", &["create", "--dry-run=server", "-f", &file.display().to_string()]).await
    };
    let far = loop {
        match asks("far", "far@elsewhere.example", json!({})).await {
            Err(said) => break said,
            Ok(_) => assert!(begun.elapsed() < SOON, "the rules should be in force"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    };
    assert!(far.contains("elsewhere.example") && far.contains("team"), "{far}");
    let member = asks("mem", "mem@fabrikam.com", json!({"userType": "Member"})).await.unwrap_err();
    assert!(member.contains("Member"), "{member}");
    let admins = asks("adm", "adm@fabrikam.com", json!({"groups": ["Admins"]})).await.unwrap_err();
    assert!(admins.contains("Admins"), "{admins}");
    asks("fine", "fine@fabrikam.com", json!({"groups": ["Analysts"]})).await.unwrap();

    // And is refused all the rest, by name.
    let patch = r#"{"spec":{"mode":"Observe"}}"#;
    let said =
        as_user(&world, "emma", &["patch", "etenant", "default", "--type=merge", "-p", patch]).await.unwrap_err();
    assert!(said.contains("forbidden"), "{said}");
    let status = r#"{"status":{"state":"Accepted"}}"#;
    let args = ["patch", "ginv", "ada", "-n", "team", "--subresource=status", "--type=merge", "-p", status];
    let said = as_user(&world, "emma", &args).await.unwrap_err();
    assert!(said.contains("forbidden"), "{said}");
    for user in ["emma", "vic", "ann"] {
        for verb in ["get", "list", "watch", "create", "update", "patch", "delete"] {
            // In her namespace too, where her role would show what it gives.
            for place in [&[][..], &["-n", "team"]] {
                let question = [&[verb, "guests.guestlist.dev"], place].concat();
                assert!(!can(&world, user, &question).await, "{user} {question:?}");
            }
        }
    }
    let said = as_user(&world, "emma", &["get", "guests"]).await.unwrap_err();
    assert!(said.contains("forbidden"), "{said}");
    for (user, question, wanted) in [
        ("emma", &["get", "secrets", "-n", "other"][..], false),
        ("emma", &["get", "secrets", "-n", NAMESPACE], false),
        ("emma", &["create", "guestinvitations.guestlist.dev", "-n", "other"], false),
        ("emma", &["create", "entratenants.guestlist.dev"], false),
        ("emma", &["delete", "entratenants.guestlist.dev"], false),
        ("emma", &["update", "guestlists.guestlist.dev", "--subresource=status", "-n", "team"], false),
        ("emma", &["update", "guestlists.guestlist.dev", "-n", "team"], true),
        ("emma", &["delete", "guestinvitations.guestlist.dev", "-n", "team"], true),
        ("vic", &["list", "guestinvitations.guestlist.dev", "-n", "team"], true),
        ("vic", &["create", "guestinvitations.guestlist.dev", "-n", "team"], false),
        ("vic", &["get", "secrets", "-n", "team"], false),
        ("ann", &["patch", "guestinvitations.guestlist.dev", "--subresource=status", "-n", "team"], true),
        ("ann", &["patch", "guestinvitations.guestlist.dev", "-n", "team"], false),
        ("ann", &["get", "secrets", "-n", "team"], false),
        ("pia", &["list", "guests.guestlist.dev"], true),
        ("pia", &["watch", "guests.guestlist.dev"], true),
        ("pia", &["patch", "guests.guestlist.dev"], true),
        ("pia", &["update", "guests.guestlist.dev"], true),
        ("pia", &["delete", "guests.guestlist.dev"], true),
        ("pia", &["create", "guests.guestlist.dev"], false),
        ("pia", &["deletecollection", "guests.guestlist.dev"], false),
        ("pia", &["report", "guests.guestlist.dev"], false),
        ("pia", &["list", "entratenants.guestlist.dev"], true),
        ("pia", &["update", "entratenants.guestlist.dev"], false),
        ("pia", &["get", "guestinvitations.guestlist.dev", "-n", "team"], false),
        ("pia", &["get", "secrets", "-n", "team"], false),
    ] {
        assert_eq!(can(&world, user, question).await, wanted, "{user} {question:?}");
    }
}

#[test]
fn no_role_for_people_names_a_secret() {
    let documents = render(&["redeemLinkSecrets.enabled=true"]).unwrap();
    let people = ["-view", "-edit", "-approver", "-platform", "-tenant-admin"];
    let roles: Vec<&Value> = of_kind(&documents, "ClusterRole")
        .into_iter()
        .filter(|role| people.iter().any(|ending| role["metadata"]["name"].as_str().unwrap().ends_with(ending)))
        .collect();
    assert_eq!(roles.len(), people.len());
    for role in roles {
        for rule in role["rules"].as_array().unwrap() {
            assert_eq!(rule["apiGroups"], json!(["guestlist.dev"]), "{role}");
        }
    }
}

#[test]
fn the_roles_to_copy_are_those_of_the_chart() {
    let documents = render(&[]).unwrap();
    for file in ["examples/approver-role.yaml", "examples/platform-role.yaml"] {
        let text = std::fs::read_to_string(testbed::workspace::path(file)).unwrap();
        let ours: Value = serde_saphyr::from_str(&text).unwrap();
        let roles = of_kind(&documents, "ClusterRole");
        let theirs = roles.into_iter().find(|role| role["metadata"]["name"] == ours["metadata"]["name"]).unwrap();
        assert_eq!((&theirs["kind"], &theirs["rules"]), (&ours["kind"], &ours["rules"]), "{file}");
        assert!(!theirs["metadata"]["labels"].to_string().contains("aggregate-to"), "bound by hand only: {theirs}");
    }
}
