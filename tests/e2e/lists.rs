//! Guests by the list: one array and one template, of which only what differs is written.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kube::ResourceExt;
use kube::api::{DynamicObject, ListParams, Patch, PatchParams};
use serde_json::{Value, json};
use testbed::interposer::Moment;
use testbed::stories::{
    SOON, TENANT, condition, connected, guest, guest_list, guests, kstatus, mails, named, named_list, simulator, state,
    until_reason, until_state, world,
};
use testbed::world::{World, WorldConfig};

/// What `analysts` calls adele@fabrikam.com, for ever.
const ADELE: &str = "analysts-adele-fabrikam-com-b11d5r0d";

fn entries(emails: impl IntoIterator<Item = String>) -> Vec<Value> {
    emails.into_iter().map(|email| json!({"email": email})).collect()
}

/// The GuestInvitations of a list, by address.
async fn children(world: &World, list: &str) -> BTreeMap<String, DynamicObject> {
    let params = ListParams::default().labels(&format!("guestlist.dev/list={list}"));
    let children = guests(world).await.list(&params).await.unwrap();
    children.into_iter().map(|child| (child.data["spec"]["email"].as_str().unwrap().to_owned(), child)).collect()
}

/// Waits until the Ready condition of the list has `reason`, for the newest spec; returns the list.
async fn until_list(world: &World, name: &str, reason: &str) -> Value {
    let is = |list: &Value| {
        condition(list, "Ready").1 == reason && list["status"]["observedGeneration"] == list["metadata"]["generation"]
    };
    let list = world.wait_for(&named_list(name), &format!("be {reason}"), is, SOON).await.unwrap();
    kstatus(&list);
    list
}

/// Waits until as many guests of the list as said are in a state.
async fn until_count(world: &World, name: &str, state: &str, count: usize) -> Value {
    let is = |list: &Value| list["status"]["guests"][state] == count && condition(list, "Reconciling").0.is_empty();
    world.wait_for(&named_list(name), &format!("have {count} {state}"), is, SOON).await.unwrap()
}

/// What does not change when nobody writes.
fn versions(children: &BTreeMap<String, DynamicObject>) -> BTreeMap<&str, String> {
    children.iter().map(|(email, child)| (email.as_str(), child.resource_version().unwrap())).collect()
}

fn all_mails(world: &World, emails: impl IntoIterator<Item = String>) -> Vec<usize> {
    emails.into_iter().map(|email| mails(world, &email)).collect()
}

fn address(n: usize) -> String {
    format!("guest{n}@fabrikam.com")
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_guests_from_one_template_and_only_what_differs_is_written() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    // The first ten say for themselves what the template says for the others.
    let entry = |n: usize| match n {
        0..10 => json!({"email": address(n), "message": {"language": "de"}}),
        _ => json!({"email": address(n)}),
    };
    let template = json!({"redirectUrl": "https://wiki.contoso.com/", "message": {"language": "nl"}});
    let mut array: Vec<Value> = (0..30).map(entry).collect();
    world.apply(&guest_list("analysts", &template, &array).to_string()).await.unwrap();
    let owner = until_count(&world, "analysts", "invited", 30).await;
    assert_eq!(
        condition(&owner, "Ready"),
        (
            "True".into(),
            "Applied".into(),
            "Every entry is applied. Guests: 30, of them 0 pending, 30 invited, 0 accepted.".into()
        )
    );
    assert_eq!(all_mails(&world, (0..30).map(address)), [1; 30]);

    let made = children(&world, "analysts").await;
    assert_eq!(made.len(), 30);
    for (email, child) in &made {
        let readable = format!("analysts-{}-", email.replace(['@', '.'], "-"));
        assert!(child.name_any().starts_with(&readable) && child.name_any().len() <= 63, "{}", child.name_any());
        let owners = serde_json::to_value(child.owner_references()).unwrap();
        let expected = json!([{
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestList", "name": "analysts",
            "uid": owner["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true,
        }]);
        assert_eq!(owners, expected, "by which Kubernetes deletes it with the list");
        assert_eq!(child.data["spec"]["redirectUrl"], "https://wiki.contoso.com/");
    }
    simulator(&world).redeem(TENANT, &address(3), None).unwrap();
    until_count(&world, "analysts", "accepted", 1).await;
    let printed = world.kubectl(&["get", "glist", "-n", "team"]).await.unwrap();
    let lines: Vec<Vec<&str>> = printed.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["NAME", "GUESTS", "PENDING", "INVITED", "ACCEPTED", "READY", "AGE"]);
    assert_eq!(lines[1][..6], ["analysts", "30", "0", "29", "1", "True"], "{printed}");

    // One entry goes, one changes.
    until_followed(&world, "analysts").await;
    let before = children(&world, "analysts").await;
    array.remove(7);
    array[20]["redirectUrl"] = "https://other.contoso.com/".into();
    let changed = array[20]["email"].as_str().unwrap().to_owned();
    world.apply(&guest_list("analysts", &template, &array).to_string()).await.unwrap();
    until_count(&world, "analysts", "invited", 28).await;
    let after = children(&world, "analysts").await;
    assert_eq!(after.len(), 29);
    assert!(!after.contains_key(&address(7)));
    assert_eq!(after[&changed].data["spec"]["redirectUrl"], "https://other.contoso.com/");
    let (mut unlike, now) = (versions(&before), versions(&after));
    unlike.retain(|email, version| now.get(email) != Some(version));
    assert_eq!(
        unlike.keys().copied().collect::<Vec<_>>(),
        [changed.as_str(), &address(7)],
        "only what differs is touched"
    );

    // The template changes: whoever says it for themselves is not touched.
    let before = after;
    let template = json!({"redirectUrl": "https://wiki.contoso.com/", "message": {"language": "fr"}});
    world.apply(&guest_list("analysts", &template, &array).to_string()).await.unwrap();
    until_list(&world, "analysts", "Applied").await;
    let after = children(&world, "analysts").await;
    for (email, child) in &after {
        let own = child.data["spec"]["message"]["language"] == "de";
        let untouched = child.resource_version() == before[email].resource_version();
        assert_eq!(own, untouched, "{email}");
        let written = child.metadata.generation.unwrap() - before[email].metadata.generation.unwrap();
        assert_eq!(written, i64::from(!own), "{email}: one write");
    }
    assert_eq!(all_mails(&world, (0..30).map(address)), [1; 30], "nobody is mailed again");

    // At rest.
    let owner = world.get(&named_list("analysts")).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(versions(&children(&world, "analysts").await), versions(&after));
    assert_eq!(
        world.get(&named_list("analysts")).await.unwrap()["metadata"]["resourceVersion"],
        owner["metadata"]["resourceVersion"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lists_with_one_address_say_so() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    world
        .apply(
            &guest_list("first", &json!({}), &entries(["same@fabrikam.com".into(), "a@fabrikam.com".into()]))
                .to_string(),
        )
        .await
        .unwrap();
    until_count(&world, "first", "invited", 2).await;
    world
        .apply(
            &guest_list("second", &json!({}), &entries(["b@fabrikam.com".into(), "same@fabrikam.com".into()]))
                .to_string(),
        )
        .await
        .unwrap();
    let second = until_list(&world, "second", "DuplicateAddress").await;
    assert_eq!(condition(&second, "Stalled").0, "True");
    let looks = second["status"]["needsAttention"].as_array().unwrap();
    assert_eq!((looks.len(), &looks[0]["email"]), (1, &json!("same@fabrikam.com")));
    let said = looks[0]["message"].as_str().unwrap();
    assert!(said.contains("team/first-same-fabrikam-com-") && said.contains("GuestList team/first"), "{said}");
    let said = condition(&second, "Ready").2;
    assert!(said.contains("Of 2 guests, 1 need a look") && said.contains("same@fabrikam.com"), "{said}");
    assert_eq!(second["status"]["guests"]["refused"], 1);
    assert_eq!(all_mails(&world, ["same@fabrikam.com".into(), "b@fabrikam.com".into()]), [1, 1]);

    // The first gives the address up.
    world.apply(&guest_list("first", &json!({}), &entries(["a@fabrikam.com".into()])).to_string()).await.unwrap();
    let second = until_count(&world, "second", "invited", 2).await;
    assert_eq!(condition(&second, "Ready").0, "True");
    assert_eq!(mails(&world, "same@fabrikam.com"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_server_says_what_is_wrong_with_a_list() {
    let world = world(WorldConfig { operator: false, tenant: None, ..Default::default() }).await;
    let many = entries((0..1001).map(address));
    let entry = |more: Value| {
        let mut entry = json!({"email": "bob@example.com"});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        vec![entry]
    };
    let refusals: [(Vec<Value>, Value, &str); 9] = [
        (entries(["bob@example.com".into(), "bob@example.com".into()]), json!({}), "bob@example.com"),
        (many, json!({}), "1000"),
        (entries(["bob+x@example.com".into()]), json!({}), "plus addressing"),
        (entries(["Bob@Example.com".into()]), json!({}), "bob@example.com"),
        (vec![json!({"displayName": "Bob"})], json!({}), "email"),
        (entry(json!({"redirectUrl": "ftp://example.com"})), json!({}), "https://"),
        (entry(json!({"colour": "blue"})), json!({}), "colour"),
        (Vec::new(), json!({"email": "bob@example.com"}), "email"),
        (Vec::new(), json!({"message": {"language": "en_US"}}), "en-US"),
    ];
    for (guests, template, part) in refusals {
        let shown = format!("{template} {guests:?}").chars().take(200).collect::<String>();
        let error = world.apply(&guest_list("bad", &template, &guests).to_string()).await.err();
        let error = error.unwrap_or_else(|| panic!("{shown} was taken")).to_string();
        assert!(error.contains(part), "{shown}: {error}");
    }

    // A thousand of the longest addresses are within what the API server spends on rules.
    let domain = format!("{}examples.com", format!("{}.", "d".repeat(58)).repeat(3));
    let long = |n: usize| {
        json!({
            "email": format!("{n:04}{}@{domain}", "l".repeat(60)),
            "displayName": "x".repeat(100),
            "redirectUrl": format!("https://example.com/{}", "y".repeat(200)),
        })
    };
    let array: Vec<Value> = (0..1000).map(long).collect();
    assert_eq!(array[0]["email"].as_str().unwrap().len(), 254);
    world.apply(&guest_list("long", &json!({}), &array).to_string()).await.unwrap();
    world.plane.namespace("partners").await.unwrap();
    world.apply(&testbed::workspace::text("examples/lists/analysts.yaml").unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_entry_is_said_and_the_others_go_on() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    // What a list lets through and a guest does not.
    let mut array = entries((0..4).map(address));
    array[1]["message"] = json!({"cc": ["host@localhost"]});
    world.apply(&guest_list("mixed", &json!({}), &array).to_string()).await.unwrap();
    let mixed = until_list(&world, "mixed", "EntryRefused").await;
    assert_eq!(condition(&mixed, "Stalled").0, "True");
    let look = &mixed["status"]["needsAttention"][0];
    assert_eq!(look["email"], address(1));
    let said = look["message"].as_str().unwrap();
    assert_eq!(
        said,
        "The API server refuses this guest: spec.message.cc[0]: the part after the @ must be a full domain name, such as example.com, each part of it at most 63 characters"
    );
    let mixed = until_invited(&world, "mixed", 3).await;
    assert_eq!(
        mixed["status"]["guests"],
        json!({"total": 4, "pending": 0, "invited": 3, "accepted": 0, "expired": 0, "withdrawn": 0, "refused": 1, "failed": 0})
    );
    assert_eq!(all_mails(&world, (0..4).map(address)), [1, 0, 1, 1]);
    array[1]["message"] = json!({"language": "en-US"});
    world.apply(&guest_list("mixed", &json!({}), &array).to_string()).await.unwrap();
    until_count(&world, "mixed", "invited", 4).await;
    until_list(&world, "mixed", "Applied").await;

    // What cannot change is not made anew: that would mail everybody again.
    until_followed(&world, "mixed").await;
    let before = children(&world, "mixed").await;
    world.apply(&guest_list("mixed", &json!({"tenantRef": {"name": "other"}}), &array).to_string()).await.unwrap();
    let moved = until_list(&world, "mixed", "ChangeRefused").await;
    let said = moved["status"]["needsAttention"][0]["message"].as_str().unwrap();
    assert!(said.contains("the tenant of an invitation cannot change"), "{said}");
    assert_eq!(versions(&children(&world, "mixed").await), versions(&before));
    assert_eq!(moved["status"]["guests"]["invited"], 4);
    world.apply(&guest_list("mixed", &json!({}), &array).to_string()).await.unwrap();
    until_list(&world, "mixed", "Applied").await;
    assert_eq!(all_mails(&world, (0..4).map(address)), [1; 4]);
}

/// The first sweep after an invitation writes what the directory shows; only then are the guests at rest.
async fn until_followed(world: &World, list: &str) {
    let deadline = std::time::Instant::now() + SOON;
    while !children(world, list).await.values().all(|guest| guest.data["status"]["redemption"]["state"].is_string()) {
        assert!(std::time::Instant::now() < deadline, "the guests of {list} are not followed");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

async fn until_invited(world: &World, name: &str, count: usize) -> Value {
    let is = |list: &Value| list["status"]["guests"]["invited"] == count;
    world.wait_for(&named_list(name), &format!("have {count} invited"), is, SOON).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_by_hand_are_put_right_and_what_is_not_the_lists_is_left_alone() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    world.apply(&guest(ADELE, "other@fabrikam.com", "")).await.unwrap();
    let followed = |guest: &Value| guest["status"]["redemption"]["state"].is_string();
    let foreign = world.wait_for(&named(ADELE), "be followed, and so at rest", followed, SOON).await.unwrap();
    let array = [
        json!({"email": "adele@fabrikam.com"}),
        json!({"email": "sam@fabrikam.com", "redirectUrl": "https://wiki.contoso.com/"}),
    ];
    world.apply(&guest_list("analysts", &json!({"message": {"language": "nl"}}), &array).to_string()).await.unwrap();
    let taken = until_list(&world, "analysts", "NameTaken").await;
    assert_eq!(taken["status"]["needsAttention"][0]["email"], "adele@fabrikam.com");
    until_invited(&world, "analysts", 1).await;
    assert_eq!(
        world.get(&named(ADELE)).await.unwrap()["metadata"]["resourceVersion"],
        foreign["metadata"]["resourceVersion"]
    );
    assert_eq!(all_mails(&world, ["adele@fabrikam.com".into(), "sam@fabrikam.com".into()]), [0, 1]);

    // By hand: one field changed, one added, one added inside of another, the label gone.
    let sam = children(&world, "analysts").await["sam@fabrikam.com"].name_any();
    let edit = json!({
        "metadata": {"labels": {"guestlist.dev/list": null, "team": "blue"}},
        "spec": {"redirectUrl": "https://example.com/", "delivery": "Microsoft", "message": {"cc": ["host@contoso.com"]}},
    });
    guests(&world).await.patch(&sam, &PatchParams::default(), &Patch::Merge(edit)).await.unwrap();
    let right = |guest: &Value| {
        let spec = &guest["spec"];
        let gone = |value: &Value| value.is_null() || value == &json!([]);
        spec["redirectUrl"] == "https://wiki.contoso.com/"
            && gone(&spec["delivery"])
            && gone(&spec["message"]["cc"])
            && spec["message"]["language"] == "nl"
            && guest["metadata"]["labels"] == json!({"guestlist.dev/list": "analysts", "team": "blue"})
    };
    world.wait_for(&named(&sam), "be as the list has it", right, SOON).await.unwrap();

    // Deleted by hand: made again, and the directory knows the guest already.
    let uid = world.get(&named(&sam)).await.unwrap()["metadata"]["uid"].clone();
    world.delete(&named(&sam)).await.unwrap();
    let again = |guest: &Value| {
        guest["metadata"]["uid"].is_string() && guest["metadata"]["uid"] != uid && state(guest) == "Invited"
    };
    world.wait_for(&named(&sam), "be made again", again, SOON).await.unwrap();
    assert_eq!(mails(&world, "sam@fabrikam.com"), 1);

    // The name becomes free.
    world.delete(&named(ADELE)).await.unwrap();
    until_list(&world, "analysts", "Applied").await;
    until_state(&world, ADELE, "Invited").await;
    assert_eq!(mails(&world, "adele@fabrikam.com"), 1);

    // A guest that waits for their tenant is what the list waits for.
    world
        .apply(&guest_list("early", &json!({"tenantRef": {"name": "later"}}), &entries([address(1)])).to_string())
        .await
        .unwrap();
    let early = until_list(&world, "early", "TenantNotFound").await;
    assert_eq!(condition(&early, "Reconciling").0, "True");
    let name = early["status"]["needsAttention"][0]["name"].as_str().unwrap();
    until_reason(&world, name, "TenantNotFound").await;
}

/// The operator's writes to GuestInvitations themselves, not to their status.
fn child_writes(world: &World) -> usize {
    let writes = world.effects.list();
    writes.iter().filter(|write| write.path.contains("/guestinvitations/") && !write.path.ends_with("/status")).count()
}

/// Kills the operator and starts it anew.
async fn restart(world: &World) {
    let operator = world.operator().unwrap();
    operator.kill();
    operator.wait().await;
    let operator = world.start_operator().unwrap();
    let began = Instant::now();
    while !operator.log().contains("watching GuestInvitations") {
        assert!(began.elapsed() < SOON, "{}", operator.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_only_what_differs_is_written() {
    const GUESTS: usize = 1000;
    let counted = |path: &str| path.contains("/guestinvitations/") || path.contains("/guestlists/");
    let world = world(WorldConfig { interposed: true, counted, ..Default::default() }).await;
    connected(&world).await;
    let template = |language: &str| json!({"suspend": true, "message": {"language": language}});
    let mut array = entries((0..GUESTS).map(address));
    let began = Instant::now();
    world.apply(&guest_list("analysts", &template("nl"), &array).to_string()).await.unwrap();
    let applied = |list: &Value| condition(list, "Ready").1 == "Applied" && list["status"]["guests"]["total"] == GUESTS;
    let within = Duration::from_secs(120);
    let killed_at = 300;
    while child_writes(&world) < killed_at {
        assert!(began.elapsed() < within);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    restart(&world).await;
    world.wait_for(&named_list("analysts"), "be applied", applied, within).await.unwrap();
    let list_writes =
        |world: &World| world.effects.list().iter().filter(|write| write.path.contains("/guestlists/")).count();
    println!(
        "a list of {GUESTS} applied in {:.1} s, over a crash at {killed_at}: {} writes of guests, {} of the list's status",
        began.elapsed().as_secs_f64(),
        child_writes(&world),
        list_writes(&world)
    );
    // Of the writes that were under way at the end, eight at most, each may have been broken off.
    assert!((GUESTS..=GUESTS + 8).contains(&child_writes(&world)), "{}", child_writes(&world));
    let made = children(&world, "analysts").await;
    assert_eq!(made.len(), GUESTS);
    assert!(made.values().all(|child| child.metadata.generation == Some(1)), "each was written once");

    world.effects.reset();
    array.remove(500);
    array[700]["displayName"] = "Renamed".into();
    let began = Instant::now();
    world.apply(&guest_list("analysts", &template("nl"), &array).to_string()).await.unwrap();
    until_list(&world, "analysts", "Applied").await;
    println!("one removed and one changed in {:.1} s", began.elapsed().as_secs_f64());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let writes: Vec<String> =
        world.effects.list().iter().filter(|write| !write.path.ends_with("/status")).map(ToString::to_string).collect();
    assert_eq!(writes.len(), 2, "{writes:#?}");

    // A restart writes nothing, and goes on from there.
    world.effects.reset();
    restart(&world).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let first = world.effects.list().first().map(ToString::to_string);
    assert_eq!(first, None, "a restart writes nothing");
    array[3]["displayName"] = "Third".into();
    world.apply(&guest_list("analysts", &template("nl"), &array).to_string()).await.unwrap();
    until_list(&world, "analysts", "Applied").await;
    assert_eq!(child_writes(&world), 1);

    // The template changes.
    world.effects.reset();
    let began = Instant::now();
    world.apply(&guest_list("analysts", &template("fr"), &array).to_string()).await.unwrap();
    until_list(&world, "analysts", "Applied").await;
    println!("a new template for {} in {:.1} s", GUESTS - 1, began.elapsed().as_secs_f64());
    assert_eq!(child_writes(&world), GUESTS - 1, "one write a guest");
    assert_eq!(simulator(&world).count("createInvitation"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_off_while_a_list_is_being_applied_is_not_made() {
    let counted = |path: &str| path.contains("/guestinvitations/");
    let world = world(WorldConfig { interposed: true, counted, ..Default::default() }).await;
    connected(&world).await;
    let suspended = || json!({"suspend": true});
    let array = entries((0..250).map(address));
    let mut first = world.effects.hold(1, Moment::Before);
    world.apply(&guest_list("analysts", &suspended(), &array).to_string()).await.unwrap();
    first.reached(SOON).await.unwrap();
    world.apply(&guest_list("analysts", &suspended(), &array[..3]).to_string()).await.unwrap();
    first.release();
    let few = |list: &Value| condition(list, "Ready").1 == "Applied" && list["status"]["guests"]["total"] == 3;
    world.wait_for(&named_list("analysts"), "be applied", few, SOON).await.unwrap();
    let writes = world.effects.list();
    let of =
        |method: &str| writes.iter().filter(|write| write.method == method && !write.path.ends_with("/status")).count();
    assert_eq!((of("PATCH"), of("DELETE")), (100, 97), "no more than was under way");
    assert_eq!(children(&world, "analysts").await.len(), 3);
}
