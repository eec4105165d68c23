//! Guest lists at admission: each entry as its template makes it.

use fastrand::Rng;
use guestlist::policy::Ruling;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use testbed::World;
use testbed::stories::{SOON, guest_list, guests as team, mails, named_list};
use testbed::world::Ref;

use crate::ask::{self, Said};
use crate::cases;
use crate::rules::world;
use crate::table::alone;

fn analyst(number: usize) -> Value {
    json!({"email": format!("analyst{number}@fabrikam.com")})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_judged_as_its_guests_are() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut rng = Rng::with_seed(seed);
    let world = alone(true).await;
    let labels = ask::namespace(&world, "team", &cases::labels(&mut rng)).await;
    let mut tenants = Vec::new();
    for number in 0..16 {
        let rules = if number == 0 { vec![json!({})] } else { cases::rules(&mut rng) };
        let tenant = ask::tenant(&format!("t{number}"), &rules, &cases::defaults(&mut rng));
        world.apply(&tenant.to_string()).await.unwrap();
        tenants.push(tenant);
    }
    ask::admit(&world, "admission/guest-access.yaml").await;
    ask::in_force(&world, "team").await;
    let (mut yes, mut no, mut asked) = (0, 0, 0);
    // Of the rules that some seeds draw, one list in fifty is allowed, so it goes on until enough are.
    while asked < 300 || (yes < 10 || no < 50) && asked < 3000 {
        asked += 1;
        let tenant = rng.choice(&tenants).unwrap();
        let name = tenant["metadata"]["name"].as_str().unwrap();
        let mut template = cases::spec(&mut rng, name, false);
        template.as_object_mut().unwrap().remove("email");
        let mut guests = Vec::new();
        for _ in 0..rng.usize(1..4) {
            let mut entry = cases::spec(&mut rng, name, false);
            let fields = entry.as_object_mut().unwrap();
            fields.retain(|field, _| field == "email" || rng.bool());
            if rng.u8(..4) == 0 {
                fields.insert("redirectUrl".into(), Value::Null);
            }
            guests.push(entry);
        }
        let said = ask::server(&world, &guest_list("analysts", &template, &guests)).await;
        let refused = guests.iter().any(|entry| {
            let mut spec = template.as_object().unwrap().clone();
            spec.extend(entry.as_object().unwrap().clone());
            spec.retain(|_, value| !value.is_null());
            !matches!(ask::operator(tenant, ("team", &labels), &Value::Object(spec), None), Ruling::Allowed { .. })
        });
        match said {
            Said::Yes if !refused => yes += 1,
            Said::Policy(_) if refused => no += 1,
            Said::Schema(_) => {}
            said => {
                panic!("seed {seed}: {tenant}\n{template}\n{guests:?}\nrefused by the operator: {refused}, {said:?}")
            }
        }
    }
    println!("{asked} lists: {yes} allowed, {no} refused");
    assert!(yes >= 10 && no >= 50, "{yes} allowed, {no} refused");
}

async fn edit(world: &World, patch: Value) -> Result<(), String> {
    let api = world.plane.api_of("guestlist.dev/v1alpha1", "GuestList", "team").await.unwrap();
    let edited = api.patch("analysts", &PatchParams::default(), &Patch::Merge(patch)).await;
    edited.map(|_| ()).map_err(|error| error.to_string())
}

/// A thousand entries against rules of a usual size are within what the API server allows an expression to cost.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_entries_are_judged_and_old_ones_left_alone() {
    let world = alone(true).await;
    ask::namespace(&world, "team", &[]).await;
    let domains = |of: &str| (0..10).map(|n| format!("{of}{n}.example")).collect::<Vec<_>>();
    let rule = |mut domains: Vec<String>| {
        domains.push("*.fabrikam.com".into());
        json!({"emailDomains": domains, "redirectUrls": ["https://wiki.contoso.com"]})
    };
    let mut rules = vec![rule(domains("a")), rule(domains("b")), json!({"emailDomains": ["fabrikam.com"]})];
    world.apply(&ask::tenant("default", &rules, &Value::Null).to_string()).await.unwrap();
    ask::admit(&world, "admission/guest-access.yaml").await;
    ask::in_force(&world, "team").await;
    let template = json!({"redirectUrl": "https://wiki.contoso.com/welcome"});
    let mut guests: Vec<Value> = (0..999).map(analyst).collect();
    guests.push(json!({"email": "eve@evil.com"}));
    match ask::server(&world, &guest_list("analysts", &template, &guests)).await {
        Said::Policy(message) => {
            assert!(message.contains("namespace team may not invite eve@evil.com (domain evil.com)"), "{message}");
        }
        said => panic!("{said:?}"),
    }
    guests[999] = analyst(999);
    world.apply(&guest_list("analysts", &template, &guests).to_string()).await.unwrap();

    // The rule goes. Who is on the list already is for the operator; who comes anew is not taken.
    rules.pop();
    world.apply(&ask::tenant("default", &rules, &Value::Null).to_string()).await.unwrap();
    ask::in_force(&world, "team").await;
    edit(&world, json!({"spec": {"template": {"reminders": {"after": "72h"}}}})).await.unwrap();
    edit(&world, json!({"spec": {"guests": guests[..500]}})).await.unwrap();
    guests.push(analyst(1000));
    let error = edit(&world, json!({"spec": {"guests": guests[500..]}})).await.unwrap_err();
    assert!(error.contains("analyst500@fabrikam.com"), "they left the list, so they are new: {error}");
    let error = edit(&world, json!({"spec": {"template": {"groups": ["Admins"]}}})).await.unwrap_err();
    assert!(error.contains("and 499 more"), "what all get is asked for all: {error}");
}

/// What the operator writes for a list is judged as what its author writes, also where the list's own policy was silent.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_gives_no_rights_that_its_author_has_not() {
    let world = world(&json!([{"emailDomains": ["fabrikam.com"]}])).await;
    ask::admit(&world, "admission/guest-access.yaml").await;
    ask::in_force(&world, "team").await;
    let guests = [analyst(0), json!({"email": "eve@evil.com"}), analyst(1)];
    let list = guest_list("analysts", &json!({}), &guests);
    assert!(matches!(ask::server(&world, &list).await, Said::Policy(_)));
    let kind = "ValidatingAdmissionPolicyBinding";
    world.delete(&Ref::new("admissionregistration.k8s.io/v1", kind, "", "guestlist-list-access")).await.unwrap();
    while ask::server(&world, &list).await != Said::Yes {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    world.apply(&list.to_string()).await.unwrap();
    let told = |list: &Value| {
        list["status"]["guests"]["invited"] == 2 && list["status"]["needsAttention"][0]["reason"] == "EntryRefused"
    };
    let glist = named_list("analysts");
    let list = world.wait_for(&glist, "tell who is refused", told, SOON).await.unwrap();
    let said = list["status"]["needsAttention"][0]["message"].as_str().unwrap();
    assert!(said.contains("namespace team may not invite eve@evil.com (domain evil.com)"), "{said}");
    let there = team(&world).await.list(&Default::default()).await.unwrap();
    assert_eq!(there.items.len(), 2, "the operator's own account is judged too");
    let sent = ["analyst0@fabrikam.com", "analyst1@fabrikam.com", "eve@evil.com"].map(|address| mails(&world, address));
    assert_eq!(sent, [1, 1, 0]);
}

/// How late an end may be counts from when the GuestInvitation is made, which is after its list.
#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_comes_too_late_is_told_of_the_entry() {
    let world = world(&json!([{"require": {"accessUntil": {"within": "720h"}}}])).await;
    ask::admit(&world, "admission/guest-access.yaml").await;
    ask::in_force(&world, "team").await;
    let in_hours = |hours: i64| (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours)).to_string();
    let guest = |number: usize, hours: i64| json!({"email": format!("analyst{number}@fabrikam.com"), "accessUntil": in_hours(hours)});
    match ask::server(&world, &guest_list("analysts", &json!({}), &[guest(0, 700), analyst(1)])).await {
        Said::Policy(said) => assert!(said.contains("allows a guest without accessUntil"), "{said}"),
        said => panic!("{said:?}"),
    }
    world.apply(&guest_list("analysts", &json!({}), &[guest(0, 700), guest(1, 740)]).to_string()).await.unwrap();
    let told = |list: &Value| {
        list["status"]["guests"]["invited"] == 1 && list["status"]["needsAttention"][0]["reason"] == "EntryRefused"
    };
    let list = world.wait_for(&named_list("analysts"), "tell who is refused", told, SOON).await.unwrap();
    let said = list["status"]["needsAttention"][0]["message"].as_str().unwrap();
    assert!(said.contains("analyst1@fabrikam.com") && said.contains("allows an accessUntil so late"), "{said}");
    assert_eq!((mails(&world, "analyst0@fabrikam.com"), mails(&world, "analyst1@fabrikam.com")), (1, 0));
}

/// The two policies differ in what they are asked, and in nothing of how they answer.
#[test]
fn lists_and_guests_are_judged_by_the_same_expressions() {
    let text = testbed::workspace::text("admission/guest-access.yaml").unwrap();
    assert!(!text.contains("{{"), "a chart takes these bytes as a template");
    let documents: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    let judged = |document: &Value| {
        let variables = document["spec"]["variables"].as_array().unwrap();
        let first = variables.iter().position(|variable| variable["name"] == "labels").unwrap();
        json!([variables[first..], document["spec"]["validations"]]).to_string().replace("GuestList", "GuestInvitation")
    };
    assert_eq!(judged(&documents[0]), judged(&documents[2]));
}
