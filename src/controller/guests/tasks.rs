//! Work on a user whom the directory knows: each task once, and what it brought.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::RwLockWriteGuard;
use serde_json::{Map, Value, json};

use super::notes::Pass;
use super::sight::Sight;
use super::{links, permission, send, trouble};
use crate::controller::context::Context;
use crate::controller::status::WriteError;
use crate::controller::{live, relations};
use crate::directory::Mirror;
use crate::graph::{Class, Feature, Graph, GraphError, Reach, refused, refused_write};
use crate::plan::{Changes, Outcome, Record, Task, Timing, UserView};
use crate::schedule::Cost;
use crate::store::{Connection, KnownClaim};

/// Carries `task` out. Nothing when a call failed for now: the pass has noted it, and comes again.
pub async fn carry_out(
    task: &Task,
    context: &Context,
    (guest, seen): (&KnownClaim, &Sight),
    connection: &Arc<Connection>,
    pass: &mut Pass,
) -> Option<Outcome> {
    let mut graph = connection.graph.of(&guest.key.namespace);
    if task.brings_back() || task.ended_user().is_some() {
        // All waiting is done before the last look.
        graph = graph.in_turn(Cost::WRITE).await;
    }
    let graph = &graph;
    if let Some(user) = task.ended_user()
        && !may_still_end(context, (guest, seen), user, connection, pass).await
    {
        return None;
    }
    if task.brings_back() && !send::still_meant(context, (guest, seen), connection, pass).await {
        return None;
    }
    let latest = latest_of(task, (&seen.record, seen.at), pass.user_read_at, &context.settings.timing);
    if Timestamp::now() >= latest {
        pass.outdated = true;
        return None;
    }
    let done = match task {
        Task::Bind(_) => return None,
        Task::FindRelated { kind, user, names } => relations::find(graph, *kind, user, names, guest).await,
        Task::AddRelations { kind, user, relations } => {
            let added = relations::add(graph, *kind, user, relations, (guest, latest)).await;
            mirror(connection).relate(user, Timestamp::now());
            added
        }
        Task::RemoveRelations { kind, user, relations } => {
            let removed = relations::remove(graph, *kind, user, relations, latest).await;
            mirror(connection).relate(user, Timestamp::now());
            removed
        }
        Task::Update { user, changes } => {
            let done = graph.update_user(user, &body(changes), Some(latest)).await;
            if done.is_ok() {
                if let UserView::Found(shown) = &mut pass.user {
                    shown.change(changes);
                }
                mirror(connection).change(user, changes, Timestamp::now());
            }
            done.map(|()| Outcome::Done)
        }
        Task::AddAddress { user, address } => add_address(graph, (user, address), latest, pass).await,
        Task::Enable { user, enabled } => {
            let done = graph.enable_user(user, *enabled, Some(latest)).await;
            mirror(connection).forget(user);
            done.map(|()| Outcome::Done)
        }
        Task::Delete(user) => {
            let there = graph.delete_user(user, Some(latest)).await;
            mirror(connection).forget(user);
            there.map(|there| if there { Outcome::Done } else { Outcome::Gone })
        }
        Task::Restore(user) => {
            let there = graph.restore_user(user, Some(latest)).await;
            mirror(connection).forget(user);
            there.map(|there| if there.is_some() { Outcome::Done } else { Outcome::Gone })
        }
        Task::KeepLink { from, to } => {
            return match links::copied(context, guest, seen, connection, (from.as_deref(), to)).await {
                Ok(true) => Some(Outcome::Copied(to.clone())),
                Ok(false) => {
                    pass.no_link_kept = true;
                    Some(Outcome::Gone)
                }
                Err(trouble) => {
                    pass.failed(trouble, None);
                    None
                }
            };
        }
        Task::Link { .. } => {
            let made = send::link(context, (guest, seen), connection, pass).await;
            connection.scheduler.pacer.leave(&guest.uid);
            match made {
                Ok(outcome) => return outcome,
                Err(error) => Err(error),
            }
        }
    };
    done.map_or_else(|error| failed(task, &error, context, guest, connection, pass), Some)
}

/// Whether the claim, read live, is still at its end, by the same rules, the Guest is as it was, and no other claim of the namespace has come to
/// want the person. All of it is read as the API server has it, because a person who is ended notices.
async fn may_still_end(
    context: &Context,
    (guest, seen): (&KnownClaim, &Sight),
    user: &str,
    connection: &Connection,
    pass: &mut Pass,
) -> bool {
    let ours = |claim: &&KnownClaim| claim.uid == guest.uid;
    let as_it_was = |claim: &KnownClaim| {
        claim.generation == guest.generation
            && claim.deleting.is_some() == guest.deleting.is_some()
            && claim.approval() == guest.approval()
    };
    let read = async {
        let claims = live::claims(context, guest.spec.email.as_str()).await?;
        live::guests_of_user(context, user).await?;
        let access = live::access_stands(context, guest, connection, &seen.access).await?;
        Ok::<_, WriteError>((claims, access && !seen.person.is_outdated(context).await?))
    };
    match read.await {
        // Another Guest of the user is the older one, and the person is that one's.
        Ok(_) if is_of_an_older_guest(context, guest) => {
            pass.outdated = true;
            false
        }
        Ok((claims, access)) => {
            let stands = access && claims.iter().find(ours).is_some_and(as_it_was);
            let successor = permission::successor(context, guest, &claims, &seen.access);
            let may = stands && (guest.deleting.is_none() || !successor);
            pass.successor = Some(successor);
            pass.outdated |= !may;
            may
        }
        Err(error) => {
            tracing::warn!(guest = guest.key.name, %error, "nobody is ended, because what it was decided on could not be read once more");
            pass.outdated = true;
            false
        }
    }
}

/// From when on the task may not be asked for any more: a process that stood still would enable an account whose time has come to its end
/// since, or end somebody who is wanted again. It counts from when the task was put on record; of an end or a return also from when the user
/// was read; of what leaves nothing behind when it comes late, from the decision.
fn latest_of(
    task: &Task,
    (record, decided_at): (&Record, Timestamp),
    read_at: Option<Timestamp>,
    timing: &Timing,
) -> Timestamp {
    let read = |begun_at: Timestamp| read_at.map_or(begun_at, |read_at| read_at.min(begun_at));
    let since = match task {
        Task::Restore(_) | Task::Enable { enabled: true, .. } => record.brought_back_at.map(read),
        Task::Delete(_) | Task::Enable { enabled: false, .. } => record.ending.map(|ending| read(ending.since)),
        // Nothing is earlier than none: what is not on record is not asked for.
        Task::AddRelations { relations, .. } => relations.iter().map(|relation| relation.begun_at).min().flatten(),
        Task::Update { .. } if task.sets() => record.profile_change.map(|change| change.begun_at),
        _ => Some(decided_at),
    };
    since.map_or(Timestamp::MIN, |since| timing.latest(since))
}

fn is_of_an_older_guest(context: &Context, guest: &KnownClaim) -> bool {
    context.store.index(|index| {
        let ours = index.people().of_claim(&guest.uid);
        ours.is_some_and(|ours| index.people().older(&ours).is_some())
    })
}

fn failed(
    task: &Task,
    error: &GraphError,
    context: &Context,
    guest: &KnownClaim,
    connection: &Connection,
    pass: &mut Pass,
) -> Option<Outcome> {
    if error.class == Class::Blocked {
        trouble::blocked(error, context, guest, connection);
    }
    let passing = matches!(error.class, Class::Transient | Class::Throttled | Class::Auth | Class::Blocked);
    if passing || error.reach != Reach::Answered {
        trouble::failed_call(context, guest, connection, error, pass);
        return None;
    }
    let what = match task {
        Task::Delete(_) => "deleting the guest",
        Task::Restore(_) => "restoring the deleted guest",
        Task::Enable { .. } => "enabling or disabling the guest",
        Task::AddAddress { .. } => "giving the guest the new address",
        Task::FindRelated { .. } => "looking up groups and sponsors",
        _ => "changing the guest",
    };
    Some(Outcome::Refused(match Feature::of(task) {
        Some(feature) if feature != Feature::Invite => refused_write(error, feature, what),
        _ => refused(error),
    }))
}

/// The first business phone is the only one that Graph keeps, in a list.
fn body(changes: &Changes) -> Map<String, Value> {
    let value = |name: &String, value: &Option<String>| match (name.as_str(), value) {
        ("businessPhones", value) => json!(value.iter().collect::<Vec<_>>()),
        (_, value) => json!(value),
    };
    changes.iter().map(|(name, new)| (name.clone(), value(name, new))).collect()
}

/// `mail` is where a reset looks first; where somebody else has the address, `otherMails` will do ("Reset redemption status", Entra).
async fn add_address(
    graph: &Graph,
    (user, address): (&str, &str),
    latest: Timestamp,
    pass: &mut Pass,
) -> Result<Outcome, GraphError> {
    let latest = Some(latest);
    let first = graph.update_user(user, &Map::from_iter([("mail".to_owned(), json!(address))]), latest).await;
    if let Err(error) = first {
        if error.status != Some(400) {
            return Err(error);
        }
        let current = graph.user(user).await?;
        let mut others = current.and_then(|user| user.other_mails).unwrap_or_default();
        others.push(address.to_owned());
        graph.update_user(user, &Map::from_iter([("otherMails".to_owned(), json!(others))]), latest).await?;
    }
    if let UserView::Found(user) = &mut pass.user {
        user.addresses.push(address.to_owned());
    }
    Ok(Outcome::Done)
}

fn mirror(connection: &Connection) -> RwLockWriteGuard<'_, Mirror> {
    connection.mirror.write()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ProfileChange, Relation, RelationKind, RelationState};

    /// Found by random lives: a leader that was frozen for longer than its lease enabled an account by what it had read before. The claim had
    /// expired meanwhile, and the next leader, by whose record the account was disabled, left it as it was.
    #[test]
    fn nobody_is_brought_back_by_what_was_read_long_ago() {
        let start: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let timing = Timing::default();
        let after = |seconds: i64| start.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
        let freshness = i64::try_from(timing.freshness.as_secs()).unwrap();
        let enable = Task::Enable { user: "user".into(), enabled: true };
        let latest = |brought_back_at: Option<Timestamp>, read_at| {
            let record = Record { brought_back_at, ..Record::default() };
            latest_of(&enable, (&record, after(9)), read_at, &timing)
        };
        assert_eq!(latest(Some(start), Some(after(5))), after(freshness));
        assert_eq!(latest(Some(after(5)), Some(start)), after(freshness));
        assert_eq!(latest(Some(after(5)), None), after(5 + freshness));
        assert_eq!(latest(None, Some(start)), Timestamp::MIN, "it is not on record that they are brought back");
    }

    #[test]
    fn what_a_process_that_stood_still_wanted_to_add_or_set_is_too_late() {
        let start: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        let timing = Timing::default();
        let begun = |begun_at: &[Option<Timestamp>]| {
            let relation = |begun_at: &Option<Timestamp>| Relation {
                name: "Readers".into(),
                id: Some("readers".into()),
                state: RelationState::Adding,
                begun_at: *begun_at,
                refusal: None,
            };
            begun_at.iter().map(relation).collect::<Vec<_>>()
        };
        let (kind, user) = (RelationKind::Groups, || "user".to_owned());
        let record = |begun_at: Option<Timestamp>| Record {
            profile_change: begun_at.map(|begun_at| ProfileChange { begun_at, open: true }),
            ..Record::default()
        };
        let later = timing.latest(start);
        let latest = |task: &Task, record: &Record| latest_of(task, (record, later), None, &timing);
        let add = |relations| latest(&Task::AddRelations { kind, user: user(), relations }, &record(None));
        assert_eq!(add(begun(&[Some(later), Some(start)])), timing.latest(start));
        assert_eq!(add(begun(&[Some(later), None])), Timestamp::MIN, "it is not on record");
        let remove = Task::RemoveRelations { kind, user: user(), relations: begun(&[None]) };
        assert_eq!(latest(&remove, &record(None)), timing.latest(later));
        let update = |value: Option<&str>| {
            let changes = Changes::from_iter([("department".to_owned(), value.map(str::to_owned))]);
            Task::Update { user: user(), changes }
        };
        assert_eq!(latest(&update(Some("Sales")), &record(Some(start))), timing.latest(start));
        assert_eq!(latest(&update(Some("Sales")), &record(None)), Timestamp::MIN, "it is not on record");
        assert_eq!(latest(&update(None), &record(None)), timing.latest(later));
    }
}
