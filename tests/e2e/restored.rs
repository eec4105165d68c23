//! A backup was restored: the list is another object than before, and its guests have lost their owner and their status.

use std::collections::BTreeMap;

use kube::ResourceExt;
use kube::api::{DynamicObject, ListParams};
use serde_json::{Value, json};
use testbed::stories::{
    SOON, changed, condition, connected, guest_list, guests, mails, named, named_list, posts, until_gone, world,
};
use testbed::world::{World, WorldConfig};

const NAMES: [&str; 4] = ["adele", "bea", "ray", "sam"];

fn address(name: &str) -> String {
    format!("{name}@fabrikam.com")
}

fn list() -> String {
    let entries = NAMES.map(|name| json!({"email": address(name)}));
    guest_list("analysts", &json!({"displayName": "Analyst"}), &entries).to_string()
}

/// The guests of the list as a backup has them, each under the first part of its address.
async fn saved(world: &World) -> BTreeMap<String, Value> {
    let of_list = ListParams::default().labels("guestlist.dev/list=analysts");
    let saved = |guest: DynamicObject| {
        let email = guest.data["spec"]["email"].as_str().unwrap().to_owned();
        let metadata = json!({"name": guest.name_any(), "namespace": "team", "labels": guest.labels()});
        let kept = json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestInvitation",
            "metadata": metadata, "spec": guest.data["spec"],
        });
        (email.split('@').next().unwrap().to_owned(), kept)
    };
    guests(world).await.list(&of_list).await.unwrap().into_iter().map(saved).collect()
}

async fn owners(world: &World, name: &str) -> Value {
    world.get(&named(name)).await.unwrap()["metadata"]["ownerReferences"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_takes_back_who_lost_it_and_nobody_else() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    world.apply(&list()).await.unwrap();
    let invited = |list: &Value| list["status"]["guests"]["invited"] == NAMES.len();
    world.wait_for(&named_list("analysts"), "have all invited", invited, SOON).await.unwrap();
    let mut backup = saved(&world).await;
    let name =
        |backup: &BTreeMap<String, Value>, guest: &str| backup[guest]["metadata"]["name"].as_str().unwrap().to_owned();
    for guest in backup.values() {
        let followed = |guest: &Value| guest["status"]["redemption"]["state"].is_string();
        let guest = named(guest["metadata"]["name"].as_str().unwrap());
        world.wait_for(&guest, "be shown by the directory", followed, SOON).await.unwrap();
    }

    let operator = world.operator().unwrap();
    operator.kill();
    operator.wait().await;
    world.delete(&named_list("analysts")).await.unwrap();
    until_gone(&world, &named_list("analysts")).await;
    for guest in backup.values() {
        let guest = named(guest["metadata"]["name"].as_str().unwrap());
        world.delete(&guest).await.unwrap();
        until_gone(&world, &guest).await;
    }
    // Adele comes back as she was. Each of the others is somebody else's in one respect.
    let other = json!([{"apiVersion": "v1", "kind": "ConfigMap", "name": "other", "uid": "1", "controller": true}]);
    backup.get_mut("bea").unwrap()["metadata"]["ownerReferences"] = other.clone();
    backup.get_mut("ray").unwrap()["metadata"]["labels"] = json!({"guestlist.dev/list": "others"});
    backup.get_mut("sam").unwrap()["spec"]["email"] = "other@fabrikam.com".into();
    for guest in backup.values() {
        world.apply(&guest.to_string()).await.unwrap();
    }
    world.apply(&list()).await.unwrap();
    world.start_operator().unwrap();

    let taken = |list: &Value| {
        let (_, reason, _) = condition(list, "Ready");
        reason == "NameTaken" && list["status"]["guests"]["invited"] == 1
    };
    let list = world.wait_for(&named_list("analysts"), "tell who is not its own", taken, SOON).await.unwrap();
    let looks = list["status"]["needsAttention"].as_array().unwrap();
    let told: Vec<&str> = looks.iter().map(|look| look["email"].as_str().unwrap()).collect();
    assert_eq!(told, ["bea", "ray", "sam"].map(address));
    let ours = json!([{
        "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestList", "name": "analysts",
        "uid": list["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true,
    }]);
    assert_eq!(owners(&world, &name(&backup, "adele")).await, ours);
    assert_eq!(owners(&world, &name(&backup, "bea")).await, other);
    for theirs in ["ray", "sam"] {
        assert_eq!(owners(&world, &name(&backup, theirs)).await, Value::Null, "{theirs}");
    }

    // With the right label the list takes it back at once.
    let ray = name(&backup, "ray");
    changed(&world, &ray, json!({"metadata": {"labels": {"guestlist.dev/list": "analysts"}}})).await;
    let owned = |guest: &Value| guest["metadata"]["ownerReferences"] == ours;
    world.wait_for(&named(&ray), "be the list's again", owned, SOON).await.unwrap();
    // A guest of the list again: what is edited by hand is put right.
    changed(&world, &ray, json!({"spec": {"displayName": "Ray"}})).await;
    let right = |guest: &Value| guest["spec"]["displayName"] == "Analyst" && owned(guest);
    world.wait_for(&named(&ray), "be as the list has it", right, SOON).await.unwrap();
    for name in NAMES {
        assert_eq!((mails(&world, &address(name)), posts(&world, &address(name))), (1, vec![true]), "{name}");
    }
}
