//! Who is in the directory already, in every way that there is.

use entra_simulator::{SeedKind, SeedUser};
use testbed::stories::{
    TENANT, a_while, calls, guest, mails, named, simulator, state, until, until_reason, until_state, variants,
};

use super::able;

#[tokio::test(flavor = "multi_thread")]
async fn whom_somebody_else_deleted_is_not_restored() {
    let world = able().await;
    let simulator = simulator(&world);
    for name in ["back", "gone"] {
        simulator.seed(TENANT, SeedUser::new(format!("{name}@fabrikam.com"), SeedKind::AcceptedGuest));
        simulator.delete_user(TENANT, &format!("{name}@fabrikam.com")).unwrap();
    }
    // They are invited like anybody: without what they had before.
    world.apply(&guest("back", "back@fabrikam.com", "")).await.unwrap();
    let back = until_state(&world, "back", "Invited").await;
    assert_eq!(back["status"]["guest"]["origin"], "Invited");
    world.apply(&guest("gone", "gone@fabrikam.com", "  existing: Refuse\n")).await.unwrap();
    until_reason(&world, "gone", "AlreadyExists").await;
    assert_eq!((calls(&world, "createInvitation"), calls(&world, "restoreDeletedItem")), (1, 0));
    assert_eq!(mails(&world, "back@fabrikam.com"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn clashes_are_told_apart() {
    let world = able().await;
    let simulator = simulator(&world);
    simulator.seed(TENANT, SeedUser::new("shut@fabrikam.com", SeedKind::PendingGuest).disabled());
    simulator.seed(TENANT, SeedUser::new("card@fabrikam.com", SeedKind::Contact));
    simulator.seed(TENANT, SeedUser::new("staff@contoso.com", SeedKind::Member));
    world.apply(&guest("shut", "shut@fabrikam.com", "")).await.unwrap();
    until_reason(&world, "shut", "AccountDisabled").await;
    world.apply(&guest("staff", "staff@contoso.com", "")).await.unwrap();
    until_reason(&world, "staff", "InternalUser").await;
    world.apply(&guest("own", "nobody@contoso.com", "")).await.unwrap();
    let said = until_reason(&world, "own", "OwnDomain").await;
    assert!(said.contains("domain of this directory"), "{said}");
    // The address of a contact goes to otherMails, and the guest is found by it.
    world.apply(&guest("card", "card@fabrikam.com", "")).await.unwrap();
    let card = until_state(&world, "card", "Invited").await;
    assert_eq!(card["status"]["guest"]["origin"], "Invited");
    let mailed = usize::from(variants().contact_clash_mails);
    assert_eq!(mails(&world, "card@fabrikam.com"), mailed);
    world.delete(&named("card")).await.unwrap();
    world.apply(&guest("card2", "card@fabrikam.com", "")).await.unwrap();
    until_state(&world, "card2", "Invited").await;
    a_while().await;
    assert_eq!(mails(&world, "card@fabrikam.com"), mailed, "the guest without a mail property is known all the same");
    assert_eq!(calls(&world, "createInvitation"), 2, "own domain and contact");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_is_invited_again_only_when_asked() {
    let world = able().await;
    world.apply(&guest("pat", "pat@fabrikam.com", "")).await.unwrap();
    until_state(&world, "pat", "Invited").await;
    simulator(&world).redeem(TENANT, "pat@fabrikam.com", None).unwrap();
    until_state(&world, "pat", "Accepted").await;
    simulator(&world).delete_user(TENANT, "pat@fabrikam.com").unwrap();
    until_reason(&world, "pat", "GuestGone").await;
    a_while().await;
    assert_eq!(calls(&world, "createInvitation"), 1);
    super::annotate(&world, "pat", "resend", "please").await;
    until(&world, "pat", "be back", |guest| state(guest) == "Accepted").await;
    let back = world.get(&named("pat")).await.unwrap();
    assert_eq!(back["status"]["guest"]["origin"], "Invited", "still the one whom we made");
    assert_eq!(calls(&world, "restoreDeletedItem"), 1, "within 30 days they come back as they were");
    assert_eq!(mails(&world, "pat@fabrikam.com"), 1);
}
