//! One person and several teams: who may, shares a guest of another namespace, and nobody loses what they want or gets more than that.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use entra_simulator::SeedGroup;
use serde_json::{Value, json};
use testbed::stories::{
    ALL, SOON, TENANT, a_while, calls, condition, connected, every_right, guest, mails, named, simulator, until,
    until_gone, until_state, world,
};
use testbed::world::{Ref, World};

use crate::life::{annotate, config, patch};

const ANN: &str = "ann@fabrikam.com";

fn sharing(share: &str) -> Value {
    let mut rules = every_right();
    rules[0]["share"] = json!(share);
    rules
}

/// A world whose rule lets every namespace share, with a second team and two groups.
async fn two_teams() -> (World, [String; 2]) {
    let mut config = config(&ALL, Value::Null);
    if let Some(tenant) = &mut config.tenant {
        tenant.more["access"] = sharing("Allowed");
    }
    let world = world(config).await;
    connected(&world).await;
    world.apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: others}\n").await.unwrap();
    let groups = ["Analysts", "Readers"].map(|name| simulator(&world).seed_group(TENANT, SeedGroup::new(name)));
    (world, groups)
}

fn theirs(more: &str) -> String {
    guest("ann", ANN, more).replace("namespace: team", "namespace: others")
}

async fn theirs_until(world: &World, reason: &str) -> Value {
    let has = |guest: &Value| condition(guest, "Ready").1 == reason;
    world.wait_for(&Ref::guest("others", "ann"), &format!("be {reason}"), has, SOON).await.unwrap()
}

async fn their_annotation(world: &World, what: &str) {
    world.kubectl(&["annotate", "ginv", "-n", "others", "ann", "--overwrite", what]).await.unwrap();
}

async fn record(world: &World) -> Value {
    let listed = world.kubectl(&["get", "guests", "-o", "json"]).await.unwrap();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let all = listed["items"].as_array().unwrap();
    all.iter()
        .find(|person| person["record"]["email"] == ANN)
        .map(|person| person["record"].clone())
        .unwrap_or_default()
}

/// Waits until the directory is so.
async fn directory_until(what: &str, holds: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < SOON, "{what}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn members(world: &World, groups: &[String; 2]) -> [usize; 2] {
    [0, 1].map(|n| simulator(world).members(TENANT, &groups[n]).len())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_teams_and_one_person() {
    let (world, groups) = two_teams().await;
    world.apply(&guest("ann", ANN, "  deletionPolicy: Delete\n  groups: [Analysts]\n")).await.unwrap();
    until_state(&world, "ann", "Invited").await;
    directory_until("ann is an analyst", || members(&world, &groups) == [1, 0]).await;

    // The other team shares her: no mail, its own groups, and what does nothing is named.
    let more = "  displayName: Somebody Else\n  deletionPolicy: Delete\n  groups: [Analysts, Readers]\n";
    world.apply(&theirs(more)).await.unwrap();
    let shared = theirs_until(&world, "Shared").await;
    let said = condition(&shared, "Ready").2;
    assert!(said.contains("displayName and profile, deletionPolicy") && !said.contains("team"), "{said}");
    assert_eq!((&shared["status"]["role"], &shared["status"]["invitation"]["sent"]), (&json!("Sharer"), &json!(0)));
    assert_eq!(world.get(&named("ann")).await.unwrap()["status"]["role"], "Owner");
    directory_until("ann reads too", || members(&world, &groups) == [1, 1]).await;
    let ann = || simulator(&world).user(TENANT, ANN);
    assert!(ann().unwrap().display_name.as_deref() != Some("Somebody Else"));
    assert_eq!((mails(&world, ANN), calls(&world, "createInvitation")), (1, 1));

    // It may ask for one mail a day. A reset is not its to ask for, and the owner's waits meanwhile.
    their_annotation(&world, "guestlist.dev/resend=one").await;
    directory_until("the mail that was asked for leaves", || mails(&world, ANN) == 2).await;
    their_annotation(&world, "guestlist.dev/resend=two").await;
    let waits = theirs_until(&world, "MailedLately").await;
    assert!(waits["status"]["invitation"]["nextSendAt"].is_string(), "{waits}");
    their_annotation(&world, "guestlist.dev/resend=one").await;
    theirs_until(&world, "Shared").await;
    annotate(&world, "ann", "reset-redemption", "mine").await;
    until(&world, "ann", "have its reset wait", |guest| condition(guest, "Ready").1 == "ResetWaits").await;
    their_annotation(&world, "guestlist.dev/reset-redemption=theirs").await;
    a_while().await;
    assert_eq!((mails(&world, ANN), calls(&world, "createInvitation")), (2, 2), "nobody is reset");

    // The owner ends. What both want stays, and so does she.
    world.delete(&named("ann")).await.unwrap();
    until_gone(&world, &named("ann")).await;
    a_while().await;
    assert!(ann().is_some_and(|ann| ann.account_enabled));
    assert_eq!(members(&world, &groups), [1, 1]);
    let left = record(&world).await;
    assert_eq!((&left["reclaim"]["policy"], &left["owner"]["uid"]), (&json!("Delete"), &Value::Null), "{left}");
    assert_eq!(theirs_until(&world, "Shared").await["status"]["role"], "Sharer", "nobody inherits");

    // The last one ends, and what the owner declared is carried out.
    world.delete(&Ref::guest("others", "ann")).await.unwrap();
    until_gone(&world, &Ref::guest("others", "ann")).await;
    directory_until("ann is deleted", || ann().is_none()).await;
    let gone = record(&world).await;
    assert_eq!((&gone["state"], &gone["reclaim"]), (&json!("Gone"), &Value::Null), "{gone}");
    assert_eq!((mails(&world, ANN), calls(&world, "deleteUser"), calls(&world, "updateUser")), (2, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_of_sharing_that_is_taken_away_ends_nobody() {
    let (world, groups) = two_teams().await;
    world.apply(&guest("ann", ANN, "  deletionPolicy: Disable\n")).await.unwrap();
    until_state(&world, "ann", "Invited").await;
    world.apply(&theirs("  groups: [Readers]\n")).await.unwrap();
    theirs_until(&world, "Shared").await;
    directory_until("ann reads", || members(&world, &groups) == [0, 1]).await;
    let rules = json!({"spec": {"access": sharing("Denied")}}).to_string();
    world.kubectl(&["patch", "etenant", "default", "--type=merge", "-p", &rules]).await.unwrap();
    let held = theirs_until(&world, "NotAllowed").await;
    assert!(condition(&held, "Ready").2.contains("share: Allowed"), "{held}");
    their_annotation(&world, "guestlist.dev/resend=now").await;
    let spec = json!({"spec": {"groups": ["Readers", "Analysts"]}}).to_string();
    world.kubectl(&["patch", "ginv", "-n", "others", "ann", "--type=merge", "-p", &spec]).await.unwrap();
    a_while().await;
    assert_eq!((members(&world, &groups), mails(&world, ANN)), ([0, 1], 1), "what it has stays, and nothing is new");
    // While it is there the owner ends nobody either.
    world.delete(&named("ann")).await.unwrap();
    until_gone(&world, &named("ann")).await;
    let enabled = || simulator(&world).user(TENANT, ANN).is_some_and(|ann| ann.account_enabled);
    a_while().await;
    assert!(enabled());
    // The owner's namespace takes the place that is vacant, and has her back with all that it may do.
    world.apply(&guest("anna", ANN, "  deletionPolicy: Disable\n  groups: [Analysts]\n")).await.unwrap();
    until_state(&world, "anna", "Invited").await;
    directory_until("ann is an analyst", || members(&world, &groups) == [1, 1]).await;
    assert_eq!(record(&world).await["reclaim"], Value::Null);
    world.delete(&Ref::guest("others", "ann")).await.unwrap();
    until_gone(&world, &Ref::guest("others", "ann")).await;
    directory_until("ann reads no more", || members(&world, &groups) == [1, 0]).await;
    assert!(enabled());
    world.delete(&named("anna")).await.unwrap();
    directory_until("ann is disabled", || !enabled()).await;
    assert_eq!((mails(&world, ANN), calls(&world, "createInvitation"), calls(&world, "deleteUser")), (1, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_ends_a_shared_person_for_all() {
    let (world, groups) = two_teams().await;
    world.apply(&guest("ann", ANN, "  groups: [Analysts]\n")).await.unwrap();
    until_state(&world, "ann", "Invited").await;
    world.apply(&theirs("  groups: [Readers]\n  accessUntil: 2035-01-01T00:00:00Z\n")).await.unwrap();
    theirs_until(&world, "Shared").await;
    directory_until("ann is in both groups", || members(&world, &groups) == [1, 1]).await;
    // The time of a sharer is over: its own group goes.
    let spec = json!({"spec": {"accessUntil": "2025-01-01T00:00:00Z"}}).to_string();
    world.kubectl(&["patch", "ginv", "-n", "others", "ann", "--type=merge", "-p", &spec]).await.unwrap();
    theirs_until(&world, "AccessEnded").await;
    assert_eq!(members(&world, &groups), [1, 0]);
    let spec = json!({"spec": {"accessUntil": null}}).to_string();
    world.kubectl(&["patch", "ginv", "-n", "others", "ann", "--type=merge", "-p", &spec]).await.unwrap();
    directory_until("ann is back", || members(&world, &groups) == [1, 1]).await;
    let name = world.get(&named("ann")).await.unwrap()["status"]["guestName"].as_str().unwrap().to_owned();
    let revoke = r#"{"spec":{"revoke":"Disable"}}"#;
    world.kubectl(&["patch", "guest", &name, "--type=merge", "-p", revoke]).await.unwrap();
    let enabled = || simulator(&world).user(TENANT, ANN).is_some_and(|ann| ann.account_enabled);
    directory_until("ann is disabled, and in no group", || !enabled() && members(&world, &groups) == [0, 0]).await;
    theirs_until(&world, "Revoked").await;
    until(&world, "ann", "be revoked", |guest| condition(guest, "Ready").1 == "Revoked").await;
    patch(&world, "ann", json!({"groups": ["Analysts", "Readers"]})).await;
    a_while().await;
    assert_eq!((members(&world, &groups), mails(&world, ANN)), ([0, 0], 1));
}

/// What each namespace of the story below wants: of each person, the groups.
type Wants = BTreeMap<(usize, usize), BTreeSet<usize>>;

/// Twenty namespaces and two hundred people: who claims whom, with which groups, and who lets go, is random. In the end each person is in
/// the groups that somebody wants, was mailed once, and is gone if nobody wants them.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_namespaces_share_two_hundred_people() {
    const NAMESPACES: usize = 20;
    const PEOPLE: usize = 200;
    const GROUPS: usize = 5;
    let seed =
        std::env::var("GUESTLIST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    println!("shared: SEED={seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let (world, _) = two_teams().await;
    let groups: Vec<String> =
        (0..GROUPS).map(|n| simulator(&world).seed_group(TENANT, SeedGroup::new(format!("Group {n}")))).collect();
    let spaces: String = (0..NAMESPACES)
        .map(|n| format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: team-{n}}}\n---\n"))
        .collect();
    world.apply(&spaces).await.unwrap();
    let mut wants = Wants::new();
    let mut people: Vec<usize> = (0..PEOPLE).flat_map(|person| [person; 2]).collect();
    rng.shuffle(&mut people);
    for person in people {
        wants
            .entry((rng.usize(..NAMESPACES), person))
            .or_insert_with(|| (0..GROUPS).filter(|_| rng.u8(..4) == 0).collect());
    }
    let declared = |((team, person), wanted): (&(usize, usize), &BTreeSet<usize>)| {
        let names: Vec<String> = wanted.iter().map(|n| format!("Group {n}")).collect();
        let more = format!("  deletionPolicy: Delete\n  groups: [{}]\n", names.join(", "));
        guest(&format!("p{person}"), &format!("p{person}@fabrikam.com"), &more)
            .replace("namespace: team", &format!("namespace: team-{team}"))
            + "---\n"
    };
    world.apply(&wants.iter().map(declared).collect::<String>()).await.unwrap();
    come_to(&world, &groups, &wants, PEOPLE).await;
    // Some let go, some want other groups.
    let keys: Vec<(usize, usize)> = wants.keys().copied().collect();
    for key in keys {
        let claim = Ref::guest(&format!("team-{}", key.0), &format!("p{}", key.1));
        match rng.u8(..3) {
            0 => {
                world.delete(&claim).await.unwrap();
                wants.remove(&key);
            }
            1 => {
                let other: BTreeSet<usize> = (0..GROUPS).filter(|_| rng.u8(..4) == 0).collect();
                let names: Vec<String> = other.iter().map(|n| format!("Group {n}")).collect();
                testbed::stories::patched(&world, &claim, json!({"spec": {"groups": names}})).await;
                wants.insert(key, other);
            }
            _ => {}
        }
    }
    come_to(&world, &groups, &wants, PEOPLE).await;
    let most = (0..PEOPLE).map(|person| mails(&world, &format!("p{person}@fabrikam.com"))).max();
    assert_eq!((most, calls(&world, "createInvitation")), (Some(1), PEOPLE));
}

/// Waits until the directory is as `wants` says, and says what is not.
async fn come_to(world: &World, groups: &[String], wants: &Wants, people: usize) {
    let deadline = std::time::Instant::now() + Duration::from_secs(300);
    loop {
        let wrong = differences(world, groups, wants, people);
        if wrong.is_empty() {
            a_while().await;
            let later = differences(world, groups, wants, people);
            assert!(later.is_empty(), "it does not stay so: {later:?}");
            return;
        }
        if std::time::Instant::now() >= deadline {
            let told = reasons(world).await;
            let some = &wrong[..wrong.len().min(10)];
            panic!("{} differ: {some:?}\nreasons: {told:?}\n{}", wrong.len(), world.account_of_it());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// How many claims are Ready or not for which reason.
async fn reasons(world: &World) -> BTreeMap<String, usize> {
    let all = world.watched("guestlist.dev/v1alpha1", "GuestInvitation", "").await.unwrap();
    let mut told = BTreeMap::new();
    for claim in all {
        let claim = serde_json::to_value(&*claim).unwrap();
        *told.entry(format!("{} {}", claim["status"]["role"], condition(&claim, "Ready").1)).or_default() += 1;
    }
    told
}

fn differences(world: &World, groups: &[String], wants: &Wants, people: usize) -> Vec<String> {
    let users: BTreeMap<String, String> =
        simulator(world).users(TENANT).into_iter().filter_map(|user| Some((user.mail?, user.id))).collect();
    let members: Vec<BTreeSet<String>> = groups
        .iter()
        .map(|group| simulator(world).members(TENANT, group).into_iter().map(|user| user.id).collect())
        .collect();
    let mut wrong = Vec::new();
    for person in 0..people {
        let wanted: Vec<&BTreeSet<usize>> =
            wants.iter().filter(|((_, of), _)| *of == person).map(|(_, wanted)| wanted).collect();
        let user = users.get(&format!("p{person}@fabrikam.com"));
        if user.is_some() == wanted.is_empty() {
            wrong.push(format!("p{person}: {} want them, there: {}", wanted.len(), user.is_some()));
        }
        let Some(user) = user else { continue };
        let has: BTreeSet<usize> = (0..groups.len()).filter(|n| members[*n].contains(user)).collect();
        let due: BTreeSet<usize> = wanted.iter().flat_map(|wanted| wanted.iter().copied()).collect();
        if has != due {
            wrong.push(format!("p{person} is in {has:?}, to be in {due:?}"));
        }
    }
    wrong
}
