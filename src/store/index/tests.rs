//! The index, told of guests as the watch and our own writes tell.

use super::*;
use crate::api::{Address, GuestCounts};
use crate::store::Uses;

fn guest(name: &str) -> GuestInvitation {
    let text = serde_json::json!({
        "apiVersion": "guestlist.dev/v1alpha1",
        "kind": "GuestInvitation",
        "metadata": {"name": name, "namespace": "team", "uid": name, "resourceVersion": "1", "creationTimestamp": "2026-11-22T10:00:00Z"},
        "spec": {"email": "same@example.com"},
    });
    serde_json::from_value(text).unwrap()
}

/// A Guest that the claim `by` owns, at `version`.
fn person(by: &str, version: &str, uid: Option<&str>) -> Guest {
    let user = serde_json::json!({"id": "u", "origin": "Invited"});
    let text = serde_json::json!({
        "apiVersion": "guestlist.dev/v1alpha1",
        "kind": "Guest",
        "metadata": {"name": "same", "uid": "g", "resourceVersion": version},
        "record": {
            "tenantId": "t", "email": "same@example.com", "tenant": "default", "state": "Invited", "user": user,
            "owner": {"namespace": "team", "name": by, "uid": uid},
            "claims": [{"namespace": "team", "name": by, "uid": uid}],
        },
    });
    serde_json::from_value(text).unwrap()
}

/// Found by random lives: a replica began to lead while Graph could not be reached, and nobody told the Guests when it could. The attempt
/// of a claim that was gone stayed open.
#[test]
fn whoever_has_something_under_way_is_woken_with_the_tenant() {
    let (store, mut wakeups) = crate::store::Store::new(crate::store::TenantSelector::default());
    let woken = |wakeups: &mut crate::store::Wakeups| {
        std::iter::from_fn(|| wakeups.people.try_recv().ok()).map(|woken| woken.name).collect::<Vec<_>>()
    };
    let open = |version: &str, open: bool| {
        let mut guest = person("a", version, None);
        if let Some(record) = &mut guest.spec.record {
            let ending = |how| crate::api::Ending { how, since: jiff::Timestamp::UNIX_EPOCH };
            record.ending = open.then_some(ending(crate::api::HowEnded::Disabled));
        }
        guest
    };
    store.know_guest(&open("2", true), None);
    store.wake_guests_of("other");
    assert_eq!(woken(&mut wakeups), [""; 0]);
    store.wake_guests_of("default");
    assert_eq!(woken(&mut wakeups), ["same"]);
    store.know_guest(&open("3", false), None);
    store.wake_guests_of("default");
    assert_eq!(woken(&mut wakeups), [""; 0], "nothing is under way any more");
}

/// Found by random lives: a user was deleted who had been in groups. Each sweep missed them there, and a claim that had been refused for their
/// address looked it up each time.
#[test]
fn of_a_user_who_is_gone_no_relation_is_missed() {
    let mut index = Index::default();
    let mut guest = person("a", "2", None);
    let mut related = |state, version: &str| {
        let record = guest.spec.record.as_mut().unwrap();
        record.state = state;
        let group = serde_json::json!([{"id": "group", "name": "Analysts", "state": "Added"}]);
        record.claims[0].relations = serde_json::from_value(serde_json::json!({"groups": group})).unwrap();
        guest.metadata.resource_version = Some(version.to_owned());
        let _ = index.put_guest(&guest);
        index.people().related("t")[crate::api::RelationKind::Groups].len()
    };
    assert_eq!(related(crate::api::GuestState::Invited, "3"), 1);
    assert_eq!(related(crate::api::GuestState::Gone, "4"), 0);
}

/// Found by ten pairs applied at once: both were decided on before either's intent was on record.
#[test]
fn of_two_in_one_namespace_only_one_may_take_the_last_place() {
    let place = |name: &str| ObjectKey { namespace: "team".into(), name: name.into() };
    let (a, b) = (place("a"), place("b"));
    let mut index = Index::default();
    let _ = (index.put(&guest("a")), index.put(&guest("b")));
    let before = |index: &Index, place: &ObjectKey| index.before(place);
    assert_eq!((before(&index, &a), before(&index, &b)), (0, 1), "of two that nothing tells apart, one is first");
    assert!(index.begin(&b, None), "no rule counts the places");
    assert!(!index.begin(&a, Some(0)), "a was decided on before b began");
    index.begun("b");
    assert!(index.begin(&a, Some(0)), "b has nobody after all");
}

#[test]
fn a_guest_tells_whom_its_change_concerns_and_whose_it_is() {
    let place = |name: &str| ObjectKey { namespace: "team".into(), name: name.into() };
    let mut index = Index::default();
    let _ = (index.put(&guest("a")), index.put(&guest("b")));
    let mut concerned = index.put_guest(&person("b", "2", Some("b")));
    concerned.sort();
    assert_eq!(concerned, [place("a"), place("b")], "all that want the address");
    assert_eq!(index.put_guest(&person("b", "2", Some("b"))), [], "known already");
    assert!(index.people().owns(&"b".into()) && !index.people().owns(&"a".into()));
    assert_eq!(index.people().of_claim("b").map(|guest| guest.name.clone()).as_deref(), Some("same"));
    assert_eq!(index.people().users("t"), HashSet::from(["u".into()]));
    let _ = index.put_guest(&person("b", "3", None));
    assert!(!index.people().owns(&"b".into()) && index.people().of_claim("b").is_none(), "released");
    assert_eq!(index.people().of_user("t", "u").len(), 1);
    index.remove_guest("same");
    assert!(index.people().users("t").is_empty() && !index.people().has_any_through("t", "default"));
}

/// Found by a story of places: the answer to the removal of a finalizer came after the watch had told of the deletion, and
/// who was gone held a place, and an address, for ever.
#[test]
fn the_late_answer_to_our_own_write_brings_nobody_back() {
    let place = ObjectKey { namespace: "team".into(), name: "a".into() };
    let mut index = Index::default();
    let _ = index.put(&guest("a"));
    let _ = index.on(&Event::Delete(Guarded(Ok(guest("a")))));
    let mut answer = guest("a");
    answer.metadata.resource_version = Some("7".into());
    assert_eq!(index.put(&answer), []);
    assert!(index.claims().in_namespace("team").is_empty() && index.rivals(&place).is_empty());
    // Another one of that name is somebody else.
    let mut next = guest("a");
    next.metadata.uid = Some("another".into());
    let _ = index.put(&next);
    assert_eq!(index.claims().in_namespace("team"), [place]);
}

#[test]
fn after_the_first_list_of_claims_each_guest_looks_and_after_a_later_one_whose_claim_is_gone() {
    let mut index = Index::default();
    let _ = index.put_guest(&person("a", "2", Some("a")));
    let mut other = person("b", "2", Some("b"));
    other.metadata.name = Some("other".into());
    let _ = index.put_guest(&other);
    let mut list = |shown: &[&str]| {
        let applied = shown.iter().map(|name| Event::InitApply(Guarded(Ok(guest(name)))));
        for event in [Event::Init].into_iter().chain(applied).chain([Event::InitDone]) {
            let _ = index.on(&event);
        }
        let mut woken = index.left_by(&Event::InitDone);
        woken.sort();
        woken
    };
    assert_eq!(list(&["a", "b"]), ["other", "same"]);
    assert_eq!(list(&["a"]), ["other"]);
    assert_eq!(list(&["a", "b"]), [""; 0]);
}

#[test]
fn a_list_is_told_of_its_guests_when_something_about_them_is_news() {
    let (wake, mut woken) = Wake::new();
    let mut index = Index::waking(wake);
    let mut told = |times: usize, why: &str| {
        let lists: Vec<String> = std::iter::from_fn(|| woken.lists.try_recv().ok()).map(|list| list.name).collect();
        assert_eq!(lists, vec!["analysts"; times], "{why}");
    };
    let owner = serde_json::json!([{"apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestList", "name": "analysts", "uid": "1", "controller": true}]);
    let mut child = guest("a");
    child.metadata.owner_references = serde_json::from_value(owner).unwrap();
    let address = || Address::new("same@example.com");
    let nobody: [(&str, Address); 0] = [];
    assert!(index.family("team", ("analysts", "1"), nobody.into_iter()).is_none(), "not all are listed yet");
    let _ = index.on(&Event::Init);
    let _ = index.on(&Event::InitApply(Guarded(Ok(child.clone()))));
    let _ = index.on(&Event::InitApply(Guarded(Ok(guest("b")))));
    let _ = index.on(&Event::InitDone);
    told(1, "a guest of its own");
    let names = ["a", "b", "c"].map(|name| (name, address()));
    let family = index.family("team", ("analysts", "1"), names.into_iter()).unwrap();
    assert_eq!(family.children.keys().collect::<Vec<_>>(), ["a"]);
    assert_eq!(family.taken.into_iter().collect::<Vec<_>>(), ["b"]);

    child.metadata.resource_version = Some("2".into());
    let _ = index.put(&child);
    told(0, "nothing that a list reads has changed");
    child.metadata.resource_version = Some("3".into());
    child.spec.suspend = true;
    let _ = index.put(&child);
    told(1, "edited");
    let _ = index.on(&Event::Delete(Guarded(Ok(guest("b")))));
    told(1, "a name that it wants is free");
    let _ = index.on(&Event::Delete(Guarded(Ok(child))));
    told(1, "deleted");

    let mut lost = guest("a");
    lost.metadata.uid = Some("restored".into());
    lost.metadata.labels = Some([(crate::api::LIST.to_owned(), "analysts".to_owned())].into());
    let _ = index.put(&lost);
    told(1, "restored without its owner");
    let mut names_of = |list: &str, address: Address| {
        let family = index.family("team", (list, "2"), [("a", address)].into_iter()).unwrap();
        (family.children.len(), family.taken.len())
    };
    assert_eq!(names_of("analysts", address()), (1, 0));
    assert_eq!(names_of("analysts", Address::new("other@example.com")), (0, 1), "another address");
    assert_eq!(names_of("others", address()), (0, 1), "another list's label");
}

/// The answers are kept as guests come and go, so each is held against what a look at the guests themselves gives.
#[test]
fn what_is_asked_of_a_tenant_follows_its_guests_as_they_come_change_and_go() {
    let place = |name: &str| ObjectKey { namespace: "team".into(), name: name.into() };
    let guest = |name: &str, version: u32, tenant: &str, state: &str, user: Option<&str>| {
        let mut guest = serde_json::to_value(guest(name)).unwrap();
        guest["metadata"]["resourceVersion"] = version.to_string().into();
        guest["spec"] = serde_json::json!({"email": format!("{name}@example.com"), "tenantRef": {"name": tenant}});
        guest["status"] = serde_json::json!({"state": state});
        if let Some(id) = user {
            guest["status"]["guest"] = serde_json::json!({"id": id, "origin": "Invited"});
            guest["spec"]["groups"] = serde_json::json!(["Readers"]);
        }
        serde_json::from_value::<GuestInvitation>(guest).unwrap()
    };
    let mut index = Index::default();
    let holds = |index: &Index, tenant: &str, guests: &[&GuestInvitation], why: &str| {
        let claims = index.claims();
        let mut found = claims.of_tenant(tenant);
        found.sort();
        assert_eq!(found, guests.iter().map(|guest| ObjectKey::of(*guest)).collect::<Vec<_>>(), "{why}");
        assert_eq!(claims.uses(tenant), guests.iter().map(|guest| Uses::of(guest)).collect(), "{why}");
        let mut counts = GuestCounts::default();
        for guest in guests {
            counts.add(guest.status.as_ref().and_then(|status| status.state));
        }
        assert_eq!(claims.counts(tenant), counts, "{why}");
    };
    let (a, b) = (guest("a", 1, "one", "Invited", None), guest("b", 1, "one", "Invited", Some("u")));
    let c = guest("c", 1, "two", "Accepted", Some("v"));
    for new in [&a, &b, &c] {
        let _ = index.put(new);
    }
    holds(&index, "one", &[&a, &b], "three came");
    holds(&index, "two", &[&c], "three came");
    let accepted = guest("a", 2, "one", "Accepted", Some("u"));
    let _ = index.put(&accepted);
    holds(&index, "one", &[&accepted, &b], "one changed");
    let moved = guest("a", 3, "two", "Accepted", Some("u"));
    let _ = index.put(&moved);
    holds(&index, "one", &[&b], "one names another tenant");
    holds(&index, "two", &[&moved, &c], "one names another tenant");
    let _ = index.on(&Event::Delete(Guarded(Ok(b))));
    holds(&index, "one", &[], "the last one is gone");
    assert_eq!(index.claims().of_tenants(|_| true).len(), 2);
    let _ = index.on(&Event::Init);
    let _ = index.on(&Event::InitApply(Guarded(Ok(c.clone()))));
    let _ = index.on(&Event::InitDone);
    holds(&index, "two", &[&c], "a list no longer shows one");
    assert_eq!(index.claims().in_namespace("team"), [place("c")]);
}
