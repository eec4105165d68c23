//! Where the editors act: three teams, each with its rules, a directory with people of all of them and of nobody, and accounts with
//! the chart's roles.

use entra_simulator::{SeedGroup, SeedKind, SeedUser};
use kube::api::DynamicObject;
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Api, Client};
use serde_json::{Value, json};
use testbed::stories::helm::{of_kind, render};
use testbed::stories::{ALL, TENANT, allowed, connected, patient, simulator, smtp};
use testbed::world::{TenantManifest, World, WorldConfig};

use crate::ask;

/// The teams. Each is a namespace, an editor, a domain and a group.
pub const TEAMS: [&str; 3] = ["red", "green", "blue"];

/// The domain that two of the teams may invite.
pub const COMMON: &str = "common.example";

/// A group that no rule names.
pub const FINANCE: &str = "Finance";

/// Whoever sponsors guests.
pub const SPONSORS: [&str; 2] = ["boss@contoso.com", "cfo@contoso.com"];

/// What the teams may ask for.
pub fn access() -> Vec<Value> {
    let of = |team: &str| json!({"matchLabels": {"team": team}});
    vec![
        json!({
            "namespaces": of("red"), "emailDomains": ["red.example", "*.red.example", COMMON],
            "denyEmailDomains": ["lab.red.example"], "ccDomains": ["contoso.com"], "groups": ["Red", "Shared"],
            "existing": ["Refuse", "Follow", "Manage"], "profile": ["displayName", "jobTitle", "department"],
            "deletionPolicies": ["Retain", "Disable"], "redirectUrls": [below("red")],
            "languages": ["en-US", "nl"], "sponsors": [SPONSORS[0]],
        }),
        json!({
            "namespaces": of("green"), "emailDomains": ["green.example", COMMON], "groups": ["Green", "Shared"],
            "existing": ["Refuse", "Follow", "Manage", "Own"], "redeemAs": "Allowed", "redeemLinks": "Allowed",
            "profile": ["*"], "redirectUrls": [below("green")],
        }),
        json!({
            "namespaces": of("blue"), "emailDomains": ["blue.example"], "groups": ["Blue"], "userTypes": ["Guest", "Member"],
            "redirectUrls": [below("blue")], "require": {"accessUntil": {"within": "8760h"}}, "approval": "Required",
        }),
        json!({
            "namespaces": of("blue"), "emailDomains": [COMMON], "delivery": ["Microsoft"], "deletionPolicies": ["Retain"],
            "redirectUrls": [below("blue")],
        }),
    ]
}

/// Where a team sends its guests.
pub fn below(team: &str) -> String {
    format!("https://{team}.contoso.com/welcome")
}

/// Everybody who may be declared: of each domain some who are there, some who are not.
pub fn addresses() -> Vec<String> {
    let domains =
        ["red.example", "green.example", "blue.example", COMMON, "lab.red.example", "deep.red.example", "out.example"];
    domains.iter().flat_map(|domain| (0..8).map(move |n| format!("p{n}@{domain}"))).collect()
}

/// The world, with the operator at work. With `policies` the API server judges too.
pub async fn world(policies: bool) -> World {
    let mut entra = allowed(&ALL);
    entra.smtp = Some("127.0.0.1:0".parse().unwrap());
    let config = WorldConfig { entra: Some(entra), tenant: None, operator_args: patient(), ..WorldConfig::default() };
    let world = World::start(config).await.unwrap();
    populate(&world);
    let more = json!({"access": access(), "mail": {"smtp": smtp(&world)}, "pacing": {"endsPerHour": 100_000}});
    world.apply_tenant(&TenantManifest { more, ..TenantManifest::default() }).await.unwrap();
    for team in TEAMS {
        ask::namespace(&world, team, &[("team".to_owned(), team.to_owned())]).await;
    }
    let roles = render(&[]).unwrap();
    for role in of_kind(&roles, "ClusterRole") {
        let name = role["metadata"]["name"].as_str().unwrap();
        if ["-edit", "-view", "-approver"].iter().any(|ending| name.ends_with(ending)) {
            world.apply(&role.to_string()).await.unwrap();
        }
    }
    if policies {
        for file in ["guest-access", "approvers", "guests"] {
            ask::admit(&world, &format!("admission/{file}.yaml")).await;
        }
        ask::in_force(&world, TEAMS[0]).await;
    }
    connected(&world).await;
    world
}

/// The people who are there before anybody acts: accepted and pending guests of each domain, a member, and one whose own address is
/// another one by now. Some are in the group that no rule names.
fn populate(world: &World) {
    let directory = simulator(world);
    for group in ["Red", "Green", "Blue", "Shared", FINANCE] {
        directory.seed_group(TENANT, SeedGroup::new(group));
    }
    for sponsor in SPONSORS {
        directory.seed(TENANT, SeedUser::new(sponsor, SeedKind::Member));
    }
    for address in addresses() {
        let kind = match address.as_bytes().get(1) {
            Some(b'0' | b'1') => SeedKind::AcceptedGuest,
            Some(b'2') => SeedKind::PendingGuest,
            Some(b'3') if address.ends_with("out.example") => SeedKind::Member,
            _ => continue,
        };
        let id = directory.seed(TENANT, SeedUser::new(&address, kind));
        if address.starts_with("p1") {
            directory.add_member(TENANT, FINANCE, &id).unwrap();
        }
        if address == "p2@red.example" {
            directory.change_user(TENANT, &id, |user| user.mail = Some("moved@out.example".into())).unwrap();
        }
    }
}

/// The GuestInvitations or GuestLists of a namespace, in the hands of one account.
pub fn of(client: &Client, kind: &str, namespace: &str) -> Api<DynamicObject> {
    let kind = ApiResource::from_gvk(&GroupVersionKind::gvk("guestlist.dev", "v1alpha1", kind));
    Api::namespaced_with(client.clone(), namespace, &kind)
}

/// An account that has these roles of the chart's in one namespace, and no others.
pub async fn account(world: &World, name: &str, namespace: &str, roles: &[&str]) -> Client {
    let account = world.plane.service_account("people", name, &[]).await.unwrap();
    for role in roles {
        let binding = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": format!("{name}-{role}"), "namespace": namespace},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "people"}],
        });
        world.apply(&binding.to_string()).await.unwrap();
    }
    account.client().await.unwrap()
}
