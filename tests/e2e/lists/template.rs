//! What a list makes of its template and its entries, and puts right.

use std::time::Duration;

use kube::ResourceExt;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use testbed::stories::{
    SOON, TENANT, condition, connected, guest, guests, mails, named, named_list, simulator, state, until_reason,
    until_state, world,
};
use testbed::world::WorldConfig;

use super::{
    ADELE, address, all_mails, children, declare, entries, until_count, until_followed, until_invited, until_list,
    versions,
};

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
    declare(&world, "analysts", &template, &array).await;
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
    declare(&world, "analysts", &template, &array).await;
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
    declare(&world, "analysts", &template, &array).await;
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
    declare(&world, "analysts", &json!({"message": {"language": "nl"}}), &array).await;
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
    declare(&world, "early", &json!({"tenantRef": {"name": "later"}}), &entries([address(1)])).await;
    let early = until_list(&world, "early", "TenantNotFound").await;
    assert_eq!(condition(&early, "Reconciling").0, "True");
    let name = early["status"]["needsAttention"][0]["name"].as_str().unwrap();
    until_reason(&world, name, "TenantNotFound").await;
}
