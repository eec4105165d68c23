//! Groups: finding them, their members, and everything that stands against changing these.

use std::time::Duration;

use entra_simulator::{Fault, FaultAction, SeedGroup, SeedKind, SeedUser};
use serde_json::{Value, json};

use crate::support::{Bench, Reply, TENANT};

const LONG: Duration = Duration::from_secs(3600);
const ROLES: &[&str] = &["User.Invite.All", "User.ReadWrite.All", "GroupMember.ReadWrite.All"];
const GONE: &str = "One or more removed object references do not exist.";

fn reference(bench: &Bench, id: &str) -> Value {
    json!({"@odata.id": format!("{}v1.0/directoryObjects/{id}", bench.sim.url())})
}

async fn add(bench: &Bench, group: &str, id: &str) -> Reply {
    bench.post(&format!("groups/{group}/members/$ref"), &reference(bench, id)).await
}

fn said(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.message())
}

fn names(bench: &Bench, group: &str) -> Vec<String> {
    bench.sim.members(TENANT, group).into_iter().filter_map(|user| user.display_name).collect()
}

#[tokio::test]
async fn groups_are_found_by_the_same_strict_rules_as_users() {
    let bench = Bench::with_roles(ROLES).await;
    let id = bench.sim.seed_group(TENANT, SeedGroup::new("Partners"));
    bench.sim.seed_group(TENANT, SeedGroup::unified("Project O'Hara"));
    bench.sim.seed_group(TENANT, SeedGroup::new("Partners abroad"));
    let find = async |filter: &str| {
        bench.send(bench.request(reqwest::Method::GET, "groups").query(&[("$filter", filter)])).await
    };
    for (filter, count) in [
        ("displayName eq 'partners'", 1),
        ("displayName eq 'Project O''Hara'", 1),
        ("startsWith(displayName,'Part')", 2),
        (&format!("id eq '{id}'"), 1),
        ("groupTypes/any(t:t eq 'Unified')", 1),
        ("displayName eq 'nobody'", 0),
    ] {
        let reply = find(filter).await;
        assert_eq!(reply.body["value"].as_array().map(Vec::len), Some(count), "{filter}: {}", reply.body);
    }
    let refused = find("displayName ne 'Partners'").await;
    assert_eq!((refused.status, refused.code()), (400, "Request_UnsupportedQuery"));
    let unknown = find("mail2 eq 'x'").await;
    assert!(unknown.message().contains("on type 'microsoft.graph.group'"), "{}", unknown.message());

    let page = bench.get("groups?$select=id,displayName&$top=2").await.body;
    assert_eq!(page["value"][0], json!({"id": id, "displayName": "Partners"}));
    let rest = bench.get(page["@odata.nextLink"].as_str().unwrap()).await.body;
    assert_eq!((rest["value"].as_array().unwrap().len(), rest.get("@odata.nextLink")), (1, None));

    let group = bench.get(&format!("groups/{id}")).await.body;
    assert_eq!((&group["groupTypes"], &group["onPremisesSyncEnabled"]), (&json!([]), &Value::Null));
    assert_eq!((&group["securityEnabled"], &group["mailEnabled"]), (&json!(true), &json!(false)));
    let missing = bench.get("groups/nobody").await;
    assert_eq!((missing.status, missing.code()), (404, "Request_ResourceNotFound"));
    assert!(bench.get("groups/nobody/owners").await.status == 400);
    assert_eq!(bench.sim.count("listGroups"), 10);
    assert_eq!(Bench::new().await.get("groups").await.code(), "Authorization_RequestDenied");
}

#[tokio::test]
async fn a_member_comes_once_and_goes_once() {
    let bench = Bench::with_roles(ROLES).await;
    let group = bench.sim.seed_group(TENANT, SeedGroup::new("Partners"));
    let ann = bench.guest("ann@fabrikam.com").await;
    let added = add(&bench, &group, &ann).await;
    assert_eq!((added.status, &added.body), (204, &Value::Null));
    let again = add(&bench, &group, &ann).await;
    let text = "One or more added object references already exist for the following modified properties: 'members'.";
    assert_eq!((again.code(), said(&again)), ("Request_BadRequest", (400, text)));
    assert_eq!(names(&bench, "Partners"), ["ann"]);

    let path = format!("groups/{group}/members/{ann}/$ref");
    assert_eq!(bench.delete(&path).await.status, 204);
    assert_eq!(said(&bench.delete(&path).await), (400, GONE));
    bench.set(|settings| settings.variants.absent_reference_not_found = true);
    assert_eq!(bench.delete(&path).await.code(), "Request_ResourceNotFound");
    assert!(names(&bench, "Partners").is_empty());
    assert_eq!(add(&bench, &group, &ann).await.status, 204, "and may come again");

    assert_eq!(add(&bench, &group, "nobody").await.status, 404);
    assert_eq!(add(&bench, "nobody", &ann).await.status, 404);
    for bad in
        [json!({}), json!({"@odata.id": ann}), json!({"@odata.id": format!("https://x.example/v1.0/users/{ann}")})]
    {
        assert_eq!(bench.post(&format!("groups/{group}/members/$ref"), &bad).await.status, 400, "{bad}");
    }
    let outcomes: Vec<_> = bench.sim.requests("removeMember").iter().map(|request| request.status()).collect();
    assert_eq!(outcomes, [Some(204), Some(400), Some(404)]);
    assert_eq!(bench.sim.count("addMember"), 8);
}

#[tokio::test]
async fn some_groups_take_nobody_from_an_app() {
    let bench = Bench::with_roles(ROLES).await;
    let ann = bench.guest("ann@fabrikam.com").await;
    let boss = bench.sim.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    let seed = |change: fn(&mut SeedGroup)| {
        let mut group = SeedGroup::new("Special");
        change(&mut group);
        bench.sim.seed_group(TENANT, group)
    };
    let synced = seed(|group| group.on_premises_sync_enabled = true);
    let refused = add(&bench, &synced, &ann).await;
    assert_eq!((refused.status, refused.code()), (400, "Request_BadRequest"));
    assert!(refused.message().contains("on-premises mastered Directory Sync objects"));
    let dynamic = seed(|group| group.group_types = vec!["DynamicMembership".to_owned()]);
    assert_eq!(add(&bench, &dynamic, &ann).await.code(), "Authorization_RequestDenied");
    let list = seed(|group| group.mail_enabled = Some(true));
    assert!(add(&bench, &list, &ann).await.message().contains("originated within an external service"));
    let privileged = seed(|group| group.is_assignable_to_role = true);
    assert_eq!(add(&bench, &privileged, &ann).await.status, 403);
    let closed = seed(|group| {
        group.group_types = vec!["Unified".to_owned()];
        group.guests_not_allowed = true;
    });
    let refused = add(&bench, &closed, &ann).await;
    assert_eq!((refused.status, refused.code()), (403, "Authorization_RequestDenied"));
    assert_eq!(refused.message(), "Guests users are not allowed to join this Unified Group due to policy setting.");
    assert_eq!(add(&bench, &closed, &boss).await.status, 204, "members are no guests");

    let strong = Bench::with_roles(&["GroupMember.ReadWrite.All", "RoleManagement.ReadWrite.Directory"]).await;
    let boss = strong.sim.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    let group = strong.sim.seed_group(TENANT, SeedGroup { is_assignable_to_role: true, ..SeedGroup::new("Admins") });
    assert_eq!(add(&strong, &group, &boss).await.status, 204);
    strong.set(|settings| settings.variants.membership_needs_user_write = true);
    assert_eq!(add(&strong, &group, &boss).await.status, 403);
    let weak = Bench::with_roles(&["User.Invite.All", "GroupMember.Read.All"]).await;
    assert_eq!(add(&weak, "x", "y").await.status, 403);
}

#[tokio::test]
async fn up_to_twenty_join_at_once_or_none() {
    let bench = Bench::with_roles(ROLES).await;
    let group = bench.sim.seed_group(TENANT, SeedGroup::new("Partners"));
    let mut links = Vec::new();
    for number in 0..21 {
        let id = bench.sim.seed(TENANT, SeedUser::new(format!("p{number}@fabrikam.com"), SeedKind::PendingGuest));
        links.push(json!(format!("{}v1.0/directoryObjects/{id}", bench.sim.url())));
    }
    let path = format!("groups/{group}");
    let bind = async |links: &[Value]| bench.patch(&path, &json!({"members@odata.bind": links})).await;
    assert_eq!(bind(&links).await.status, 400);
    let nobody = json!(format!("{}v1.0/directoryObjects/nobody", bench.sim.url()));
    assert_eq!(bind(&[links[0].clone(), nobody]).await.status, 404);
    assert_eq!(bind(&[links[0].clone(), links[0].clone()]).await.status, 400);
    assert!(names(&bench, &group).is_empty(), "all or nothing");
    assert_eq!(bind(&links[..20]).await.status, 204);
    assert_eq!(bind(&[links[20].clone(), links[3].clone()]).await.status, 400);
    assert_eq!(names(&bench, &group).len(), 20);
    assert_eq!(bench.patch(&path, &json!({"displayName": "x"})).await.status, 400);
    assert_eq!(bench.sim.count("updateGroup"), 6);
}

#[tokio::test]
async fn members_and_groups_of_a_user_come_in_pages() {
    let bench = Bench::with_roles(ROLES).await;
    let id = bench.sim.seed(TENANT, SeedUser::new("ann@fabrikam.com", SeedKind::PendingGuest));
    bench.sim.seed(TENANT, SeedUser::new("bob@fabrikam.com", SeedKind::PendingGuest));
    let members = vec!["ann@fabrikam.com".to_owned(), "bob@fabrikam.com".to_owned()];
    let first = bench.sim.seed_group(TENANT, SeedGroup { members: members.clone(), ..SeedGroup::new("First") });
    let second = bench.sim.seed_group(TENANT, SeedGroup { members, ..SeedGroup::new("Second") });
    let page = bench.get(&format!("groups/{first}/members?$select=id&$top=1")).await.body;
    assert_eq!(page["value"], json!([{"@odata.type": "#microsoft.graph.user", "id": id}]));
    let rest = bench.get(page["@odata.nextLink"].as_str().unwrap()).await.body;
    assert_eq!((rest["value"].as_array().unwrap().len(), rest.get("@odata.nextLink")), (1, None));
    let plain = bench.get(&format!("groups/{first}/members?$filter=mail%20eq%20'x'")).await;
    assert_eq!(plain.code(), "Request_UnsupportedQuery");

    let page = bench.get(&format!("users/{id}/memberOf?$select=displayName&$top=1")).await.body;
    assert_eq!(page["value"], json!([{"@odata.type": "#microsoft.graph.group", "displayName": "First"}]));
    let rest = bench.get(page["@odata.nextLink"].as_str().unwrap()).await.body;
    assert_eq!(rest["value"][0]["displayName"], "Second");

    let check = format!("users/{id}/checkMemberGroups");
    let reply = bench.post(&check, &json!({"groupIds": [second, "nobody"]})).await;
    assert_eq!((reply.status, &reply.body["value"]), (200, &json!([second])));
    assert_eq!(reply.headers["x-ms-resource-unit"], "4");
    assert_eq!(bench.post(&check, &json!({"groupIds": vec!["x"; 21]})).await.status, 400);
    assert_eq!(bench.post(&check, &json!({})).await.status, 400);
    assert_eq!(bench.get("users/nobody/memberOf").await.status, 404);
    assert_eq!((bench.sim.count("listMembers"), bench.sim.count("listMemberOf")), (3, 3));
}

#[tokio::test]
async fn memberships_show_late_but_act_at_once() {
    let bench = Bench::with_roles(ROLES).await;
    let group = bench.sim.seed_group(TENANT, SeedGroup::new("Partners"));
    let seeded = bench.sim.seed(TENANT, SeedUser::new("old@fabrikam.com", SeedKind::PendingGuest));
    bench.set(|settings| settings.lag.write_after_create = LONG);
    let ann = bench.guest("ann@fabrikam.com").await;
    let early = add(&bench, &group, &ann).await;
    assert_eq!((early.status, early.code()), (404, "Request_ResourceNotFound"), "not yet there for a reference");
    bench.set(|settings| settings.variants.young_reference_bad_request = true);
    let early = add(&bench, &group, &ann).await;
    assert_eq!((early.code(), said(&early)), ("Request_BadRequest", (400, "Not a valid reference update.")));
    bench.set(|settings| {
        settings.lag.write_after_create = Duration::ZERO;
        settings.lag.membership = LONG;
    });
    assert_eq!(add(&bench, &group, &seeded).await.status, 204);
    assert_eq!(add(&bench, &group, &seeded).await.status, 400, "a write goes by the truth");
    let (members, of) = (format!("groups/{group}/members"), format!("users/{seeded}/memberOf"));
    let check = format!("users/{seeded}/checkMemberGroups");
    let shown = async || {
        let members = bench.get(&members).await.body["value"].as_array().unwrap().len();
        let groups = bench.get(&of).await.body["value"].as_array().unwrap().len();
        let checked = bench.post(&check, &json!({"groupIds": [group]})).await.body["value"].as_array().unwrap().len();
        (members, groups, checked)
    };
    assert_eq!(shown().await, (0, 0, 0));
    bench.set(|settings| settings.lag.membership = Duration::ZERO);
    assert_eq!(shown().await, (1, 1, 1));
    bench.set(|settings| settings.lag.membership = Duration::from_millis(300));
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(bench.delete(&format!("{members}/{seeded}/$ref")).await.status, 204);
    assert_eq!(shown().await, (1, 1, 1), "nor is a departure seen at once");
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(shown().await, (0, 0, 0));
}

#[tokio::test]
async fn a_deleted_user_takes_its_memberships_along_and_brings_them_back() {
    let bench = Bench::with_roles(&["User.Read.All", "User.DeleteRestore.All", "GroupMember.ReadWrite.All"]).await;
    let ann = bench.sim.seed(TENANT, SeedUser::new("ann@fabrikam.com", SeedKind::AcceptedGuest));
    let members = vec!["ann@fabrikam.com".to_owned()];
    let group = bench.sim.seed_group(TENANT, SeedGroup { members, ..SeedGroup::new("Partners") });
    let path = format!("groups/{group}/members");
    assert_eq!(bench.delete(&format!("users/{ann}")).await.status, 204);
    assert_eq!(bench.get(&path).await.body["value"], json!([]));
    assert_eq!(said(&bench.delete(&format!("{path}/{ann}/$ref")).await), (400, GONE));
    assert_eq!(add(&bench, &group, &ann).await.status, 404);
    assert_eq!(bench.post(&format!("directory/deletedItems/{ann}/restore"), &json!({})).await.status, 200);
    assert_eq!(bench.get(&path).await.body["value"][0]["id"], json!(ann));
}

#[tokio::test]
async fn without_ref_the_member_itself_is_deleted() {
    let members = vec!["ann@fabrikam.com".to_owned()];
    let seed = |bench: &Bench| {
        let ann = bench.sim.seed(TENANT, SeedUser::new("ann@fabrikam.com", SeedKind::AcceptedGuest));
        let group = bench.sim.seed_group(TENANT, SeedGroup { members: members.clone(), ..SeedGroup::new("Partners") });
        format!("groups/{group}/members/{ann}")
    };
    let careful = Bench::with_roles(ROLES).await;
    assert_eq!(careful.delete(&seed(&careful)).await.status, 403);
    assert_eq!(careful.sim.users(TENANT).len(), 1);
    let trapped = Bench::with_roles(&["User.DeleteRestore.All", "GroupMember.ReadWrite.All"]).await;
    assert_eq!(trapped.delete(&seed(&trapped)).await.status, 204);
    assert!(trapped.sim.users(TENANT).is_empty(), "the user is gone, not the membership");
    assert_eq!((trapped.sim.count("deleteMember"), trapped.sim.count("removeMember")), (1, 0));
}

#[tokio::test]
async fn members_are_changed_in_a_batch_and_a_fault_strikes_one_item() {
    let bench = Bench::with_roles(ROLES).await;
    let group = bench.sim.seed_group(TENANT, SeedGroup::new("Partners"));
    let ids: Vec<String> = ["a@x.org", "b@x.org"]
        .into_iter()
        .map(|email| bench.sim.seed(TENANT, SeedUser::new(email, SeedKind::PendingGuest)))
        .collect();
    bench.sim.inject(Fault::new("addMember", FaultAction::status(503)).containing(&ids[1]));
    let item = |id: &str| {
        json!({"id": id, "method": "POST", "url": format!("/groups/{group}/members/$ref"), "body": reference(&bench, id),
               "headers": {"Content-Type": "application/json"}})
    };
    let reply = bench.post("$batch", &json!({"requests": [item(&ids[0]), item(&ids[1])]})).await;
    let status = |id: &str| {
        let responses = reply.body["responses"].as_array().unwrap();
        responses.iter().find(|response| response["id"] == id).unwrap()["status"].clone()
    };
    assert_eq!((status(&ids[0]), status(&ids[1])), (json!(204), json!(503)));
    assert_eq!(names(&bench, &group), ["a"]);
    assert!(bench.sim.requests("addMember").iter().all(|request| request.in_batch));
}

#[tokio::test]
async fn the_handle_and_the_admin_api_change_groups_behind_every_back() {
    let bench = Bench::with_roles(ROLES).await;
    bench.sim.seed(TENANT, SeedUser::new("ann@fabrikam.com", SeedKind::PendingGuest));
    let url = bench.sim.url().join("_simulator/groups").unwrap();
    let seed = json!({"displayName": "Partners", "groupTypes": ["Unified"], "members": ["ann@fabrikam.com"]});
    let seeded: Value = bench.client.post(url.clone()).json(&seed).send().await.unwrap().json().await.unwrap();
    let shown: Value = bench.client.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(shown["groups"][0]["group"]["id"], seeded["id"]);
    assert_eq!(shown["groups"][0]["members"].as_array().unwrap().len(), 1);
    bench.sim.remove_member(TENANT, "Partners", "ann@fabrikam.com").unwrap();
    assert!(names(&bench, "Partners").is_empty());
    bench.sim.add_member(TENANT, "Partners", "ann@fabrikam.com").unwrap();
    bench.sim.change_group(TENANT, "Partners", |group| group.display_name = "Others".to_owned()).unwrap();
    assert_eq!(names(&bench, "Others"), ["ann"]);
    bench.sim.delete_group(TENANT, "Others").unwrap();
    assert!(bench.sim.groups(TENANT).is_empty() && bench.sim.delete_group(TENANT, "Others").is_err());
}
