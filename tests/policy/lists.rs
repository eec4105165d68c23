//! Guest lists at admission: each entry as its template makes it.

use fastrand::Rng;
use guestlist::plan::Ruling;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use testbed::World;

use crate::ask::{self, Said};
use crate::cases;
use crate::table::alone;

fn list(template: &Value, guests: &[Value]) -> Value {
    json!({
        "apiVersion": "guestlist.dev/v1alpha1",
        "kind": "GuestList",
        "metadata": {"name": "analysts", "namespace": "team"},
        "spec": {"template": template, "guests": guests},
    })
}

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
    for number in 0..8 {
        let tenant = ask::tenant(&format!("t{number}"), &cases::rules(&mut rng), None);
        world.apply(&tenant.to_string()).await.unwrap();
        tenants.push(tenant);
    }
    ask::admit(&world, "guest-access.yaml").await;
    ask::in_force(&world, "team").await;
    let (mut yes, mut no) = (0, 0);
    for _ in 0..300 {
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
        let said = ask::server(&world, &list(&template, &guests)).await;
        let refused = guests.iter().any(|entry| {
            let mut spec = template.as_object().unwrap().clone();
            spec.extend(entry.as_object().unwrap().clone());
            spec.retain(|_, value| !value.is_null());
            !matches!(ask::plan(tenant, "team", &labels, &Value::Object(spec)), Ruling::Allowed { .. })
        });
        match said {
            Said::Yes if !refused => yes += 1,
            Said::Policy(_) if refused => no += 1,
            Said::Schema(_) => {}
            said => panic!("seed {seed}: {tenant}\n{template}\n{guests:?}\nrefused by plan: {refused}, {said:?}"),
        }
    }
    println!("{yes} allowed, {no} refused");
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
    world.apply(&ask::tenant("default", &rules, None).to_string()).await.unwrap();
    ask::admit(&world, "guest-access.yaml").await;
    ask::in_force(&world, "team").await;
    let template = json!({"redirectUrl": "https://wiki.contoso.com/welcome"});
    let mut guests: Vec<Value> = (0..999).map(analyst).collect();
    guests.push(json!({"email": "eve@evil.com"}));
    match ask::server(&world, &list(&template, &guests)).await {
        Said::Policy(message) => {
            assert!(message.contains("namespace team may not invite eve@evil.com (domain evil.com)"), "{message}");
        }
        said => panic!("{said:?}"),
    }
    guests[999] = analyst(999);
    world.apply(&list(&template, &guests).to_string()).await.unwrap();

    // The rule goes. Who is on the list already is for the operator; who comes anew is not taken.
    rules.pop();
    world.apply(&ask::tenant("default", &rules, None).to_string()).await.unwrap();
    ask::in_force(&world, "team").await;
    edit(&world, json!({"spec": {"template": {"displayName": "An analyst"}}})).await.unwrap();
    edit(&world, json!({"spec": {"guests": guests[..500]}})).await.unwrap();
    guests.push(analyst(1000));
    let error = edit(&world, json!({"spec": {"guests": guests[500..]}})).await.unwrap_err();
    assert!(error.contains("analyst500@fabrikam.com"), "they left the list, so they are new: {error}");
    let error = edit(&world, json!({"spec": {"template": {"groups": ["Admins"]}}})).await.unwrap_err();
    assert!(error.contains("and 499 more"), "what all get is asked for all: {error}");
}
