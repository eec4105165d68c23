//! From any spec that the API server might take, any record of a Guest that another version might have written, and anything that may
//! have been seen, to one step: it is always there, and some steps are never taken.

use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::Value;

use super::breaks::{names, spoil, wild};
use super::choices::Choices;
use super::generate::valid;
use crate::api::{
    self, AttemptKind, Defaults, Explanation, FINALIZER, GuestInvitation, GuestInvitationSpec, GuestInvitationStatus,
    GuestRecord, Owner, PerRelation, Reason, RelationKind, RelationState,
};
use crate::controller::asked_for;
use crate::plan::{
    Answer, Bond, Changes, ClaimKey, Decision, Demanded, DirectoryUser, GraphClock, KeptLink, Look, Observed, Outcome,
    Post, Record, Refused, Rewritten, SendAt, Standing, Step, Task, Tenant, Ticket, Timing, UserView, plan as decide,
    verdict,
};
use crate::policy::Permission;
use crate::store::KnownClaim;

struct Schemas {
    spec: Value,
    status: Value,
    record: Value,
    defaults: Value,
    names: Vec<String>,
}

fn schemas() -> &'static Schemas {
    static SCHEMAS: OnceLock<Schemas> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let crds = api::crds();
        let of = |kind: &str| {
            let crd = crds.iter().find(|crd| crd.spec.names.kind == kind).unwrap();
            serde_json::to_value(crd).unwrap()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"].clone()
        };
        let (guest, tenant) = (of("GuestInvitation"), of("EntraTenant"));
        Schemas {
            names: [&guest["spec"], &guest["status"], &of("GuestRecord")["record"]]
                .into_iter()
                .flat_map(names)
                .collect(),
            record: of("GuestRecord")["record"].clone(),
            spec: guest["spec"].clone(),
            status: guest["status"].clone(),
            defaults: tenant["spec"]["properties"]["defaults"].clone(),
        }
    })
}

/// One decision.
pub fn plan(data: &[u8]) {
    let choices = &mut Choices::of(data);
    let Some(guest) = guest(choices) else { return };
    let defaults = valid(&schemas().defaults, "defaults", choices);
    let defaults: Defaults = serde_json::from_value(defaults).unwrap();
    let desired = asked_for(&KnownClaim::of(&guest), &defaults, choices.one_in(8));
    let record = record(choices);
    let now = time(choices);
    let observed = observed(choices, &record, now);
    let timing = Timing::settling_in(Duration::from_secs([300, 5, 86_400][choices.below(3)]));
    let decision = Decision { desired: &desired, record: &record, observed: &observed, now, timing: &timing };
    check(decision, &decide(decision));
}

/// A guest whose spec and status may be anything that can be read.
fn guest(choices: &mut Choices<'_>) -> Option<GuestInvitation> {
    let Schemas { spec, status, .. } = schemas();
    let (spec, sound) = made(spec, "spec", choices);
    let spec = serde_json::from_value::<GuestInvitationSpec>(spec.clone());
    assert!(!sound || spec.is_ok(), "a spec that the schema takes cannot be read: {spec:?}");
    let (status, sound) = if choices.one_in(4) { (Value::Null, true) } else { made(status, "status", choices) };
    let status = serde_json::from_value::<Option<GuestInvitationStatus>>(status);
    assert!(!sound || status.is_ok(), "a status that the schema takes cannot be read: {status:?}");
    let mut guest = GuestInvitation::new("bob", spec.ok()?);
    guest.status = status.ok()?;
    guest.metadata.generation = choices.one_in(8).then_some(i64::MAX).or(Some(1 + choices.below(3) as i64));
    guest.metadata.creation_timestamp = choices.one_in(2).then(|| Time(time(choices)));
    guest.metadata.deletion_timestamp = choices.one_in(6).then(|| Time(time(choices)));
    guest.metadata.finalizers = choices.one_in(2).then(|| vec![FINALIZER.to_owned()]);
    for name in [api::RESEND, api::RESET_REDEMPTION, api::RECONCILE] {
        if choices.one_in(4) {
            guest.metadata.annotations.get_or_insert_default().insert(name.into(), choices.below(3).to_string());
        }
    }
    Some(guest)
}

/// Something that the schema takes, and whether nothing of it was spoilt.
fn made(schema: &Value, name: &str, choices: &mut Choices<'_>) -> (Value, bool) {
    let names = &schemas().names;
    let mut made = valid(schema, name, choices);
    let twisted = match choices.below(8) {
        0 => Some(wild(names, choices, 0)),
        1 | 2 => {
            spoil(names, &mut made, choices);
            None
        }
        _ => return (made, true),
    };
    (twisted.unwrap_or(made), false)
}

/// What a Guest whose record may be anything that can be read holds for our claim: it owns, it follows, or it has nothing.
fn record(choices: &mut Choices<'_>) -> Record {
    let key = ClaimKey { namespace: "team".into(), name: "bob".into(), uid: "uid".into() };
    let (record, sound) = made(&schemas().record, "record", choices);
    let record = serde_json::from_value::<Option<GuestRecord>>(record);
    assert!(!sound || record.is_ok(), "a record that the schema takes cannot be read: {record:?}");
    let Ok(Some(mut record)) = record else { return Record::default() };
    let (namespace, name, uid) = (key.namespace.clone(), key.name.clone(), Some(key.uid.clone()));
    if choices.below(3) > 0 {
        let ends = record.owner.take().map(|owner| owner.ends).unwrap_or_default();
        record.owner = Some(Owner { namespace: namespace.clone(), name: name.clone(), uid: uid.clone(), ends });
        record.made_in = Some(namespace.clone());
    }
    if choices.below(3) > 0
        && let Some(claim) = record.claims.first_mut()
    {
        (claim.namespace, claim.name, claim.uid) = (namespace, name, uid);
    }
    Record::of(&record, &key)
}

fn time(choices: &mut Choices<'_>) -> Timestamp {
    const TIMES: [&str; 7] = [
        "2026-11-22T10:00:00Z",
        "2026-11-22T10:00:30Z",
        "2026-11-22T11:00:00Z",
        "2020-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9999-12-30T21:59:59Z",
        "-009999-01-02T01:59:59Z",
    ];
    choices.pick(&TIMES).parse().unwrap()
}

fn look(choices: &mut Choices<'_>, now: Timestamp) -> Look {
    let taken_at = if choices.one_in(3) { time(choices) } else { now };
    let graph_time = time(choices);
    let users: Vec<_> = (0..choices.below(3)).map(|n| user(choices, ["user", "other"][n])).collect();
    // The deleted are always read where nobody has the address.
    let read = users.is_empty() || choices.one_in(2);
    let deleted = read.then(|| (0..choices.below(2)).map(|_| "deleted".into()).collect());
    Look { taken_at, graph_time, users, deleted }
}

fn user(choices: &mut Choices<'_>, id: &str) -> DirectoryUser {
    DirectoryUser {
        user_principal_name: choices.one_in(2).then(|| "bob#EXT#@contoso.example".into()),
        created_at: choices.one_in(2).then(|| time(choices)),
        is_guest: !choices.one_in(4),
        enabled: !choices.one_in(4),
        external_state: [None, Some("PendingAcceptance"), Some("Accepted"), Some("Odd")][choices.below(4)]
            .map(Into::into),
        external_state_since: choices.one_in(2).then(|| time(choices)),
        identity_provider: (*choices.pick(&["Unknown", "Entra", "EmailOneTimePasscode"])).into(),
        addresses: (0..choices.below(2)).map(|_| "bob@fabrikam.com".into()).collect(),
        properties: (0..choices.below(2)).map(|_| ("city".into(), "Delft".into())).collect(),
        ..DirectoryUser::new(id.to_owned())
    }
}

fn observed(choices: &mut Choices<'_>, record: &Record, now: Timestamp) -> Observed {
    let id = record.guest.as_ref().map_or("user", |guest| guest.id.as_str()).to_owned();
    let open = record.invitation.attempt.as_ref();
    let own = |choices: &mut Choices<'_>| {
        open.filter(|_| !choices.one_in(4)).map_or_else(|| "other".into(), |open| open.id.clone())
    };
    let message = || "Because of that.".to_owned();
    let send_at = |choices: &mut Choices<'_>| match choices.below(5) {
        0 => SendAt::Unqueued,
        1 => SendAt::Not(time(choices)),
        2 => SendAt::Blocked,
        _ => SendAt::Now,
    };
    Observed {
        tenant: match choices.below(6) {
            0 => Tenant::Missing { message: message() },
            1 => Tenant::Unready(Explanation::new(*choices.pick(Reason::ALL), message())),
            _ => Tenant::Ready { send_at: send_at(choices) },
        },
        permission: match choices.below(8) {
            0 => Permission::Awaited { message: message() },
            1 => Permission::Refused(Explanation::new(Reason::NotAllowed, message())),
            2 => Permission::Unknown { message: message() },
            _ => Permission::Granted,
        },
        standing: match choices.below(12) {
            0 => Standing::Taken { holder: choices.one_in(2).then(|| "team/other".into()) },
            1 => Standing::Unknown,
            2 => Standing::Found,
            3 => Standing::Shared { vacant: choices.one_in(2) },
            _ => Standing::Ours,
        },
        elsewhere: (0..choices.below(2) * choices.below(2)).map(|_| ("user".into(), "the Guest x".into())).collect(),
        barred: (0..choices.below(2) * choices.below(2))
            .map(|_| ("user".into(), Explanation::new(Reason::NotAllowed, message())))
            .collect(),
        demanded: Demanded { offboarding: choices.one_in(4), end: choices.one_in(4) },
        held: choices.one_in(8).then_some(Reason::HeldByPlatform),
        new_id: "new".into(),
        ticket: choices
            .one_in(2)
            .then(|| Ticket { attempt: own(choices), decided_at: if choices.one_in(3) { time(choices) } else { now } }),
        look: choices.one_in(2).then(|| look(choices, now)),
        user: match choices.below(4) {
            0 => UserView::Unknown,
            1 => UserView::Missing,
            _ => UserView::Found(user(choices, &id)),
        },
        graph_clock: GraphClock::ahead_by(jiff::SignedDuration::from_secs([0, 600, -7200][choices.below(3)])),
        user_read_at: choices.one_in(2).then(|| time(choices)),
        patched: (0..choices.below(2)).map(|_| ("city".into(), Some("Delft".into()))).collect(),
        rewritten: {
            let city = Changes::from([("city".into(), Some("Delft".into()))]);
            (0..choices.below(5)).fold(None, |before, _| Some(Rewritten::note(before, &city, now)))
        },
        successor: choices.one_in(4),
        shared: PerRelation::of(|_| Vec::new()),
        removing: PerRelation::of(|_| Vec::new()),
        lost: PerRelation::of(|_| if choices.one_in(6) { vec!["group".to_owned()] } else { Vec::new() }),
        ends_stopped: choices.one_in(8).then(|| Explanation::new(Reason::TooManyEnds, message())),
        no_link_kept: choices.one_in(2),
        mail_trouble: choices.one_in(6).then(|| Explanation::new(Reason::MailServerBusy, message())),
        answer: choices.one_in(4).then(|| (post(choices, own(&mut Choices::of(&[]))), answer(choices))),
        done: choices.one_in(4).then(|| done(choices, record)),
    }
}

fn post(choices: &mut Choices<'_>, attempt: String) -> Post {
    const KINDS: [AttemptKind; 5] =
        [AttemptKind::Invite, AttemptKind::Add, AttemptKind::Resend, AttemptKind::Reminder, AttemptKind::Reset];
    match choices.below(3) {
        0 => Post::Ask { attempt },
        _ => Post::Send { attempt, kind: *choices.pick(&KINDS) },
    }
}

fn answer(choices: &mut Choices<'_>) -> Answer {
    match choices.below(6) {
        0 => Answer::Done {
            invitation: "invitation".into(),
            user: (*choices.pick(&["user", "other", ""])).into(),
            graph_time: time(choices),
            kept: kept(choices),
        },
        1 => Answer::Mailed { at: time(choices) },
        2 => Answer::LinkLost,
        3 => Answer::Refused(refused(choices)),
        4 => Answer::NotSent,
        _ => Answer::Lost,
    }
}

fn kept(choices: &mut Choices<'_>) -> KeptLink {
    let mut maybe = |text: &str| choices.one_in(2).then(|| text.to_owned());
    KeptLink { digest: maybe("digest"), copy: maybe("link") }
}

fn refused(choices: &mut Choices<'_>) -> Refused {
    let retry_after = Duration::from_secs([30, 0, u64::from(u32::MAX), u64::MAX][choices.below(4)]);
    Refused { explanation: Explanation::new(Reason::RefusedByGraph, "Microsoft Graph said no."), retry_after }
}

fn done(choices: &mut Choices<'_>, record: &Record) -> (Task, Outcome) {
    let kind = *choices.pick(&RelationKind::ALL);
    let relations = record.relations[kind].clone();
    let names = relations.iter().map(|relation| relation.name.clone()).collect();
    let user = || "user".to_owned();
    let task = match choices.below(9) {
        0 => Task::FindRelated { kind, user: user(), names },
        1 => Task::AddRelations { kind, user: user(), relations: relations.clone() },
        2 => Task::RemoveRelations { kind, user: user(), relations: relations.clone() },
        3 => Task::Update { user: user(), changes: Default::default() },
        4 => Task::Enable { user: user(), enabled: choices.below(2) == 0 },
        5 => Task::Delete(user()),
        6 => Task::Restore(user()),
        7 => Task::KeepLink { from: None, to: "link".into() },
        _ => Task::Link { user: user() },
    };
    let outcome = match choices.below(6) {
        0 => Outcome::Done,
        1 => Outcome::Gone,
        2 => Outcome::Refused(refused(choices)),
        3 => {
            let added = |relation| api::Relation { state: RelationState::Added, ..relation };
            Outcome::Relations(relations.into_iter().map(added).collect())
        }
        4 => Outcome::Copied("link".into()),
        _ => Outcome::Linked(kept(choices)),
    };
    (task, outcome)
}

/// What is true of every step, whatever came.
fn check(decision: Decision<'_>, step: &Step) {
    let Decision { desired, record, observed, now, timing } = decision;
    let open = record.invitation.attempt.as_ref();
    let ready = matches!(&observed.tenant, Tenant::Ready { .. });
    let taken = matches!(observed.standing, Standing::Taken { .. } | Standing::Unknown) || observed.held.is_some();
    let may_send = !desired.suspended
        && desired.deleting.is_none()
        && !desired.observe
        && observed.permission == Permission::Granted
        && matches!(&observed.tenant, Tenant::Ready { send_at: SendAt::Now });
    // A rule may demand an end that `suspend` would put off.
    let suspended = desired.suspended;
    let offboarding = desired.deleting.is_some() && observed.demanded.offboarding;
    let demanded = record.bond == Bond::Owns && (observed.demanded.end || offboarding);
    let case = || format!("{step:?}\nfor {desired:?}\n{record:?}\n{observed:?}\nat {now}");
    match step {
        Step::Post(Post::Send { attempt, kind }) => {
            assert!(may_send, "sent though it may not be: {}", case());
            assert!(
                open.is_some_and(|open| open.id == *attempt && open.kind == *kind && open.asked_at.is_none()),
                "{}",
                case()
            );
            let age = observed
                .ticket
                .as_ref()
                .filter(|ticket| ticket.attempt == *attempt)
                .map(|ticket| now.duration_since(ticket.decided_at));
            let fresh = age.is_some_and(|age| !age.is_negative() && age.unsigned_abs() < timing.freshness);
            assert!(fresh, "sent without a fresh ticket: {}", case());
            assert!(!taken && may_mail(record.bond, *kind), "the person is not ours: {}", case());
            let resent =
                matches!(kind, AttemptKind::Resend | AttemptKind::Reminder) && record.invitation.reset_at.is_none();
            let accepted = matches!(&observed.user, UserView::Found(user) if user.has_accepted());
            assert!(!resent || !accepted, "mailed to a guest who has accepted: {}", case());
        }
        Step::Post(Post::Ask { attempt }) => {
            assert!(may_send, "asked though it may not be: {}", case());
            assert!(open.is_some_and(|open| open.id == *attempt && open.asked_at.is_some()), "{}", case());
        }
        Step::Write { record: next, ticket: Some(_), .. } => intent(decision, next, may_send, &case),
        Step::Write { record: next, ticket: None, .. } => {
            let sent = next.invitation.sent;
            let anew = next.guest.is_none() && sent == 0;
            assert!(
                anew || sent == record.invitation.sent
                    || record.invitation.sent.checked_add(1).is_none_or(|one| sent == one),
                "{}",
                case()
            );
            // Who did not write an attempt has no right to act on it: a new one stands for another's send only.
            let new = next.invitation.attempt.as_ref().filter(|next| open.is_none_or(|open| open.id != next.id));
            assert!(new.is_none(), "an intent without a right to act on it: {}", case());
            let found = record.guest.as_ref().is_some_and(|guest| guest.origin == api::Origin::Adopted);
            let manages = !found || desired.existing >= api::Existing::Manage;
            let ends = next.ending.is_some() && record.ending.is_none();
            assert!(!ends || (manages && record.bond == Bond::Owns), "an end that nobody may declare: {}", case());
        }
        Step::Do(task) => {
            assert!(!desired.observe || task.would().is_none(), "done though only to be observed: {}", case());
            let ends = task.ended_user().is_some();
            let fresh = |since: Option<Timestamp>| since.is_some_and(|since| decision.timing.is_fresh(since, now));
            let ending = record.ending.map(|ending| ending.since);
            assert!(!ends || fresh(ending), "ended without the intent: {}", case());
            let back = task.brings_back();
            assert!(!back || fresh(record.brought_back_at), "brought back without the intent: {}", case());
            let added = match task {
                Task::AddRelations { relations, .. } => relations.iter().all(|relation| fresh(relation.begun_at)),
                _ => true,
            };
            assert!(added, "added without the intent: {}", case());
            let sets = |changes: &Changes| changes.values().any(Option::is_some);
            let set = matches!(task, Task::Update { changes, .. } if sets(changes));
            let changing = record.profile_change.map(|change| change.begun_at);
            assert!(!set || fresh(changing), "set without the intent: {}", case());
            let only_released = *task == Task::Bind(false);
            let takes = matches!(task, Task::RemoveRelations { .. }) || ends;
            assert!(only_released || !suspended || (demanded && takes), "done though suspended: {}", case());
            assert!(only_released || ready, "done without a tenant: {}", case());
        }
        Step::Queue | Step::Look | Step::LookAmongDeleted | Step::Fetch(_) => {
            assert!(ready && (desired.deleting.is_some() || !suspended || demanded), "{}", case())
        }
        Step::Rest { .. } => {}
    }
    let (Step::Write { why, .. } | Step::Rest { why, .. }) = step else { return };
    let after = if let Step::Write { record, .. } = step { record } else { record };
    let said = verdict(desired, after, why);
    let truth = |kind: &str| said.claims.iter().find(|claim| claim.kind == kind).map(|claim| claim.status);
    use api::conditions::{READY, RECONCILING, STALLED, Truth};
    let (reconciling, stalled) = (truth(RECONCILING), truth(STALLED));
    assert!(truth(READY).is_some() && (reconciling.is_none() || stalled.is_none()), "{}", case());
    assert!(truth(READY) != Some(Truth::True) || (reconciling.is_none() && stalled.is_none()), "{}", case());
    assert!(truth(READY) != Some(Truth::Unknown) || reconciling == Some(Truth::True), "{}", case());
}

/// Whether a claim with this bond may mail the person so: whoever shares them may ask for one more mail.
fn may_mail(bond: Bond, kind: AttemptKind) -> bool {
    bond == Bond::Owns || (bond == Bond::Shares && kind == AttemptKind::Resend)
}

/// A new intent to send.
fn intent(decision: Decision<'_>, next: &Record, may_send: bool, case: &dyn Fn() -> String) {
    let Decision { desired, record, observed, .. } = decision;
    assert!(may_send, "to be sent though it may not be: {}", case());
    let taken = matches!(observed.standing, Standing::Taken { .. } | Standing::Unknown) || observed.held.is_some();
    let kind = next.invitation.attempt.as_ref().map(|attempt| attempt.kind).unwrap();
    assert!(!taken && may_mail(next.bond, kind), "the person is not ours: {}", case());
    assert!(record.invitation.attempt.is_none(), "an open attempt is left behind: {}", case());
    assert!(desired.problem.is_none(), "{}", case());
    if matches!(kind, AttemptKind::Invite | AttemptKind::Add) {
        let alone = observed.look.as_ref().is_some_and(|look| look.users.is_empty() && look.deleted.is_some());
        // Whoever is gone stays on record until somebody takes the address.
        let deleted = record.ended.as_ref().is_some_and(api::Ended::is_deletion);
        let gone =
            record.bond == Bond::None && (deleted || observed.user == UserView::Missing && observed.user_is_live());
        assert!((record.guest.is_none() || gone) && alone, "invited without having looked: {}", case());
        return;
    }
    let UserView::Found(user) = &observed.user else { panic!("mailed unseen: {}", case()) };
    assert!(observed.user_is_live(), "mailed on an old view: {}", case());
    let reset = kind == AttemptKind::Reset || record.invitation.reset_at.is_some();
    assert!(reset || !user.has_accepted(), "mailed to a guest who has accepted: {}", case());
    assert!(kind == AttemptKind::Reset || user.enabled, "mailed to a disabled account: {}", case());
}
