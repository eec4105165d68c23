//! The probe under every Graph that its questions tell apart: what it prints is how the simulator is turned, and afterwards
//! the directory is as it was.

use std::collections::BTreeSet;
use std::time::Duration;

use entra_simulator::{AllowInvitesFrom, Lag, Settings, Variants};
use futures::{StreamExt, stream};
use guestlist::cli::check::probe::Switch;
use serde_json::Value;

use crate::bench::{Bench, GUEST, answers, open, plane, turned};

/// So many probes at a time: they mostly wait.
const AT_ONCE: usize = 6;

#[test]
fn the_simulator_knows_every_switch_that_the_probe_can_print() {
    let known: BTreeSet<&str> = Variants::all().into_iter().map(|(name, _)| name).collect();
    let printed: BTreeSet<&str> = Switch::ALL.into_iter().map(Switch::name).collect();
    assert_eq!(printed.len(), Switch::ALL.len(), "each name once");
    assert_eq!(printed.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
}

fn variant(name: &str) -> Variants {
    Variants::turned([name]).unwrap()
}

/// Some switches show only with a lag or a policy that brings them out.
fn brought_out(name: &str, settings: &mut Settings) {
    settings.variants = variant(name);
    let seconds = |n: u64| Duration::from_secs(n);
    match name {
        "reset-shows-after-lag" => {
            settings.lag = Lag { listing: seconds(5), reset_state: Duration::from_millis(1500), ..Lag::default() };
        }
        "reset-shows-with-listing" => settings.lag.listing = seconds(3),
        "restricted-invites-refuse-apps" => {
            settings.policy.allow_invites_from = AllowInvitesFrom::AdminsAndGuestInviters;
        }
        _ => {}
    }
}

/// The letter whose question tells the switch apart.
fn letter(switch: Switch) -> Option<&'static str> {
    Some(match switch {
        Switch::Default | Switch::UserNeverAppears => return None,
        Switch::PendingRepeatIsSilent | Switch::OldTicketsAreDead => "a",
        Switch::AcceptedRepeatIsSilent | Switch::AcceptedRepeatIsRefused => "b",
        Switch::SoftDeletedIsRestored | Switch::SoftDeletedIsRefused => "c",
        Switch::RestrictedInvitesRefuseApps => "d",
        Switch::DeltaTracksTheState | Switch::DeltaRefusesTheState => "e",
        Switch::OrNeedsAdvanced => "f",
        Switch::SponsorsByBind | Switch::SponsorsRefused => "g",
        Switch::ServicePrincipalSponsors => "h",
        Switch::AutomaticRedemptionUnset | Switch::AutomaticRedemptionAccepted => "i",
        Switch::RefusalsForbidden => "j",
        Switch::ResetShowsAfterLag | Switch::ResetShowsWithListing | Switch::ResetLeavesTheState => "k",
        Switch::AppPurgeRefused => "l",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_switch_that_is_printed_is_the_one_that_is_turned() {
    let world = plane().await;
    let told = Switch::ALL.into_iter().filter(|switch| letter(*switch).is_some() || *switch == Switch::Default);
    let world = &world;
    stream::iter(told)
        .for_each_concurrent(AT_ONCE, |switch| async move {
            let name = switch.name();
            let bench = Bench::new(world, name, |settings| brought_out(name, settings)).await;
            let wait = if name.starts_with("reset-shows") { "10s" } else { "3s" };
            // Where applications may not invite at all, there is only one question.
            let only = if bench.restricted() { "d" } else { "a,b,c,d,e,f,g,h,i,j,k,l" };
            let ended = bench.probe(&["--wait", wait, "--only", only]).await;
            let expected = letter(switch).map(|letter| (letter.to_owned(), name.to_owned()));
            assert_eq!(turned(&ended), expected.into_iter().collect(), "{name}: {ended:?}");
            let unsettled: &[&str] = if bench.restricted() { &[] } else { &["d"] };
            assert_eq!(
                open(&ended),
                unsettled.iter().map(|letter| (*letter).to_owned()).collect(),
                "{name}: {ended:?}"
            );
            let printed: Value = serde_json::from_str(&ended.out).unwrap();
            let left = printed["left"].as_array().unwrap();
            match switch {
                Switch::AppPurgeRefused => {
                    assert!(!left.is_empty() && left.iter().all(|left| left.to_string().contains("Deleted users")));
                    assert_eq!(ended.code, Some(1), "something is left to do by hand");
                }
                _ => {
                    assert_eq!(left, &Vec::<Value>::new(), "{name}");
                    bench.deleted_for_good();
                    assert_eq!(ended.code, Some(0), "{name}: {ended:?}");
                }
            }
            let invited = bench.sim.count("createInvitation");
            assert!(invited <= 11, "{name}: {invited} invitations");
            assert!(bench.sim.mails(GUEST).len() <= 3, "{name}");
            bench.left_as_it_was();
            println!("{name}: told, in {invited} invitations and {} mails", bench.sim.mails(GUEST).len());
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_runs_behind_is_no_other_directory() {
    let world = plane().await;
    let second = Duration::from_secs(1);
    let slow = |settings: &mut Settings| {
        settings.lag = Lag {
            listing: 2 * second,
            read_after_create: second,
            write_after_create: 2 * second,
            delta: second,
            ..Lag::default()
        };
    };
    let bench = Bench::new(&world, "slow", slow).await;
    let ended = bench.probe(&["--wait", "8s"]).await;
    assert_eq!(turned(&ended), BTreeSet::new(), "{ended:?}");
    assert_eq!(open(&ended), BTreeSet::from(["d".to_owned()]), "{ended:?}");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    bench.left_as_it_was();
}

#[tokio::test(flavor = "multi_thread")]
async fn restricted_settings_are_told_by_the_first_invitation() {
    let world = plane().await;
    let restrict = |settings: &mut Settings| {
        settings.policy.allow_invites_from = AllowInvitesFrom::AdminsAndGuestInviters;
    };
    let bench = Bench::new(&world, "restricted", restrict).await;
    let ended = bench.probe(&["--wait", "3s", "--only", "d"]).await;
    let answers = answers(&ended);
    assert_eq!((answers.len(), &answers[0]["switch"]), (1, &"default".into()), "{ended:?}");
    assert_eq!(bench.mailed(), BTreeSet::new(), "nobody has to be mailed for that");
    assert_eq!(bench.sim.count("createInvitation"), 1);
    bench.left_as_it_was();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_never_shows_is_told_beside_the_questions() {
    let world = plane().await;
    let bench = Bench::new(&world, "nobody", |settings| settings.variants = variant("user-never-appears")).await;
    let ended = bench.probe(&["--wait", "2s"]).await;
    let printed: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(printed["beside"][0]["switch"], "user-never-appears", "{ended:?}");
    assert_eq!(turned(&ended), BTreeSet::new(), "{ended:?}");
    assert!(open(&ended).is_superset(&["a", "b", "c", "e", "h", "k", "l"].map(str::to_owned).into()), "{ended:?}");
    assert_eq!(ended.code, Some(1), "whoever never showed has to be looked for once more");
    bench.left_as_it_was();
}
