//! One whole life story under every variant of what Graph leaves undocumented: one mail for each wanted one, nobody lost,
//! nobody deleted whom we did not make, and rest at the end. What is wrong is gathered, so that one defect hides no other.

mod chapters;
mod story;

use std::time::{Duration, Instant};

use entra_simulator::{
    AllowInvitesFrom, AppConfig, Config, Fault, FaultAction, Policy, SeedGroup, SeedKind, SeedUser, Simulator,
    TenantConfig, Variants,
};
use serde_json::{Value, json};
use testbed::stories::{
    ALL, SOON, TENANT, condition, connected, guest, mails, named, settling_in, simulator, state, until_gone, world,
};
use testbed::world::World;

use crate::life;
use story::Story;

/// One test for each, so that a failure names its variant.
macro_rules! lives {
    ($($test:ident $name:literal,)*) => {
        const LIVED: &[&str] = &[$($name),*];
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            live($name).await;
        })*
    };
}

lives! {
    default "default",
    accepted_repeat_is_silent "accepted-repeat-is-silent",
    accepted_repeat_is_refused "accepted-repeat-is-refused",
    pending_repeat_is_silent "pending-repeat-is-silent",
    soft_deleted_is_restored "soft-deleted-is-restored",
    soft_deleted_is_refused "soft-deleted-is-refused",
    automatic_redemption_unset "automatic-redemption-unset",
    automatic_redemption_accepted "automatic-redemption-accepted",
    refusals_forbidden "refusals-forbidden",
    app_purge_refused "app-purge-refused",
    user_never_appears "user-never-appears",
    old_tickets_are_dead "old-tickets-are-dead",
    empty_first_page "empty-first-page",
    or_needs_advanced "or-needs-advanced",
    mail_clash_is_taken "mail-clash-is-taken",
    member_needs_no_write_role "member-needs-no-write-role",
    restricted_invites_refuse_apps "restricted-invites-refuse-apps",
    contact_clash_is_silent "contact-clash-is-silent",
    membership_needs_user_write "membership-needs-user-write",
    absent_reference_not_found "absent-reference-not-found",
    young_reference_is_bad_request "young-reference-is-bad-request",
    reset_shows_after_lag "reset-shows-after-lag",
    reset_shows_with_listing "reset-shows-with-listing",
    reset_leaves_the_state "reset-leaves-the-state",
    convert_needs_no_write_role "convert-needs-no-write-role",
    profile_values_are_trimmed "profile-values-are-trimmed",
    delta_tracks_the_state "delta-tracks-the-state",
    delta_refuses_the_state "delta-refuses-the-state",
    delta_replays "delta-replays",
    delta_expiry_resets "delta-expiry-resets",
    conversion_clears_creation_type "conversion-clears-creation-type",
    sponsors_by_bind "sponsors-by-bind",
    sponsors_refused "sponsors-refused",
    service_principal_sponsors "service-principal-sponsors",
}

#[test]
fn every_variant_is_lived_through() {
    let all: Vec<&str> = Variants::all().into_iter().map(|(name, _)| name).collect();
    assert_eq!(all, LIVED);
    // `make test-variants` tells all the other stories under them. Where nobody ever appears most of those have no middle.
    let mixed = include_str!("../../../tools/variants.txt").lines().flat_map(|line| line.split('+'));
    let mut told: Vec<&str> = mixed.chain(["default", "user-never-appears"]).collect();
    told.sort_unstable();
    let mut all = all;
    all.sort_unstable();
    assert_eq!(told, all);
}

/// A second directory, where the application has few permissions and apps may be kept from inviting.
const NARROW: &str = "22222222-2222-3333-4444-555555555555";

/// A domain whose guests redeem automatically.
const AUTOMATIC: &str = "tailspintoys.com";

async fn live(name: &'static str) {
    let (_, variants) = Variants::all().into_iter().find(|(known, _)| *known == name).unwrap();
    if name == "user-never-appears" {
        return nobody_appears(variants).await;
    }
    let mut story = Story::begin(name, variants).await;
    story.the_deleted_return().await;
    story.strike().await;
    story.people_arrive().await;
    story.things_happen().await;
    story.the_directory_catches_up().await;
    story.some_leave().await;
    story.count_mails();
    story.rest().await;
    story.end();
}

/// Not a variant but a lag: the look before the send does not show a guest whom somebody else has just made.
#[tokio::test(flavor = "multi_thread")]
async fn whom_a_person_invited_a_moment_ago_is_not_ours_to_delete() {
    let mut config = life::config(&ALL, Value::Null);
    if let Some(entra) = &mut config.entra {
        entra.settings.lag.listing = Duration::from_secs(600);
    }
    let world = world(config).await;
    connected(&world).await;
    simulator(&world).seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    let theirs = invited_by_a_person(&world, "twice@fabrikam.com").await;
    // Graph tells times of creation in whole seconds.
    tokio::time::sleep(Duration::from_secs(2)).await;
    world.apply(&guest("twice", "twice@fabrikam.com", "  deletionPolicy: Delete\n")).await.unwrap();
    let seen = |guest: &Value| state(guest) == "Invited" && guest["status"]["redemption"]["state"].is_string();
    let twice = world.wait_for(&named("twice"), "be invited", seen, SOON).await.unwrap();
    assert_eq!(twice["status"]["guest"]["id"], json!(theirs));
    assert_eq!(mails(&world, "twice@fabrikam.com"), 2, "one by the person and one by us");
    world.delete(&named("twice")).await.unwrap();
    until_gone(&world, &named("twice")).await;
    assert!(simulator(&world).user(TENANT, &theirs).is_some(), "the person's guest was deleted: {}", twice["status"]);
}

/// Two directories, and the lags and policies that bring the variants out.
fn prepared(mut entra: Config, variants: Variants) -> Config {
    let app = AppConfig {
        roles: ["User.Invite.All", "User.Read.All", "GroupMember.ReadWrite.All"].map(String::from).to_vec(),
        ..AppConfig::default()
    };
    entra.tenants.push(TenantConfig {
        id: NARROW.into(),
        display_name: "Narrow".into(),
        default_domain: "narrow.onmicrosoft.com".into(),
        verified_domains: Vec::new(),
        apps: vec![app],
        ..TenantConfig::default()
    });
    entra.smtp = Some("127.0.0.1:0".parse().unwrap());
    let settings = &mut entra.settings;
    // What is refused as too young is tried again after half a minute, so only the variant that is about it waits.
    if variants.young_reference_bad_request {
        settings.lag.write_after_create = Duration::from_secs(2);
    }
    settings.variants = variants;
    settings.lag.reset_state = Duration::from_secs(3);
    settings.policy.automatic_redemption_domains = vec![AUTOMATIC.into()];
    settings.policy.blocked_domains = vec!["rivals.example".into()];
    settings.accounts.group_addresses = vec!["team@fabrikam.com".into()];
    let narrow = Policy { allow_invites_from: AllowInvitesFrom::AdminsAndGuestInviters, ..Policy::default() };
    settings.tenant_policies.insert(NARROW.into(), narrow);
    entra
}

/// Who and what was there before; returns the ids of the guests.
fn seeded(entra: &Simulator) -> Vec<String> {
    let known = [
        ("old@fabrikam.com", SeedKind::AcceptedGuest),
        ("old-p@fabrikam.com", SeedKind::PendingGuest),
        ("back@fabrikam.com", SeedKind::AcceptedGuest),
        ("hidden@fabrikam.com", SeedKind::AcceptedGuest),
    ];
    let theirs = known.map(|(address, kind)| entra.seed(TENANT, SeedUser::new(address, kind))).to_vec();
    for deleted in ["back@fabrikam.com", "hidden@fabrikam.com"] {
        entra.delete_user(TENANT, deleted).unwrap();
    }
    for contact in ["card@fabrikam.com", "eva@adatum.com"] {
        entra.seed(TENANT, SeedUser::new(contact, SeedKind::Contact));
    }
    for member in ["boss", "s1", "s2", "s3", "s4", "s5"] {
        entra.seed(TENANT, SeedUser::new(format!("{member}@contoso.com"), SeedKind::Member));
    }
    for group in ["Analysts", "Readers", "Hosts"] {
        entra.seed_group(TENANT, SeedGroup::new(group));
    }
    entra.seed_group(NARROW, SeedGroup::new("Team"));
    theirs
}

/// Somebody of the organisation invites by hand; returns the guest's id.
async fn invited_by_a_person(world: &World, address: &str) -> String {
    let entra = world.entra.as_ref().unwrap();
    let token = simulator(world).delegated_token(TENANT, "boss@contoso.com", &["User.Invite.All"]).unwrap();
    let ca = reqwest::Certificate::from_pem(entra.ca_pem().as_bytes()).unwrap();
    let body = json!({
        "invitedUserEmailAddress": address, "inviteRedirectUrl": "https://myapps.microsoft.com",
        "sendInvitationMessage": true,
    });
    let client = reqwest::Client::builder().tls_certs_only([ca]).no_proxy().build().unwrap();
    let post = client.post(format!("{}v1.0/invitations", entra.url())).bearer_auth(token);
    let post = post.header("Content-Type", "application/json").body(body.to_string());
    assert_eq!(post.send().await.unwrap().status(), 201);
    simulator(world).user(TENANT, address).unwrap().id
}

/// Invitations are answered and mailed, and no user is ever there: what needs one cannot be told.
async fn nobody_appears(variants: Variants) {
    let mut config = life::config(&ALL, Value::Null);
    config.operator_args = settling_in("5s");
    if let Some(entra) = &mut config.entra {
        entra.settings.variants = variants.clone();
    }
    let world = world(config).await;
    connected(&world).await;
    let entra = simulator(&world);
    let old = entra.seed(TENANT, SeedUser::new("old@fabrikam.com", SeedKind::AcceptedGuest));
    entra.seed_group(TENANT, SeedGroup::new("Analysts"));
    let mut story = Story { name: "user-never-appears", variants, world, theirs: vec![old], wrong: Vec::new() };
    let cut = Fault::new("createInvitation", FaultAction::CutAfter).containing("cut@fabrikam.com");
    story.entra().inject(cut);
    story.world.apply(&guest("cut", "cut@fabrikam.com", "")).await.unwrap();
    let deadline = Instant::now() + SOON;
    while !story.posted("cut@fabrikam.com") {
        assert!(Instant::now() < deadline, "no POST");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let guests = [
        guest("ann", "ann@fabrikam.com", ""),
        guest("tia", "tia@fabrikam.com", "  groups: [Analysts]\n  profile: {companyName: Fabrikam}\n"),
        guest("quiet", "quiet@fabrikam.com", "  delivery: None\n"),
        guest("old", "old@fabrikam.com", "  deletionPolicy: Delete\n"),
        guest("bye", "bye@fabrikam.com", "  deletionPolicy: Delete\n"),
    ];
    story.world.apply(&guests.join("\n---\n")).await.unwrap();
    story.reach_state("old", "Accepted").await;
    story.reach("bye", "be mailed", |guest| guest["status"]["invitation"]["sent"] == 1).await;
    for name in ["bye", "old"] {
        story.world.delete(&named(name)).await.unwrap();
        until_gone(&story.world, &named(name)).await;
    }
    for name in ["ann", "tia", "quiet", "cut"] {
        let told = |guest: &Value| condition(guest, "Ready").1 == "UserNeverAppeared";
        story.reach(name, "be told that nobody appeared", told).await;
    }
    for (address, wanted) in [("ann", 1), ("tia", 1), ("bye", 1), ("cut", 1), ("old", 0), ("quiet", 0)] {
        let mails = story.entra().mails(&format!("{address}@fabrikam.com")).len();
        story.check(mails == wanted, || format!("{address} got {mails} mails and should have {wanted}"));
    }
    let old = story.entra().user(TENANT, "old@fabrikam.com").is_some();
    story.check(old, || "a user whom we did not make was deleted".into());
    story.end();
}
