//! Guests who are followed: adopted or refused, redeemed, gone, held, added without a mail.

use entra_simulator::{SeedKind, SeedUser};
use testbed::stories::{
    SOON, TENANT, condition, connected, guest, kstatus, mails, named, posts, settling_in, simulator, state,
    until_reason, until_state, variants, world,
};
use testbed::world::WorldConfig;

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_directory_knows_is_adopted_or_refused() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    let known = [
        ("pending", SeedKind::PendingGuest, "Invited"),
        ("accepted", SeedKind::AcceptedGuest, "Accepted"),
        ("signedup", SeedKind::SelfServiceGuest, "Accepted"),
    ];
    for (name, kind, wanted) in known {
        simulator(&world).seed(TENANT, SeedUser::new(format!("{name}@fabrikam.com"), kind));
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), "")).await.unwrap();
        let adopted = until_state(&world, name, wanted).await;
        kstatus(&adopted);
        assert_eq!(adopted["status"]["guest"]["origin"], "Adopted", "{name}");
        assert_eq!(adopted["status"]["invitation"]["sent"], 0, "{name}");
    }
    simulator(&world).seed(TENANT, SeedUser::new("there@fabrikam.com", SeedKind::PendingGuest));
    world.apply(&guest("there", "there@fabrikam.com", "  existing: Refuse\n")).await.unwrap();
    let said = until_reason(&world, "there", "AlreadyExists").await;
    assert!(said.contains("Set it to Follow"), "{said}");
    let id_of = |address: &str| simulator(&world).user(TENANT, address).unwrap().id;
    assert!(!said.contains(&id_of("there@fabrikam.com")), "{said}");

    simulator(&world).seed(TENANT, SeedUser::new("staff@contoso.com", SeedKind::Member));
    world.apply(&guest("staff", "staff@contoso.com", "")).await.unwrap();
    let said = until_reason(&world, "staff", "InternalUser").await;
    // A namespace does not learn who the members of the directory are.
    assert!(!said.contains(&id_of("staff@contoso.com")), "{said}");
    let staff = world.get(&named("staff")).await.unwrap();
    assert!(!staff.to_string().contains(&id_of("staff@contoso.com")), "{staff}");

    let journal = simulator(&world).journal();
    assert_eq!(simulator(&world).count("createInvitation"), 0, "nobody was invited: {journal:?}");
    // Changing one's mind is enough.
    world.apply(&guest("there", "there@fabrikam.com", "  existing: Follow\n")).await.unwrap();
    until_state(&world, "there", "Invited").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adopted_guest_is_followed_though_no_listing_shows_them() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    simulator(&world).seed(TENANT, SeedUser::new("made@fabrikam.com", SeedKind::SelfServiceGuest));
    world.apply(&guest("made", "made@fabrikam.com", "")).await.unwrap();
    until_state(&world, "made", "Accepted").await;
    simulator(&world).delete_user(TENANT, "made@fabrikam.com").unwrap();
    let said = until_reason(&world, "made", "GuestGone").await;
    assert!(said.contains("not invited again"), "{said}");
    let gone = world.get(&named("made")).await.unwrap();
    assert_eq!(state(&gone), "Withdrawn");
    let single = simulator(&world).requests("getUser").iter().filter(|read| !read.in_batch).count();
    assert_eq!(single, 0, "reads by id go in batches");
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(simulator(&world).count("createInvitation"), 0, "who left is not invited again");
}

#[tokio::test(flavor = "multi_thread")]
async fn redemption_reaches_status_and_the_mail_said_what_was_asked() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    let more = "  displayName: Lee Gu\n  redirectUrl: https://wiki.contoso.com/welcome\n  message: {language: nl, cc: [host@contoso.com]}\n";
    world.apply(&guest("lee", "lee@outlook.com", more)).await.unwrap();
    until_state(&world, "lee", "Invited").await;
    let mail = simulator(&world).invitation_mails("lee@outlook.com").remove(0);
    assert_eq!((mail.language.as_str(), mail.cc.as_deref()), ("nl", Some("host@contoso.com")));
    let post = simulator(&world).requests("createInvitation").remove(0).body.unwrap();
    assert_eq!(post["inviteRedirectUrl"], "https://wiki.contoso.com/welcome");
    assert_eq!(post["invitedUserDisplayName"], "Lee Gu");

    simulator(&world).redeem(TENANT, "lee@outlook.com", None).unwrap();
    let accepted = until_state(&world, "lee", "Accepted").await;
    kstatus(&accepted);
    assert_eq!(accepted["status"]["redemption"]["identityProvider"], "MicrosoftAccount");
    let changed =
        simulator(&world).user(TENANT, "lee@outlook.com").unwrap().external_user_state_change_date_time.unwrap();
    let told: jiff::Timestamp = accepted["status"]["redemption"]["changedAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(told.as_second(), changed.as_second(), "the time that Graph gives, in whole seconds");
    assert_eq!(condition(&accepted, "Redeemed").0, "True");
    let link = mail.redeem_link.unwrap();
    let everything = serde_json::to_string(&accepted).unwrap() + &world.operator().unwrap().log();
    assert!(!everything.contains(&link) && !everything.contains("/redeem?"), "a redeem link got out");
    let listed =
        world.kubectl(&["get", "ginv", "-n", "team", "--field-selector", "spec.email=lee@outlook.com"]).await.unwrap();
    assert!(listed.contains("lee@outlook.com   Accepted   MicrosoftAccount   1"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_held_or_added_without_a_mail_gets_none() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    world.apply(&guest("held", "held@fabrikam.com", "  suspend: true\n")).await.unwrap();
    until_reason(&world, "held", "Suspended").await;
    assert_eq!(condition(&world.get(&named("held")).await.unwrap(), "Ready").0, "True", "as the spec declares");
    world.apply(&guest("quiet", "quiet@fabrikam.com", "  delivery: None\n")).await.unwrap();
    let quiet = until_state(&world, "quiet", "Invited").await;
    assert_eq!(condition(&quiet, "Ready").0, "True");
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!((mails(&world, "held@fabrikam.com"), mails(&world, "quiet@fabrikam.com")), (0, 0));
    assert_eq!(simulator(&world).count("createInvitation"), 1);

    world.apply(&guest("held", "held@fabrikam.com", "  suspend: false\n")).await.unwrap();
    until_state(&world, "held", "Invited").await;
    // Somebody who was added quietly can be mailed later, once.
    world.apply(&guest("quiet", "quiet@fabrikam.com", "  delivery: Microsoft\n")).await.unwrap();
    let mailed = |guest: &serde_json::Value| guest["status"]["invitation"]["sent"] == 1;
    world.wait_for(&named("quiet"), "be mailed", mailed, SOON).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let later = usize::from(variants().pending_repeat_mails);
    assert_eq!((mails(&world, "held@fabrikam.com"), mails(&world, "quiet@fabrikam.com")), (1, later));
    assert_eq!(posts(&world, "quiet@fabrikam.com"), [false, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_graph_refuses_is_told_and_not_hammered() {
    let world = world(WorldConfig::default()).await;
    connected(&world).await;
    simulator(&world).update_settings(|settings| settings.policy.blocked_domains = vec!["rivals.example".into()]);
    world.apply(&guest("rival", "eve@rivals.example", "")).await.unwrap();
    // Words that nobody has published are shown as they came.
    let reason = if variants().refusals_forbidden { "RefusedByGraph" } else { "DomainBlocked" };
    let said = until_reason(&world, "rival", reason).await;
    assert!(said.contains("request-id") && said.contains("Entra"), "{said}");
    let refused = world.get(&named("rival")).await.unwrap();
    assert_eq!((state(&refused), condition(&refused, "Stalled").0.as_str()), ("Refused", "True"));
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(simulator(&world).count("createInvitation"), 1, "a refusal is not repeated at once");
    world.apply(&guest("friend", "ann@fabrikam.com", "")).await.unwrap();
    until_state(&world, "friend", "Invited").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_whom_the_directory_never_shows_is_told_and_not_invited_again() {
    let config = WorldConfig { operator_args: settling_in("5s"), ..Default::default() };
    let world = world(config).await;
    connected(&world).await;
    simulator(&world).update_settings(|settings| settings.variants.user_never_appears = true);
    world.apply(&guest("ghost", "ghost@fabrikam.com", "")).await.unwrap();
    until_state(&world, "ghost", "Invited").await;
    let said = until_reason(&world, "ghost", "UserNeverAppeared").await;
    assert!(said.contains("not invited again"), "{said}");
    assert_eq!(simulator(&world).count("createInvitation"), 1);
}
