//! Any wish, any record and any directory.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use explorer::api::*;
use explorer::plan::*;
use explorer::policy::Permission;

use super::directory::person;
use super::world::SettlingWorld;

pub fn any_world(rng: &mut Rng) -> SettlingWorld {
    let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    let ago = |seconds: u64| now.checked_sub(Duration::from_secs(seconds)).unwrap();
    let mut person = Some(person("user", ago(rng.u64(0..90_000)))).filter(|_| rng.u8(..) < 200);
    if let Some(person) = &mut person {
        person.deleted = rng.u8(..) < 50;
        person.user.enabled = rng.u8(..) > 30;
        person.user.is_guest = rng.u8(..) > 20;
        if rng.bool() {
            person.user.external_state = Some("Accepted".into());
            person.user.identity_provider = "Entra".into();
        }
        person.relations = PerRelation::of(|_| some(rng, &["a", "b"]));
    }
    let record = any_record(rng, now);
    SettlingWorld {
        desired: any_wanted(rng, now),
        permission: Permission::Granted,
        person,
        now,
        standing: any_standing(rng, &record),
        record,
        mails: 0,
        deletions: 0,
        disabled: 0,
        changed: 0,
        elsewhere: rng.u8(..) < 20,
        successor: rng.u8(..) < 60,
        barred: rng.u8(..) < 40,
        demanded: Demanded { offboarding: rng.u8(..) < 60, end: rng.u8(..) < 60 },
        handed_on: 0,
    }
}

/// Whose the person may be for a claim with this record: the owner's own, or of a claim that has less anybody's.
fn any_standing(rng: &mut Rng, record: &Record) -> Standing {
    let mine = record.bond == Bond::Owns || (record.guest.is_none() && record.invitation.attempt.is_none());
    match rng.u8(..) {
        _ if mine => Standing::Ours,
        0..60 => Standing::Ours,
        60..180 => Standing::Found,
        180..230 => Standing::Taken { holder: None },
        _ => Standing::Unknown,
    }
}

fn any_wanted(rng: &mut Rng, now: Timestamp) -> Desired {
    let maybe = |rng: &mut Rng| rng.u8(..) < 80;
    let word = |rng: &mut Rng| Some(["1", "2"][rng.usize(..2)].to_owned());
    let mut desired = Desired::new(Address::new("guest@example.com"));
    desired.existing = [Existing::Refuse, Existing::Follow, Existing::Manage, Existing::Own][rng.usize(..4)];
    desired.delivery = [Delivery::Microsoft, Delivery::Mail, Delivery::None][rng.usize(..3)];
    desired.delivery_by_name = rng.bool();
    desired.suspended = rng.u8(..) < 20;
    desired.deleting = maybe(rng).then_some(now);
    desired.finalizer = desired.deleting.is_some() || rng.bool();
    desired.observe = rng.u8(..) < 40;
    desired.requests.resend = word(rng).filter(|_| rng.bool());
    desired.requests.reset_redemption = word(rng).filter(|_| rng.bool());
    desired.requests.reconcile = word(rng).filter(|_| rng.bool());
    desired.reminders = maybe(rng).then(|| Remind { after: Duration::from_secs(3600), limit: rng.u32(1..4) });
    desired.expires_after = maybe(rng).then(|| Duration::from_secs(rng.u64(60..200_000)));
    let until = now.checked_add(Duration::from_secs(rng.u64(0..9_000))).unwrap();
    desired.access_until = maybe(rng).then_some(if rng.bool() { until } else { Timestamp::UNIX_EPOCH });
    desired.policy = [DeletionPolicy::Retain, DeletionPolicy::Disable, DeletionPolicy::Delete][rng.usize(..3)];
    desired.relations = PerRelation::of(|_| some(rng, &["a", "b", "c"]));
    desired.properties =
        some(rng, &["displayName", "department"]).into_iter().map(|name| (name, "value".into())).collect();
    desired.redeem_as = Address::new(if maybe(rng) { "moved@example.com" } else { "guest@example.com" });
    desired.link_secret = maybe(rng).then(|| "link".into());
    desired
}

fn any_record(rng: &mut Rng, now: Timestamp) -> Record {
    let maybe = |rng: &mut Rng| rng.u8(..) < 80;
    let ago = |seconds: u64| now.checked_sub(Duration::from_secs(seconds)).unwrap();
    let mut record = Record::default();
    if rng.bool() {
        record.bond = [Bond::Owns, Bond::Owns, Bond::Owns, Bond::Follows, Bond::None][rng.usize(..5)];
        let origin = if rng.bool() { Origin::Invited } else { Origin::Adopted };
        let invited_at = (origin == Origin::Invited && maybe(rng)).then(|| ago(rng.u64(0..90_000)));
        record.guest = Some(GuestUser { invited_at, ..GuestUser::new("user".into(), origin) });
        record.invitation.sent = rng.u32(..3);
        record.redemption = maybe(rng).then_some(Redemption { state: None, changed_at: None, identity_provider: None });
        use RelationState::{Added, Adding, Present, Refused, Removed, Removing};
        let states = [Adding, Added, Present, Refused, Removed, Removing];
        let relation = |rng: &mut Rng, name: String| {
            let state = states[rng.usize(..6)];
            let begun_at = maybe(rng).then(|| ago(rng.u64(0..300)));
            Relation { id: Some(name.clone()), name, state, begun_at, refusal: None }
        };
        record.relations =
            PerRelation::of(|_| some(rng, &["a", "b", "d"]).into_iter().map(|name| relation(rng, name)).collect());
        record.profile = some(rng, &["department", "displayName"]);
        let change = |rng: &mut Rng| ProfileChange { begun_at: ago(rng.u64(0..300)), open: rng.bool() };
        record.profile_change = maybe(rng).then(|| change(rng));
        let how = [HowEnded::Retained, HowEnded::Disabled, HowEnded::Deleted][rng.usize(..3)];
        let ending = (rng.u8(..) < 30).then_some(how).filter(|how| *how != HowEnded::Retained);
        record.ending = ending.map(|how| Ending { how, since: ago(rng.u64(0..300)) });
        record.brought_back_at = (rng.u8(..) < 30).then(|| ago(rng.u64(0..300)));
        record.ended = (rng.u8(..) < 50).then(|| Ended { reason: Reason::Expired, at: ago(60), how });
        record.invitation.redeem_url_secret = maybe(rng).then(|| "link".into());
        record.link_digest = maybe(rng).then(|| "digest".into());
    }
    record.invitation.last_sent_at = (record.invitation.sent > 0).then(|| ago(rng.u64(0..90_000)));
    if maybe(rng) && record.bond != Bond::Follows {
        record.bond = Bond::Owns;
        let known = record.guest.is_some();
        let kinds =
            [AttemptKind::Resend, AttemptKind::Reminder, AttemptKind::Reset, AttemptKind::Invite, AttemptKind::Add];
        let kind = if known { kinds[rng.usize(..3)] } else { kinds[rng.usize(3..5)] };
        record.invitation.attempt = Some(Attempt {
            id: "old".into(),
            kind,
            started_at: ago(rng.u64(0..900)),
            claim: String::new(),
            generation: 1,
            deleted_before: Vec::new(),
            asked_at: (kind == AttemptKind::Invite && maybe(rng)).then(|| ago(1)),
            answer: None,
            answered_at: None,
            requested: maybe(rng).then(|| "1".into()),
        });
    }
    record
}

fn some(rng: &mut Rng, of: &[&str]) -> Vec<String> {
    of.iter().filter(|_| rng.u8(..) < 90).map(|name| (*name).to_owned()).collect()
}
