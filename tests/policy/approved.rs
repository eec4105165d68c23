//! Of what an approval counts: this resource, this spec, this generation. The attack is told with the admission policies and without.

use guestlist::api::GuestInvitation;
use guestlist::policy::{Permission, Ruling, permission};
use guestlist::store::KnownClaim;
use kube::Api;
use kube::api::{DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};
use testbed::World;
use testbed::stories::{
    SOON, a_while, calls, changed, guest_with, guests, mails, until_current_reason, until_gone, until_state,
};
use testbed::world::Ref;

use crate::approval::{say, scene, until_refused, waiting, word};
use crate::rules::world;

/// The approver has read the guest. Then an editor deletes it and makes it anew, with other groups: generation 1 again.
async fn read_and_replaced(world: &World) -> Value {
    world.apply(&guest_with("adele", "adele@fabrikam.com", Value::Null)).await.unwrap();
    let read = waiting(world, "adele").await;
    world.delete(&Ref::guest("team", "adele")).await.unwrap();
    until_gone(world, &Ref::guest("team", "adele")).await;
    world.apply(&guest_with("adele", "adele@fabrikam.com", json!({"groups": ["Analysts"]}))).await.unwrap();
    let now = waiting(world, "adele").await;
    assert_eq!(now["metadata"]["generation"], read["metadata"]["generation"]);
    assert_ne!(now["status"]["specDigest"], read["status"]["specDigest"]);
    read
}

async fn nothing_was_done(world: &World) {
    a_while().await;
    assert_eq!((mails(world, "adele@fabrikam.com"), calls(world, "createInvitation")), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_of_a_guest_who_was_replaced_meanwhile_is_refused() {
    let (world, approver, _) = scene().await;
    let read = read_and_replaced(&world).await;
    let old = word(&read, "True", "Known to us.");
    let error = until_refused(&approver, &old).await;
    let now = waiting(&world, "adele").await;
    assert!(error.contains("status.approval") && error.contains(now["metadata"]["uid"].as_str().unwrap()), "{error}");
    // With the version that was read the API server refuses it by itself, whatever the policy says.
    let mut versioned = old.clone();
    versioned["metadata"]["resourceVersion"] = read["metadata"]["resourceVersion"].clone();
    versioned["status"]["approval"] = word(&now, "True", "")["status"]["approval"].clone();
    let error = say(&approver, &versioned).await.unwrap_err();
    assert!(error.contains("modified") || error.contains("Conflict"), "{error}");
    nothing_was_done(&world).await;

    say(&approver, &word(&now, "True", "Known to us.")).await.unwrap();
    until_state(&world, "adele", "Invited").await;
    assert_eq!(mails(&world, "adele@fabrikam.com"), 1);
}

/// Nobody stands before the status here, so anybody who may write it can put anything there: it gives nobody an approval.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_policies_it_is_written_and_does_not_count() {
    let world = world(&json!([{"approval": "Required", "groups": ["Analysts"]}])).await;
    let read = read_and_replaced(&world).await;
    let now = waiting(&world, "adele").await;
    let api = guests(&world).await;
    let (old, new) = (word(&read, "True", ""), word(&now, "True", ""));
    let mut mixed = old.clone();
    mixed["status"]["approval"]["uid"] = now["metadata"]["uid"].clone();
    let mut unnamed = new.clone();
    unnamed["status"].as_object_mut().unwrap().remove("approval");
    for (word, said) in [(&old, "another resource"), (&mixed, "another spec"), (&unnamed, "does not say of what")] {
        say(&api, word).await.unwrap();
        let told = |guest: &Value| testbed::stories::condition(guest, "Ready").2.contains(said);
        world.wait_for(&Ref::guest("team", "adele"), said, told, SOON).await.unwrap();
    }
    // What somebody makes the status tell of the spec makes no approval of it.
    let digest = json!({"status": {"specDigest": read["status"]["specDigest"]}});
    api.patch_status("adele", &PatchParams::default(), &Patch::Merge(&digest)).await.unwrap();
    say(&api, &mixed).await.unwrap();
    nothing_was_done(&world).await;
    until_current_reason(&world, "adele", "ApprovalRequired").await;

    say(&api, &new).await.unwrap();
    until_state(&world, "adele", "Invited").await;
    assert_eq!(mails(&world, "adele@fabrikam.com"), 1);
    // What is approved stays approved while nothing changes, over a restart too.
    let operator = world.operator().unwrap();
    operator.kill();
    operator.wait().await;
    world.start_operator().unwrap();
    changed(&world, "adele", json!({"metadata": {"annotations": {"guestlist.dev/reconcile": "1"}}})).await;
    let handled = |guest: &Value| guest["status"]["lastHandled"]["reconcile"] == "1";
    let adele = world.wait_for(&Ref::guest("team", "adele"), "have looked again", handled, SOON).await.unwrap();
    assert_ne!(testbed::stories::condition(&adele, "Ready").1, "ApprovalRequired", "{adele}");
}

/// Every word of which a part may be wrong: what the API server takes the operator counts, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn the_policy_and_the_operator_agree_on_what_a_word_is_about() {
    let (world, approver, _) = scene().await;
    world.apply(&guest_with("adele", "adele@fabrikam.com", Value::Null)).await.unwrap();
    let read = waiting(&world, "adele").await;
    let mut wrong = word(&read, "True", "");
    wrong["status"].as_object_mut().unwrap().remove("approval");
    until_refused(&approver, &wrong).await;

    let (uid, digest) = (&read["metadata"]["uid"], &read["status"]["specDigest"]);
    let uids = [uid.clone(), json!("11111111-2222-3333-4444-555555555555"), Value::Null];
    let digests = [digest.clone(), json!("0".repeat(64)), Value::Null];
    let mut counted = 0;
    for status in ["True", "False"] {
        for (uid, digest, generation) in every(&uids, &digests, &[json!(1), json!(2), Value::Null]) {
            let mut word = word(&read, status, "No");
            word["status"]["conditions"][0]["observedGeneration"] = generation;
            word["status"]["approval"] = json!({"uid": uid, "specDigest": digest});
            for part in ["uid", "specDigest"] {
                let approval = word["status"]["approval"].as_object_mut().unwrap();
                approval.retain(|name, value| name != part || !value.is_null());
            }
            if word["status"]["approval"] == json!({}) {
                word["status"].as_object_mut().unwrap().remove("approval");
            }
            let taken = is_taken(&approver, &word).await;
            let counts = counts(&read, &word);
            counted += usize::from(taken);
            let said = format!("{}", word["status"]);
            match status {
                "True" => assert_eq!(taken, counts == Some(Permission::Granted), "{said}"),
                _ => assert!(!taken || matches!(counts, Some(Permission::Refused(_))), "{said}"),
            }
        }
    }
    assert_eq!(counted, 1 + 2, "one yes, and a no with a name or without");
}

fn every<'a>(one: &'a [Value], two: &'a [Value], three: &'a [Value]) -> impl Iterator<Item = (Value, Value, Value)> {
    one.iter()
        .flat_map(move |a| two.iter().flat_map(move |b| three.iter().map(move |c| (a.clone(), b.clone(), c.clone()))))
}

async fn is_taken(approver: &Api<DynamicObject>, word: &Value) -> bool {
    let params = PatchParams { dry_run: true, ..PatchParams::apply("approver") };
    match approver.patch_status("adele", &params, &Patch::Apply(word)).await {
        Ok(_) => true,
        Err(error) => {
            assert!(!error.to_string().contains("expression"), "an expression failed: {error}");
            false
        }
    }
}

/// What the operator makes of the guest with this word in its status; nothing where it cannot be read.
fn counts(read: &Value, word: &Value) -> Option<Permission> {
    let mut guest = read.clone();
    guest["status"]["approval"] = word["status"]["approval"].clone();
    guest["status"]["conditions"]
        .as_array_mut()
        .unwrap()
        .extend(word["status"]["conditions"].as_array().unwrap().clone());
    let claim = KnownClaim::of(&serde_json::from_value::<GuestInvitation>(guest).ok()?);
    Some(permission(Ruling::Allowed { approval: true }, claim.approval(), &claim.declared()))
}

/// The one line of docs/who-may-invite.md, by somebody who has the role of an approver and nothing more.
#[tokio::test(flavor = "multi_thread")]
async fn the_line_of_the_docs_approves_what_was_read_and_nothing_else() {
    let (world, _, _) = scene().await;
    world.apply(&guest_with("adele", "adele@fabrikam.com", Value::Null)).await.unwrap();
    let read = waiting(&world, "adele").await;
    let docs = testbed::workspace::text("docs/who-may-invite.md").unwrap();
    let line = docs.lines().find(|line| line.starts_with("kubectl patch ginv")).unwrap();
    let (command, patch) = line.split_once(" -p '").unwrap();
    assert_eq!(command, "kubectl patch ginv -n partners adele --subresource=status --type=json");
    let patch = patch.trim_end_matches('\'');
    let approve = async |version: &str| {
        let patch = patch.replace("48213", version);
        let who = "--as=system:serviceaccount:people:approver";
        let args = ["patch", "ginv", "-n", "team", "adele", "--subresource=status", "--type=json", who, "-p", &patch];
        world.kubectl(&args).await.map_err(|error| error.to_string())
    };
    let version = read["metadata"]["resourceVersion"].as_str().unwrap();
    changed(&world, "adele", json!({"metadata": {"labels": {"seen": "later"}}})).await;
    approve(version).await.unwrap_err();
    nothing_was_done(&world).await;
    let read = waiting(&world, "adele").await;
    approve(read["metadata"]["resourceVersion"].as_str().unwrap()).await.unwrap();
    until_state(&world, "adele", "Invited").await;
    assert_eq!(mails(&world, "adele@fabrikam.com"), 1);
}
