//! One whole life story under every variant of what Graph leaves undocumented: one mail for each wanted one, nobody lost,
//! nobody deleted whom we did not make, and rest at the end. What is wrong is gathered, so that one defect hides no other.

use std::time::{Duration, Instant};

use entra_simulator::{
    AllowInvitesFrom, AppConfig, Config, Entry, Fault, FaultAction, Policy, SeedGroup, SeedKind, SeedUser, Simulator,
    TenantConfig, Variants,
};
use serde_json::{Value, json};
use testbed::stories::{
    ALL, SOON, TENANT, changed, condition, connected, every_right, guest, kstatus, mails, named, settling_in,
    simulator, smtp, state, until_gone, world,
};
use testbed::world::{TenantManifest, World};

use crate::life;

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
    let mixed = include_str!("../../tools/variants.txt").lines().flat_map(|line| line.split('+'));
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

/// What is told of one variant, and what was wrong in it.
struct Story {
    name: &'static str,
    variants: Variants,
    world: World,
    /// The ids of those who were in the directory before.
    theirs: Vec<String>,
    wrong: Vec<String>,
}

impl Story {
    async fn begin(name: &'static str, variants: Variants) -> Self {
        let mut config = life::config(&ALL, Value::Null);
        config.tenant = None;
        config.entra = config.entra.map(|entra| prepared(entra, variants.clone()));
        let world = world(config).await;
        let smtp = smtp(&world);
        let able = TenantManifest {
            more: json!({"access": every_right(), "mail": {"smtp": smtp}}),
            ..TenantManifest::default()
        };
        let narrow = TenantManifest {
            name: "narrow".into(),
            tenant_id: NARROW.into(),
            more: json!({"access": every_right()}),
            ..TenantManifest::default()
        };
        world.apply_tenant(&able).await.unwrap();
        world.apply_tenant(&narrow).await.unwrap();
        let theirs = seeded(simulator(&world));
        connected(&world).await;
        Self { name, variants, world, theirs, wrong: Vec::new() }
    }

    fn entra(&self) -> &Simulator {
        simulator(&self.world)
    }

    fn is(&self, name: &str) -> bool {
        self.name == name
    }

    fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(what());
        }
    }

    /// Waits until a guest is as `holds` says; if that never comes, it is noted and the story goes on.
    async fn reach(&mut self, name: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let within = Duration::from_secs(if self.variants.young_reference_bad_request { 50 } else { 25 });
        if let Ok(guest) = self.world.wait_for(&named(name), what, holds, within).await {
            kstatus(&guest);
            return guest;
        }
        let guest = self.world.get(&named(name)).await.unwrap();
        self.wrong.push(format!("{name} is expected to {what} and is: {}", guest["status"]));
        guest
    }

    async fn reach_state(&mut self, name: &str, wanted: &str) -> Value {
        self.reach(name, &format!("be {wanted}"), |guest| state(guest) == wanted).await
    }

    /// Guests who were deleted, while listings show it.
    async fn the_deleted_return(&mut self) {
        // Whoever may not list deleted guests does not hear of this one, so that it is the invitation that meets them.
        let denied = Fault::new("listDeletedUsers", FaultAction::status(403)).containing("hidden");
        self.entra().inject(denied.times(1000));
        let delete = "  deletionPolicy: Delete\n";
        let guests = [guest("back", "back@fabrikam.com", delete), guest("hidden", "hidden@fabrikam.com", delete)];
        self.world.apply(&guests.join("\n---\n")).await.unwrap();
        let refused = self.is("soft-deleted-is-refused");
        self.reach_state("back", if refused { "Refused" } else { "Invited" }).await;
        self.reach_state("hidden", if refused { "Refused" } else { "Invited" }).await;
        self.entra().update_settings(|settings| settings.lag.listing = Duration::from_secs(600));
    }

    /// Answers lost and requests lost. All share one HTTP/2 connection, so they come before everybody else.
    async fn strike(&mut self) {
        for (name, action) in
            [("cut", FaultAction::CutAfter), ("cut-acc", FaultAction::CutAfter), ("lost", FaultAction::CutBefore)]
        {
            let address = format!("{name}@fabrikam.com");
            self.entra().inject(Fault::new("createInvitation", action).containing(&address));
            self.world.apply(&guest(name, &address, "")).await.unwrap();
            let deadline = Instant::now() + SOON;
            while !self.posted(&address) {
                assert!(Instant::now() < deadline, "no POST for {name}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        // The mail is there before anybody has asked what became of it.
        self.entra().redeem(TENANT, "cut-acc@fabrikam.com", None).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    fn posted(&self, address: &str) -> bool {
        self.entra().requests("createInvitation").iter().any(|post| {
            post.outcome != entra_simulator::Outcome::Pending
                && post.body.as_ref().is_some_and(|body| body["invitedUserEmailAddress"] == address)
        })
    }

    async fn people_arrive(&mut self) {
        let delete = "  deletionPolicy: Delete\n";
        let related = "  displayName: Tia\n  groups: [Analysts, Readers]\n  sponsors: [boss@contoso.com, Hosts]\n  profile: {companyName: ' Fabrikam ', usageLocation: nl}\n";
        let full = "  sponsors: [s1@contoso.com, s2@contoso.com, s3@contoso.com, s4@contoso.com, s5@contoso.com]\n";
        let narrow = "  tenantRef: {name: narrow}\n";
        let expiring = format!("{delete}  expiresAfter: 6s\n");
        let guests = [
            guest("ann", "ann@fabrikam.com", ""),
            guest("pen", "pen@fabrikam.com", ""),
            guest("quiet", "quiet@fabrikam.com", "  delivery: None\n"),
            guest("old", "old@fabrikam.com", delete),
            guest("old-p", "old-p@fabrikam.com", delete),
            guest("card", "card@fabrikam.com", ""),
            guest("tia", "tia@fabrikam.com", related),
            guest("full", "full@fabrikam.com", full),
            guest("eva", "eva@fabrikam.com", ""),
            guest("own", "own@fabrikam.com", "  delivery: Mail\n"),
            guest("late", "late@fabrikam.com", &expiring),
            guest("bye", "bye@fabrikam.com", delete),
            guest("auto", &format!("auto@{AUTOMATIC}"), ""),
            guest("auto-late", &format!("auto-late@{AUTOMATIC}"), &expiring),
            guest("rival", "rival@rivals.example", ""),
            guest("team", "team@fabrikam.com", ""),
            guest("n-plain", "n-plain@fabrikam.com", narrow),
            guest("n-member", "n-member@fabrikam.com", &format!("{narrow}  userType: Member\n")),
            guest("n-group", "n-group@fabrikam.com", &format!("{narrow}  groups: [Team]\n")),
        ];
        self.world.apply(&guests.join("\n---\n")).await.unwrap();
    }

    async fn things_happen(&mut self) {
        for (name, key) in [("ann", None), ("eva", None), ("own", None), ("pen", Some("resend"))] {
            let sent = |guest: &Value| guest["status"]["invitation"]["sent"] == 1 && state(guest) == "Invited";
            self.reach(name, "be mailed", sent).await;
            match key {
                Some(key) => self.ask(name, key).await,
                None => self.entra().redeem(TENANT, &format!("{name}@fabrikam.com"), None).unwrap(),
            }
        }
        self.reach_state("ann", "Accepted").await;
        // The new address is a contact's, as that of somebody who moved often is.
        self.reach_state("eva", "Accepted").await;
        changed(&self.world, "eva", json!({"spec": {"redeemAs": "eva@adatum.com"}})).await;
        self.ask("eva", "reset-redemption").await;
        self.reach_state("own", "Accepted").await;
        self.ask("own", "reset-redemption").await;

        let twice = |guest: &Value| guest["status"]["invitation"]["sent"] == 2;
        self.reach("pen", "have the resend on record", twice).await;
        self.reach_state("quiet", "Invited").await;
        self.reach_state("old", "Accepted").await;
        self.reach_state("old-p", "Invited").await;
        self.reach_state("card", "Invited").await;
        self.reach_state("rival", "Refused").await;
        self.reach_state("team", "Refused").await;

        let all_are = |guest: &Value, field: &str, wanted: &[&str]| {
            let relations = guest["status"][field].as_array().cloned().unwrap_or_default();
            relations.iter().map(|relation| relation["state"].as_str().unwrap_or_default()).eq(wanted.iter().copied())
        };
        let related = |guest: &Value| {
            all_are(guest, "groups", &["Added", "Added"])
                && all_are(guest, "sponsors", &["Added", "Added"])
                && condition(guest, "Ready").0 == "True"
        };
        self.reach("tia", "have groups, sponsors and properties", related).await;
        // Somebody takes them out of a group that is then declared no more.
        self.entra().remove_member(TENANT, "Readers", "tia@fabrikam.com").unwrap();
        changed(&self.world, "tia", json!({"spec": {"groups": ["Analysts"]}})).await;
        let one = |guest: &Value| all_are(guest, "groups", &["Added"]) && condition(guest, "Ready").0 == "True";
        self.reach("tia", "be in one group", one).await;
        let tia = self.entra().user(TENANT, "tia@fabrikam.com").unwrap();
        let company = tia.profile.get("companyName").and_then(Value::as_str).unwrap_or_default();
        self.check(company.trim() == "Fabrikam" && tia.related("sponsors").len() >= 2, || {
            format!("tia has become {tia:?}")
        });
        // The application itself takes one of the five places.
        let last = if self.is("service-principal-sponsors") { "Refused" } else { "Added" };
        let filled = |guest: &Value| all_are(guest, "sponsors", &["Added", "Added", "Added", "Added", last]);
        self.reach("full", "have the sponsors that there is room for", filled).await;

        let kept_out = self.is("restricted-invites-refuse-apps");
        self.reach_state("n-plain", if kept_out { "Refused" } else { "Invited" }).await;
        let no_member = kept_out || self.variants.member_needs_write_role;
        self.reach_state("n-member", if no_member { "Refused" } else { "Invited" }).await;
        self.reach_state("n-group", if kept_out { "Refused" } else { "Invited" }).await;
        if self.is("membership-needs-user-write") {
            let said = |guest: &Value| condition(guest, "Ready").2.contains("User.ReadWrite.All");
            self.reach("n-group", "be told which permission is missing", said).await;
        } else if !kept_out {
            self.reach("n-group", "be in the group", |guest| all_are(guest, "groups", &["Added"])).await;
        }

        let accepted = self.is("automatic-redemption-accepted");
        self.reach_state("auto", if accepted { "Accepted" } else { "Invited" }).await;
        let ends = match self.name {
            "automatic-redemption-accepted" => "Accepted",
            // Nothing tells whether they ever signed in, and they have nothing to accept.
            "automatic-redemption-unset" => "Invited",
            _ => "Expired",
        };
        self.reach_state("late", "Expired").await;
        self.reach_state("auto-late", ends).await;
    }

    /// Until here no listing showed anybody new, so that lost answers had to be asked for.
    async fn the_directory_catches_up(&mut self) {
        let asked = Instant::now() + SOON;
        while !self.asked("cut-acc@fabrikam.com") && Instant::now() < asked {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // The answer to the question is on record before the listing can help.
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.entra().update_settings(|settings| settings.lag.listing = Duration::ZERO);

        let settled = |guest: &Value| {
            let invitation = &guest["status"]["invitation"];
            invitation["attempt"].is_null() && invitation["sent"] == 1
        };
        for (name, wanted) in [("cut", "Invited"), ("cut-acc", "Accepted"), ("lost", "Invited")] {
            let holds = |guest: &Value| settled(guest) && state(guest) == wanted;
            self.reach(name, &format!("settle as {wanted}"), holds).await;
        }

        for (name, address) in [("eva", "eva@adatum.com"), ("own", "own@fabrikam.com")] {
            let reset = |guest: &Value| guest["status"]["lastHandled"]["resetRedemption"] == "1";
            self.reach(name, "be reset", reset).await;
            if !self.is("reset-leaves-the-state") {
                self.reach_state(name, "Invited").await;
            }
            if name == "own" {
                let deadline = Instant::now() + Duration::from_secs(10);
                while self.entra().own_mails(address).len() < 2 && Instant::now() < deadline {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
            self.entra().redeem(TENANT, address, None).unwrap();
            let accepted = |guest: &Value| {
                state(guest) == "Accepted" && guest["status"]["redemption"]["identityProvider"] == "Entra"
            };
            self.reach(name, "accept anew", accepted).await;
        }
    }

    /// Whether an invitation without a mail was asked for.
    fn asked(&self, address: &str) -> bool {
        self.entra().requests("createInvitation").iter().any(|post| {
            post.body
                .as_ref()
                .is_some_and(|body| body["invitedUserEmailAddress"] == address && body["sendInvitationMessage"] != true)
        })
    }

    async fn some_leave(&mut self) {
        for name in ["bye", "old", "old-p", "back", "hidden"] {
            self.world.delete(&named(name)).await.unwrap();
        }
        for name in ["bye", "old", "old-p", "back", "hidden"] {
            until_gone(&self.world, &named(name)).await;
        }
        let there = |address: &str| self.entra().user(TENANT, address).is_some();
        let (bye, late) = (there("bye@fabrikam.com"), there("late@fabrikam.com"));
        let automatic = there(&format!("auto-late@{AUTOMATIC}"));
        self.check(!bye && !late, || format!("deleted by policy: bye is there {bye}, late is there {late}"));
        let stays = ["automatic-redemption-unset", "automatic-redemption-accepted"].contains(&self.name);
        self.check(automatic == stays, || format!("auto-late is there: {automatic}"));

        let deleted: Vec<String> = self.entra().requests("deleteUser").into_iter().map(|delete| delete.path).collect();
        for id in self.theirs.clone() {
            let ours = deleted.iter().find(|path| path.ends_with(&id));
            self.check(ours.is_none(), || format!("a user whom we did not make was deleted: {id}"));
        }
    }

    fn count_mails(&mut self) {
        let silent = self.is("pending-repeat-is-silent");
        let automatic = |local: &str| format!("{local}@{AUTOMATIC}");
        let restricted = self.is("restricted-invites-refuse-apps");
        let narrow = |allowed: bool| usize::from(allowed && !restricted);
        let wanted = [
            ("ann@fabrikam.com".to_owned(), 1),
            ("pen@fabrikam.com".to_owned(), if silent { 1 } else { 2 }),
            ("quiet@fabrikam.com".to_owned(), 0),
            ("old@fabrikam.com".to_owned(), 0),
            ("old-p@fabrikam.com".to_owned(), 0),
            // Whom somebody else deleted is invited like anybody, and not restored.
            ("back@fabrikam.com".to_owned(), usize::from(!self.is("soft-deleted-is-refused"))),
            ("hidden@fabrikam.com".to_owned(), usize::from(!self.is("soft-deleted-is-refused"))),
            ("card@fabrikam.com".to_owned(), usize::from(!self.is("contact-clash-is-silent"))),
            ("tia@fabrikam.com".to_owned(), 1),
            ("full@fabrikam.com".to_owned(), 1),
            ("eva@fabrikam.com".to_owned(), 1),
            ("eva@adatum.com".to_owned(), 1),
            ("own@fabrikam.com".to_owned(), 2),
            ("late@fabrikam.com".to_owned(), 1),
            ("bye@fabrikam.com".to_owned(), 1),
            ("cut@fabrikam.com".to_owned(), 1),
            ("cut-acc@fabrikam.com".to_owned(), 1),
            // The question that finds out that nothing left makes the guest: then Graph mails them by no means at all.
            ("lost@fabrikam.com".to_owned(), usize::from(!silent)),
            (automatic("auto"), 1),
            (automatic("auto-late"), 1),
            ("rival@rivals.example".to_owned(), 0),
            ("team@fabrikam.com".to_owned(), 0),
            ("n-plain@fabrikam.com".to_owned(), narrow(true)),
            ("n-member@fabrikam.com".to_owned(), narrow(!self.variants.member_needs_write_role)),
            ("n-group@fabrikam.com".to_owned(), narrow(true)),
        ];
        for (address, wanted) in wanted {
            let mails = self.entra().mails(&address);
            self.check(mails.len() == wanted, || {
                let kinds: Vec<_> = mails.iter().map(|mail| mail.kind).collect();
                format!("{address} got {} mails and should have {wanted}: {kinds:?}", mails.len())
            });
        }
        for user in self.entra().users(TENANT) {
            let twins = self.entra().users(TENANT).iter().filter(|other| other.other_mails == user.other_mails).count();
            self.check(twins == 1 || user.other_mails.is_empty(), || format!("made twice: {user:?}"));
        }
    }

    /// Nothing but the sweeps goes on, at Graph and at the API server.
    async fn rest(&mut self) {
        let version = |guest: &Value| guest["metadata"]["resourceVersion"].clone();
        let names = ["ann", "pen", "quiet", "card", "tia", "full", "eva", "own", "late", "cut", "cut-acc", "lost"];
        let names: Vec<&str> = names.into_iter().chain(["auto", "auto-late", "rival", "team", "n-group"]).collect();
        let mut before = Vec::new();
        for name in &names {
            before.push(version(&self.world.get(&named(name)).await.unwrap()));
        }
        let seen = self.entra().journal().len();
        tokio::time::sleep(Duration::from_secs(4)).await;
        let journal = self.entra().journal();
        let mut calls: Vec<String> = Vec::new();
        for entry in &journal[seen..] {
            match entry {
                Entry::Request(request) if !request.in_batch && request.operation != "token" => {
                    calls.push(request.operation.clone());
                }
                Entry::Request(_) => {}
                Entry::Mail(mail) => self.wrong.push(format!("a mail at rest: {} {:?}", mail.to, mail.kind)),
            }
        }
        // Three sweeps of two directories, each of two pages at most, a listing of members, and a batch of users and one of sponsors.
        let of_sweeps = ["listUsers", "batch", "listMembers"];
        let quiet = calls.len() <= 30 && calls.iter().all(|call| of_sweeps.contains(&call.as_str()));
        self.check(quiet, || format!("no rest: {calls:?}"));
        for (name, before) in names.iter().zip(before) {
            let guest = self.world.get(&named(name)).await.unwrap();
            self.check(version(&guest) == before, || format!("{name} was written at rest: {}", guest["status"]));
        }
        let posts = self.entra().requests("createInvitation").len();
        self.check(posts <= 32, || format!("{posts} invitations were asked for"));
    }

    fn end(self) {
        let shown = self.wrong.join("\n");
        assert!(self.wrong.is_empty(), "under {}:\n{shown}\n{}", self.name, self.invitations());
    }

    /// Every POST and every mail, a line each.
    fn invitations(&self) -> String {
        let lines = self.entra().journal().into_iter().filter_map(|entry| match entry {
            Entry::Request(post) if post.operation == "createInvitation" => {
                let body = post.body.unwrap_or_default();
                let (to, mails) = (&body["invitedUserEmailAddress"], &body["sendInvitationMessage"]);
                Some(format!(
                    "{} POST {to} mails {mails} reset {}: {:?}",
                    post.seq, body["resetRedemption"], post.outcome
                ))
            }
            Entry::Request(request) if ["deleteUser", "restoreDeletedItem"].contains(&request.operation.as_str()) => {
                Some(format!("{} {} {}: {:?}", request.seq, request.operation, request.path, request.outcome))
            }
            Entry::Request(_) => None,
            Entry::Mail(mail) => Some(format!("{} mail to {} {:?}", mail.seq, mail.to, mail.kind)),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    async fn ask(&self, name: &str, key: &str) {
        let annotations = json!({ format!("guestlist.dev/{key}"): "1" });
        changed(&self.world, name, json!({"metadata": {"annotations": annotations}})).await;
    }
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
