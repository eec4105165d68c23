//! Sponsors and the manager: relations with other objects, alone, expanded and in a batch.

use std::time::Duration;

use entra_simulator::{DefaultSponsor, Fault, FaultAction, InvitedSponsors, SeedGroup, SeedKind, SeedUser};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Bench, Reply, TENANT, invitation};

const ROLES: &[&str] = &["User.Invite.All", "User.ReadWrite.All"];

fn link(bench: &Bench, kind: &str, id: &str) -> Value {
    json!({"@odata.id": format!("{}v1.0/{kind}/{id}", bench.sim.url())})
}

fn member(bench: &Bench, name: &str) -> String {
    bench.sim.seed(TENANT, SeedUser::new(format!("{name}@contoso.com"), SeedKind::Member))
}

async fn put(bench: &Bench, path: &str, body: &Value) -> Reply {
    bench.send(bench.request(Method::PUT, path).json(body)).await
}

#[tokio::test]
async fn five_users_or_groups_may_sponsor_a_guest() {
    let bench = Bench::with_roles(ROLES).await;
    let ann = bench.guest("ann@fabrikam.com").await;
    let path = format!("users/{ann}/sponsors");
    let sponsors: Vec<String> = (0..5).map(|number| member(&bench, &format!("s{number}"))).collect();
    let group = bench.sim.seed_group(TENANT, SeedGroup::new("Hosts"));
    assert_eq!(bench.get(&path).await.body["value"], json!([]));
    for sponsor in &sponsors[..4] {
        assert_eq!(bench.post(&format!("{path}/$ref"), &link(&bench, "users", sponsor)).await.status, 204);
    }
    assert_eq!(bench.post(&format!("{path}/$ref"), &link(&bench, "groups", &group)).await.status, 204);
    let again = bench.post(&format!("{path}/$ref"), &link(&bench, "users", &sponsors[0])).await;
    let text = "One or more added object references already exist for the following modified properties: 'sponsors'.";
    assert_eq!((again.status, again.message()), (400, text));
    let sixth = bench.post(&format!("{path}/$ref"), &link(&bench, "users", &sponsors[4])).await;
    assert_eq!((sixth.status, sixth.code()), (400, "Request_BadRequest"));
    assert_eq!(bench.post(&format!("{path}/$ref"), &link(&bench, "users", "nobody")).await.status, 404);

    let shown = bench.get(&format!("{path}?$select=id,displayName")).await.body;
    assert_eq!(
        shown["value"][0],
        json!({"@odata.type": "#microsoft.graph.user", "id": sponsors[0], "displayName": "s0"})
    );
    assert_eq!(shown["value"][4]["@odata.type"], "#microsoft.graph.group");
    assert_eq!(bench.get(&format!("{path}?$filter=id%20eq%20'x'")).await.code(), "Request_UnsupportedQuery");

    let gone = format!("{path}/{}/$ref", sponsors[0]);
    assert_eq!(bench.delete(&gone).await.status, 204);
    let absent = bench.delete(&gone).await;
    assert_eq!((absent.status, absent.message()), (400, "One or more removed object references do not exist."));
    bench.sim.delete_user(TENANT, &sponsors[1]).unwrap();
    assert_eq!(bench.get(&path).await.body["value"].as_array().unwrap().len(), 3, "a deleted sponsor is none");
    assert_eq!(bench.sim.user(TENANT, &ann).unwrap().related("sponsors").len(), 4);
    assert_eq!((bench.sim.count("addSponsor"), bench.sim.count("removeSponsor")), (8, 2));

    let reader = Bench::new().await;
    assert_eq!(reader.post("users/x/sponsors/$ref", &link(&reader, "users", "y")).await.status, 403);
    bench.set(|settings| settings.lag.write_after_create = Duration::from_secs(3600));
    let young = bench.guest("new@fabrikam.com").await;
    let early = bench.post(&format!("users/{young}/sponsors/$ref"), &link(&bench, "users", &sponsors[4])).await;
    assert_eq!((early.status, early.code()), (404, "Request_ResourceNotFound"));
}

#[tokio::test]
async fn an_invitation_names_sponsors_in_one_shape() {
    let bench = Bench::with_roles(ROLES).await;
    let host = member(&bench, "host");
    let inline = |email: &str| {
        let mut body = invitation(email);
        body["invitedUserSponsors"] = json!([{"@odata.type": "#microsoft.graph.user", "id": host}]);
        body
    };
    let bind = |email: &str| {
        let mut body = invitation(email);
        body["invitedUserSponsors@odata.bind"] = json!([format!("{}v1.0/users/{host}", bench.sim.url())]);
        body
    };
    let statuses = async |taken: InvitedSponsors, email: &str| {
        bench.set(|settings| settings.variants.invited_sponsors = taken);
        let first = bench.post("invitations", &inline(&format!("i{email}"))).await.status;
        (first, bench.post("invitations", &bind(&format!("b{email}"))).await.status)
    };
    assert_eq!(statuses(InvitedSponsors::Inline, "1@x.org").await, (201, 400));
    assert_eq!(statuses(InvitedSponsors::Bind, "2@x.org").await, (400, 201));
    assert_eq!(statuses(InvitedSponsors::Refused, "3@x.org").await, (400, 400));
    for email in ["i1@x.org", "b2@x.org"] {
        assert_eq!(bench.sim.user(TENANT, email).unwrap().related("sponsors"), std::slice::from_ref(&host), "{email}");
    }
    assert_eq!(bench.sim.users(TENANT).len(), 3, "what is refused makes nobody");

    bench.set(|settings| settings.variants.invited_sponsors = InvitedSponsors::Inline);
    let mut body = invitation("four@x.org");
    for wrong in [json!([{"id": "nobody"}]), json!([{}]), json!("x"), json!(vec![json!({"id": host}); 6])] {
        body["invitedUserSponsors"] = wrong;
        assert!((400..=404).contains(&bench.post("invitations", &body).await.status), "{body}");
    }
    assert!(bench.sim.user(TENANT, "four@x.org").is_none());
    assert!(bench.sim.invitation_mails("four@x.org").is_empty());
    bench.post("invitations", &invitation("i1@x.org")).await;
    assert_eq!(bench.sim.user(TENANT, "i1@x.org").unwrap().related("sponsors"), [host], "a repeat changes no sponsor");
}

#[tokio::test]
async fn the_default_sponsor_is_the_inviter() {
    let mut bench = Bench::with_roles(ROLES).await;
    let ann = bench.guest("ann@fabrikam.com").await;
    assert_eq!(bench.get(&format!("users/{ann}/sponsors")).await.body["value"], json!([]));
    bench.set(|settings| settings.variants.default_sponsor = DefaultSponsor::ServicePrincipal);
    let bob = bench.guest("bob@fabrikam.com").await;
    let shown = bench.get(&format!("users/{bob}/sponsors")).await.body["value"].clone();
    assert_eq!(shown[0]["@odata.type"], "#microsoft.graph.servicePrincipal");
    let principal = shown[0]["id"].as_str().unwrap();
    assert_eq!(bench.delete(&format!("users/{bob}/sponsors/{principal}/$ref")).await.status, 204);

    let boss = member(&bench, "boss");
    bench.token = bench.sim.delegated_token(TENANT, "boss@contoso.com", &["User.Invite.All"]).unwrap();
    bench.guest("eve@fabrikam.com").await;
    assert_eq!(bench.sim.user(TENANT, "eve@fabrikam.com").unwrap().related("sponsors"), [boss]);
}

#[tokio::test]
async fn a_manager_is_set_read_and_removed() {
    let bench = Bench::with_roles(ROLES).await;
    let (ann, boss) = (bench.guest("ann@fabrikam.com").await, member(&bench, "boss"));
    let path = format!("users/{ann}/manager");
    let none = bench.get(&path).await;
    let text = "Resource 'manager' does not exist or one of its queried reference-property objects are not present.";
    assert_eq!((none.status, none.message()), (404, text));
    assert_eq!(put(&bench, &format!("{path}/$ref"), &link(&bench, "users", "nobody")).await.status, 404);
    assert_eq!(put(&bench, &format!("{path}/$ref"), &link(&bench, "groups", &boss)).await.status, 400);
    assert_eq!(put(&bench, &format!("{path}/$ref"), &link(&bench, "users", &boss)).await.status, 204);
    let shown = bench.get(&format!("{path}?$select=id")).await.body;
    assert_eq!((&shown["@odata.type"], &shown["id"]), (&json!("#microsoft.graph.user"), &json!(boss)));
    let reference = bench.get(&format!("{path}/$ref")).await.body;
    assert!(reference["@odata.id"].as_str().unwrap().contains(&format!("/directoryObjects/{boss}/")));
    assert_eq!(bench.post(&format!("{path}/$ref"), &link(&bench, "users", &boss)).await.status, 405);
    assert_eq!(bench.delete(&format!("{path}/$ref")).await.status, 204);
    assert_eq!(bench.delete(&format!("{path}/$ref")).await.status, 404);
    assert_eq!((bench.sim.count("setManager"), bench.sim.count("removeManager")), (3, 2));
}

#[tokio::test]
async fn one_relation_can_be_expanded() {
    let bench = Bench::with_roles(ROLES).await;
    let (ann, boss) = (bench.guest("ann@fabrikam.com").await, member(&bench, "boss"));
    bench
        .sim
        .change_user(TENANT, &ann, |user| {
            user.related_mut("sponsors").push(boss.clone());
            user.related_mut("manager").push(boss.clone());
        })
        .unwrap();
    let read = async |expand: &str| bench.get(&format!("users/{ann}?$select=id&$expand={expand}")).await;
    let one = json!({"@odata.type": "#microsoft.graph.user", "id": boss});
    assert_eq!(read("sponsors($select=id)").await.body["sponsors"], json!([one]));
    assert_eq!(read("manager($select=id)").await.body["manager"], one);
    assert_eq!(read("manager").await.body["manager"]["displayName"], "boss");
    for wrong in ["sponsors,manager", "memberOf", "manager($levels=max)", "sponsors($select=shoeSize)"] {
        assert_eq!(read(wrong).await.status, 400, "{wrong}");
    }
    let basic = Bench::with_roles(&["User.ReadBasic.All", "User.Invite.All"]).await;
    let id = basic.guest("ann@fabrikam.com").await;
    assert_eq!(basic.get(&format!("users/{id}?$select=id&$expand=manager")).await.status, 403);
}

#[tokio::test]
async fn relations_are_changed_in_a_batch_item_by_item() {
    let bench = Bench::with_roles(ROLES).await;
    let (ann, boss) = (bench.guest("ann@fabrikam.com").await, member(&bench, "boss"));
    bench.sim.inject(Fault::new("setManager", FaultAction::status(500)));
    let json = json!({"Content-Type": "application/json"});
    let requests = json!({"requests": [
        {"id": "s", "method": "POST", "url": format!("/users/{ann}/sponsors/$ref"), "headers": json, "body": link(&bench, "users", &boss)},
        {"id": "m", "method": "PUT", "url": format!("/users/{ann}/manager/$ref"), "headers": json, "body": link(&bench, "users", &boss)},
        {"id": "r", "method": "DELETE", "url": format!("/users/{ann}/sponsors/{boss}/$ref"), "dependsOn": ["s"]},
        {"id": "g", "method": "GET", "url": format!("/users/{ann}/sponsors?$select=id"), "dependsOn": ["r"]},
    ]});
    let reply = bench.post("$batch", &requests).await;
    let of = |id: &str| {
        let responses = reply.body["responses"].as_array().unwrap();
        responses.iter().find(|response| response["id"] == id).unwrap().clone()
    };
    assert_eq!((&of("s")["status"], &of("m")["status"]), (&json!(204), &json!(500)));
    assert_eq!((&of("r")["status"], &of("g")["body"]["value"]), (&json!(204), &json!([])));
    assert_eq!(bench.sim.user(TENANT, &ann).unwrap().related("manager"), [] as [String; 0]);
}
