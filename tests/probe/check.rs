//! `guestlist check tenant` alone: what it says of a good tenant and of bad ones, and that it writes nothing.

use testbed::stories::{APP, TENANT};
use testbed::world::TenantManifest;

use crate::bench::{Bench, ROLES, plane};
use crate::person;

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_told_as_it_is() {
    let world = plane().await;
    let good = Bench::new(&world, "good", |_| {}).await;
    let ended = good.check().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for told in [
        TENANT,
        "signed in     yes, by clientSecret\n",
        "organization  Contoso (contoso.onmicrosoft.com)\n",
        "permissions   User.Invite.All, User.Read.All, ",
        "users         can be listed\n",
        "guests        0: The application has the permissions",
        "not granted   GroupMember.ReadWrite.All: no guest may have groups\n",
        "All is well",
    ] {
        assert!(ended.out.contains(told), "{told}: {}", ended.out);
    }
    assert_eq!(ended.talk, "");
    assert_eq!(good.writes().len(), 0, "{:?}", good.writes());

    // What the guests of the cluster use counts.
    let guest = "apiVersion: guestlist.dev/v1alpha1\nkind: GuestInvitation\nmetadata: {name: ann, namespace: default}\nspec: {email: ann@fabrikam.com, groups: [Readers], tenantRef: {name: good}}\n";
    world.apply(guest).await.unwrap();
    let ended = good.check().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("lacks GroupMember.ReadWrite.All (1 guest has groups)"), "{}", ended.out);

    good.sim.change_app(TENANT, APP, |app| app.secrets[0].value = "another".into()).unwrap();
    let ended = good.check().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.out.contains("signed in     no: The client secret is wrong: put the secret's value, not its id"),
        "{ended:?}"
    );
    assert!(ended.out.contains("AADSTS7000215") && ended.out.ends_with("Not all is well.\n"), "{ended:?}");
    assert!(!ended.out.contains("simulator-secret"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_named() {
    let world = plane().await;
    let named = |name: &str| TenantManifest { name: name.into(), ..TenantManifest::default() };
    let without_read = Bench::with(&world, named("blind"), &["User.Invite.All"], |_| {}).await;
    let ended = without_read.check().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("lacks User.Read.All (to look guests up and follow them)"), "{ended:?}");
    assert!(ended.out.contains("users         cannot be listed: Microsoft Graph denies listUsers"), "{ended:?}");
    assert!(ended.out.contains("organization  not told: that needs Organization.Read.All"), "{ended:?}");

    let basic = Bench::with(&world, named("basic"), &["User.Invite.All", "User.Read.All"], |_| {}).await;
    let ended = basic.check().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.out.contains("not granted   User.ReadWrite.All: no guest may have a profile, sponsors, "),
        "{ended:?}"
    );
    let ended = basic.probe(&[]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.talk.contains("could not clean up: grant it User.DeleteRestore.All"), "{ended:?}");
    assert_eq!(basic.writes().len(), 0);

    let unknown = person::run(&world, &["check", "tenant", "wrong"], async |_| panic!("nothing is asked")).await;
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    assert_eq!(unknown.talk, "guestlist: there is no EntraTenant \"wrong\"; there is: basic, blind\n");

    let observing = TenantManifest { more: serde_json::json!({"mode": "Observe"}), ..named("observing") };
    let observing = Bench::with(&world, observing, &ROLES, |_| {}).await;
    let ended = observing.probe(&[]).await;
    assert!(ended.code == Some(1) && ended.talk.contains("in mode Observe"), "{ended:?}");
    assert_eq!(observing.writes().len(), 0);
}
