//! Changing and deleting a user.

use entra_simulator::{Fault, FaultAction, SeedGroup, SeedKind, SeedUser};
use guestlist::api::{Explanation, Reason};
use guestlist::graph::{Class, Feature, Reach, refused_write};
use serde_json::{Map, Value, json};
use testbed::stories::TENANT;

use crate::bench::{BASIC, Bench, LONG, NOBODY, member};

fn changes(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[tokio::test]
async fn properties_are_set_kept_and_cleared() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    let all = json!({
        "displayName": "Ann Other", "givenName": "Ann", "surname": "Other", "jobTitle": "Analyst",
        "companyName": "Fabrikam", "department": "Data", "officeLocation": "4/1", "employeeId": "E-7",
        "mobilePhone": "+49 1", "businessPhones": ["+49 2"], "streetAddress": "Way 1", "city": "Bonn", "state": "NRW",
        "postalCode": "53111", "country": "Germany", "usageLocation": "DE", "preferredLanguage": "de-DE",
    });
    bench.graph.update_user(&id, &changes(all), None).await.unwrap();
    let user = bench.graph.user(&id).await.unwrap().unwrap();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let read = [
        &user.display_name,
        &user.given_name,
        &user.surname,
        &user.job_title,
        &user.company_name,
        &user.department,
        &user.office_location,
        &user.employee_id,
        &user.mobile_phone,
        &user.street_address,
        &user.city,
        &user.state,
        &user.postal_code,
        &user.country,
        &user.usage_location,
        &user.preferred_language,
    ]
    .map(text);
    let wanted = "Ann Other|Ann|Other|Analyst|Fabrikam|Data|4/1|E-7|+49 1|Way 1|Bonn|NRW|53111|Germany|DE|de-DE";
    assert_eq!(read.join("|"), wanted);
    assert_eq!(user.business_phones, ["+49 2"]);

    let cleared = changes(json!({"companyName": null, "businessPhones": [], "jobTitle": "Lead"}));
    bench.graph.update_user(&id, &cleared, None).await.unwrap();
    let user = bench.graph.user(&id).await.unwrap().unwrap();
    assert_eq!((user.company_name, user.job_title.as_deref()), (None, Some("Lead")));
    assert!(user.business_phones.is_empty());
    assert_eq!(user.department.as_deref(), Some("Data"), "what is absent stays");
    let sent = bench.sim.requests("updateUser");
    assert_eq!(sent[1].body, Some(Value::Object(cleared)), "null is sent as null");
    assert_eq!((sent[1].method.as_str(), sent[1].status()), ("PATCH", Some(204)));
}

#[tokio::test]
async fn no_changes_and_no_id_are_no_request() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    bench.graph.update_user(&id, &Map::new(), None).await.unwrap();
    let change = changes(json!({"jobTitle": "Lead"}));
    for odd in ["", "..", "ann@fabrikam.com"] {
        assert_eq!(bench.graph.update_user(odd, &change, None).await.unwrap_err().reach, Reach::NotSent);
        assert_eq!(bench.graph.delete_user(odd, None).await.unwrap_err().reach, Reach::NotSent);
        assert_eq!(bench.graph.restore_user(odd, None).await.unwrap_err().reach, Reach::NotSent);
    }
    assert!(bench.asked().is_empty());
}

#[tokio::test]
async fn a_user_that_is_too_young_or_unknown_is_not_found() {
    let bench = Bench::new().await;
    bench.set(|settings| settings.lag.write_after_create = LONG);
    let young = bench.graph.invite(&crate::resets::invitation("ann@fabrikam.com"), None).await.unwrap().user_id;
    for id in [young.as_str(), NOBODY] {
        let error = bench.graph.update_user(id, &changes(json!({"jobTitle": "Lead"})), None).await.unwrap_err();
        assert_eq!((error.status, error.class), (Some(404), Class::Terminal));
        assert_eq!(refused_write(&error, Feature::Profile, "the profile").explanation.reason, Reason::NotReplicated);
    }
}

#[tokio::test]
async fn refusals_have_reasons() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    bench.guest("bob@fabrikam.com");
    let admin = SeedUser { holds_directory_role: true, ..SeedUser::new("root@fabrikam.com", SeedKind::AcceptedGuest) };
    let admin = bench.sim.seed(TENANT, admin);
    let synced = [("onPremisesSyncEnabled".to_owned(), json!(true))].into();
    let synced = SeedUser { properties: synced, ..SeedUser::new("eve@contoso.com", SeedKind::Member) };
    let synced = bench.sim.seed(TENANT, synced);
    for (id, change, reason) in [
        (&id, json!({"usageLocation": "Germany"}), Reason::InvalidProperty),
        (&id, json!({"displayName": null}), Reason::InvalidProperty),
        (&id, json!({"creationType": "Invitation"}), Reason::InvalidProperty),
        (&id, json!({"aboutMe": "me"}), Reason::NotForApplications),
        (&id, json!({"mail": "bob@fabrikam.com"}), Reason::ObjectConflict),
        (&id, json!({"identities": []}), Reason::PermissionMissing),
        (&admin, json!({"mobilePhone": "+49 1"}), Reason::PermissionMissing),
        (&synced, json!({"jobTitle": "Lead"}), Reason::OnPremises),
    ] {
        let error = bench.graph.update_user(id, &changes(change.clone()), None).await.unwrap_err();
        assert_eq!(error.class, Class::Terminal, "{error}");
        assert_eq!(
            refused_write(&error, Feature::Profile, "the profile").explanation.reason,
            reason,
            "{change} {error}"
        );
    }
}

#[tokio::test]
async fn without_the_permissions_nothing_is_changed_or_deleted() {
    let bench = Bench::with(BASIC).await;
    let id = bench.guest("ann@fabrikam.com");
    for error in [
        bench.graph.update_user(&id, &changes(json!({"jobTitle": "Lead"})), None).await.unwrap_err(),
        bench.graph.delete_user(&id, None).await.unwrap_err(),
        bench.graph.restore_user(&id, None).await.unwrap_err(),
    ] {
        assert_eq!((error.status, error.class), (Some(403), Class::Terminal), "{error}");
    }
    assert!(bench.sim.user(TENANT, &id).is_some());
}

#[tokio::test]
async fn a_user_is_deleted_once() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    assert!(bench.graph.delete_user(&id, None).await.unwrap());
    assert!(!bench.graph.delete_user(&id, None).await.unwrap());
    assert!(bench.sim.user(TENANT, &id).is_none());
    let admin = SeedUser { holds_directory_role: true, ..SeedUser::new("root@fabrikam.com", SeedKind::AcceptedGuest) };
    let error = bench.graph.delete_user(&bench.sim.seed(TENANT, admin), None).await.unwrap_err();
    let Explanation { reason, message } = refused_write(&error, Feature::Delete, "the guest").explanation;
    assert_eq!(reason, Reason::PermissionMissing);
    assert!(message.contains("User.DeleteRestore.All") && message.contains("directory role"), "{message}");
}

#[tokio::test]
async fn half_an_answer_is_no_answer() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    let change = changes(json!({"jobTitle": "Lead"}));
    for action in [FaultAction::CutAfter, FaultAction::status_after_work(500), FaultAction::status_after_work(504)] {
        bench.sim.inject(Fault::new("updateUser", action));
        let error = bench.graph.update_user(&id, &change, None).await.unwrap_err();
        assert_eq!((error.class, error.reach), (Class::Transient, Reach::Unknown), "{error}");
    }
    bench.graph.update_user(&id, &change, None).await.unwrap();
}

#[tokio::test]
async fn what_is_too_late_is_not_asked_for() {
    let bench = Bench::new().await;
    let id = bench.guest("ann@fabrikam.com");
    bench.graph.sign_in().await.unwrap();
    let late = Some(jiff::Timestamp::now());
    let one = [member(&bench.sim.seed_group(TENANT, SeedGroup::new("Analysts")), &id)];
    for error in [
        bench.graph.delete_user(&id, late).await.unwrap_err(),
        bench.graph.restore_user(&id, late).await.unwrap_err(),
        bench.graph.enable_user(&id, false, late).await.unwrap_err(),
        bench.graph.update_user(&id, &changes(json!({"jobTitle": "Lead"})), late).await.unwrap_err(),
        bench.graph.add_relations(&one, late).await.unwrap_err(),
        bench.graph.add_relations(&[one[0].clone(), one[0].clone()], late).await.unwrap_err(),
        bench.graph.remove_relations(&one, late).await.unwrap_err(),
    ] {
        assert!(error.is_too_old() && error.reach == Reach::NotSent, "{error}");
    }
    assert_eq!(bench.operations(), [""; 0]);
}
