//! Who is in the directory already is touched by no probe.

use entra_simulator::{SeedKind, SeedUser};
use testbed::stories::TENANT;

use crate::bench::{AUTOMATIC, Bench, GUEST, plane};
use crate::person::{self, Ended, Reader, line};

fn refused(bench: &Bench<'_>, ended: &Ended, why: &str) {
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.talk.contains(why) && ended.talk.contains("Nothing was written"), "{ended:?}");
    assert_eq!(ended.out, "");
    assert_eq!(bench.writes().len(), 0, "{:?}", bench.writes());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_the_directory_has_is_refused() {
    let world = plane().await;
    for (name, address, kind) in [("guest", GUEST, SeedKind::AcceptedGuest), ("member", AUTOMATIC, SeedKind::Member)] {
        let bench = Bench::new(&world, name, |_| {}).await;
        let id = bench.sim.seed(TENANT, SeedUser::new(address, kind));
        let before = bench.sim.user(TENANT, &id).unwrap();
        let ended = bench.probe(&[]).await;
        refused(&bench, &ended, &format!("the directory has {address} already (user {id})"));
        assert_eq!(bench.sim.user(TENANT, &id).unwrap(), before);
        bench.sim.delete_user(TENANT, &id).unwrap();
        let ended = bench.probe(&[]).await;
        refused(&bench, &ended, &format!("the directory has {address} among its deleted users"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_declared_or_given_twice_is_refused() {
    let world = plane().await;
    let bench = Bench::new(&world, "declared", |_| {}).await;
    let guest = format!(
        "apiVersion: guestlist.dev/v1alpha1\nkind: GuestInvitation\nmetadata: {{name: me, namespace: default}}\nspec: {{email: {GUEST}, tenantRef: {{name: declared}}}}\n"
    );
    world.apply(&guest).await.unwrap();
    refused(&bench, &bench.probe(&[]).await, "is declared as GuestInvitation default/me");
    world.delete(&testbed::Ref::guest("default", "me")).await.unwrap();
    let twice = ["check", "tenant", "declared", "--probe", "--only", "a,i", "--address", GUEST, "--automatic", GUEST];
    let ended = person::run(&world, &twice, async |_| panic!("nothing is asked")).await;
    refused(&bench, &ended, "me@fabrikam.com is given twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_names_another_directory_meant_another_one() {
    let world = plane().await;
    let bench = Bench::new(&world, "meant", |_| {}).await;
    let mut reader = Reader::new(&bench.sim);
    let ended = bench
        .probe_with(&[], async |asked| match asked.contains("Type the initial domain") {
            true => line("fabrikam.onmicrosoft.com"),
            false => reader.answer(asked).await,
        })
        .await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.talk.ends_with("That is another directory.\nguestlist: nothing was written\n"), "{ended:?}");
    assert_eq!(bench.writes().len(), 0);
}
