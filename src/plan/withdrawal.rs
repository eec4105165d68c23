//! Takes the user out of what we added: what is declared no more, and what grants access when that ends.
//!
//! A request to add may still be under way, of a process that stood still. So what was added a short time ago is removed at once, and once
//! more when none can be under way any more. Only then it is off the record.

use jiff::Timestamp;

use super::{Decision, DirectoryUser, Observed, Outcome, Record, Step, Task, Timing, Why, in_flight};
use crate::api::{Relation, RelationKind, RelationState};

/// Removes what is declared no more of one kind.
pub(super) fn of_kind(decision: Decision<'_>, kind: RelationKind, user: &DirectoryUser) -> Option<Step> {
    let Decision { desired, record, observed, now, .. } = decision;
    let relations = of_stale(kind, decision);
    // What another claim wants too stays, and is on its record from now on.
    if relations.iter().any(|relation| is_shared(relation, kind, observed)) {
        let left = |relation: &&Relation| !(relations.contains(relation) && is_shared(relation, kind, observed));
        let left = record.relations[kind].iter().filter(left).cloned().collect();
        return Some(Step::write(record.with_relations(kind, left), Why::Updating));
    }
    let refused = || record.write_refused(desired, now);
    (!relations.is_empty()).then(|| refused().unwrap_or_else(|| remove(record, kind, user, relations.clone())))
}

/// The record without what grants access. What is left of it is wanted by others, who have it from now on.
pub(super) fn handed_over(record: &Record) -> Record {
    let mut next = record.clone();
    for kind in RelationKind::ALL.into_iter().filter(|kind| kind.grants_access()) {
        next.relations[kind].clear();
    }
    next
}

/// Whether anything that grants access is to be removed at the end.
pub(super) fn has_access(decision: Decision<'_>) -> bool {
    let grants = RelationKind::ALL.into_iter().filter(|kind| kind.grants_access());
    grants.into_iter().any(|kind| !of_access(kind, decision).is_empty())
}

/// Whether anything that we added is declared no more.
pub(super) fn is_due(decision: Decision<'_>) -> bool {
    RelationKind::ALL.into_iter().any(|kind| !of_stale(kind, decision).is_empty())
}

/// Removes what we added and what grants access, before access ends.
pub(super) fn end_access(decision: Decision<'_>, user: &DirectoryUser) -> Option<Step> {
    let Decision { desired, record, observed, now, timing } = decision;
    let grants = RelationKind::ALL.into_iter().filter(|kind| kind.grants_access());
    let mut ours = grants.map(|kind| (kind, of_access(kind, decision)));
    let (kind, relations) = ours.find(|(_, ours)| !ours.is_empty())?;
    match &observed.done {
        Some((Task::RemoveRelations { kind: of, .. }, outcome)) if *of == kind => Some(match outcome {
            Outcome::Refused(refused) => record.refuse_change(desired, refused, now),
            _ => {
                let is_removed = |relation: &Relation| !is_shared(relation, kind, observed);
                let left = left(&record.relations[kind], is_removed, now, timing);
                Step::write(record.with_relations(kind, left), Why::Offboarding)
            }
        }),
        _ => Some(record.write_refused(desired, now).unwrap_or_else(|| remove(record, kind, user, relations))),
    }
}

/// What to do when all is removed, while a request to add something may be under way.
pub(super) fn wait_for_late_adds(decision: Decision<'_>) -> Option<Step> {
    again_at(decision).map(|until| Step::rest_until(Why::Offboarding, until, decision.now))
}

/// When something is to be removed once more.
pub(super) fn again_at(decision: Decision<'_>) -> Option<Timestamp> {
    let Decision { record, now, timing, .. } = decision;
    record.relations.values().flatten().filter_map(|relation| rests_until(relation, now, timing)).min()
}

/// Until when a relation that is removed is left alone, before it is removed once more.
pub(super) fn rests_until(relation: &Relation, now: Timestamp, timing: &Timing) -> Option<Timestamp> {
    in_flight::late_until(relation.begun_at, now, timing).filter(|_| relation.state == RelationState::Removed)
}

/// What stays on record of `relations` once those are removed of which `is_removed` is true: what a late request may add once more.
pub(super) fn left(
    relations: &[Relation],
    is_removed: impl Fn(&Relation) -> bool,
    now: Timestamp,
    timing: &Timing,
) -> Vec<Relation> {
    let stays = |relation: &Relation| match is_removed(relation) {
        false => Some(relation.clone()),
        true => in_flight::late_until(relation.begun_at, now, timing)
            .map(|_| Relation { state: RelationState::Removed, ..relation.clone() }),
    };
    relations.iter().filter_map(stays).collect()
}

/// Removes these. That they are being removed is on record first: another claim that comes to want one of them waits until it is gone,
/// and then adds it anew.
fn remove(record: &Record, kind: RelationKind, user: &DirectoryUser, relations: Vec<Relation>) -> Step {
    if relations.iter().all(Relation::is_going) {
        return Step::Do(Task::RemoveRelations { kind, user: user.id.clone(), relations });
    }
    let mut next = record.relations[kind].clone();
    for relation in next.iter_mut().filter(|relation| relations.contains(relation)) {
        relation.state = RelationState::Removing;
    }
    Step::write(record.with_relations(kind, next), Why::Updating)
}

fn is_shared(relation: &Relation, kind: RelationKind, observed: &Observed) -> bool {
    relation.id.as_ref().is_some_and(|id| observed.shared[kind].contains(id))
}

fn of_access(kind: RelationKind, decision: Decision<'_>) -> Vec<Relation> {
    let Decision { record, observed, now, timing, .. } = decision;
    of_ours(&record.relations[kind], |relation| {
        !is_shared(relation, kind, observed) && rests_until(relation, now, timing).is_none()
    })
}

fn of_stale(kind: RelationKind, decision: Decision<'_>) -> Vec<Relation> {
    let Decision { desired, record, now, timing, .. } = decision;
    let declared = &desired.relations[kind];
    of_ours(&record.relations[kind], |relation| {
        !declared.contains(&relation.name) && rests_until(relation, now, timing).is_none()
    })
}

/// Those of `relations` that are ours to remove, and of which `also` is true.
pub(super) fn of_ours(relations: &[Relation], also: impl Fn(&Relation) -> bool) -> Vec<Relation> {
    relations.iter().filter(|relation| relation.is_ours() && also(relation)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::api::{Address, GuestUser, Origin};
    use crate::plan::{Bond, Desired, UserView, follow, observed::SendAt};

    /// Found by the model: a leader stood still with a request to add the guest to a group. The next leader added them, and removed them when the
    /// group was declared no more. Then the late request arrived, and nobody ever looked.
    #[test]
    fn what_was_just_added_is_removed_at_once_and_once_more() {
        let start: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        let after = |seconds| start.checked_add(Duration::from_secs(seconds)).unwrap();
        let (timing, groups) = (Timing::default(), RelationKind::Groups);
        let guest = GuestUser::new("user".into(), Origin::Adopted);
        let user = DirectoryUser { is_guest: true, ..DirectoryUser::new("user".into()) };
        let mut desired = Desired::new(Address::new("guest@example.com"));
        desired.relations[groups] = vec!["Readers".into()];
        let mut record = Record { bond: Bond::Owns, guest: Some(guest.clone()), ..Record::default() };
        record = user.noted(&desired, &record, &guest);
        let next = |desired: &Desired, record: &Record, done: Option<(Task, Outcome)>, now| {
            let observed =
                Observed { user: UserView::Found(user.clone()), user_read_at: Some(now), done, ..Observed::idle() };
            let decision = Decision { desired, record, observed: &observed, now, timing: &timing };
            follow::known(decision, &guest, SendAt::Now)
        };
        let written = |step: Step| match step {
            Step::Write { record, .. } => *record,
            other => panic!("{other}"),
        };
        let tried = |step: Step| match step {
            Step::Do(task) => task,
            other => panic!("{other}"),
        };
        let found = Relation {
            name: "Readers".into(),
            id: Some("readers".into()),
            state: RelationState::Adding,
            begun_at: None,
            refusal: None,
        };
        let find = tried(next(&desired, &record, None, start));
        let begun = written(next(&desired, &record, Some((find, Outcome::Relations(vec![found]))), start));
        assert_eq!(begun.relations[groups][0].begun_at, Some(start), "the intent comes first");
        assert!(matches!(tried(next(&desired, &begun, None, after(59))), Task::AddRelations { .. }));
        // An intent of long ago is no leave to do it now.
        let again = written(next(&desired, &begun, None, after(60)));
        assert_eq!(again.relations[groups][0].begun_at, Some(after(60)));
        let mut added = begun;
        added.relations[groups][0].state = RelationState::Added;

        desired.relations[groups].clear();
        let removed = |record: &Record, now| {
            let removing = written(next(&desired, record, None, now));
            let task = tried(next(&desired, &removing, None, now));
            written(next(&desired, &removing, Some((task, Outcome::Done)), now))
        };
        assert!(removed(&added, after(120)).relations[groups].is_empty(), "none can be under way any more");
        let once = removed(&added, after(119));
        assert_eq!(once.relations[groups][0].state, RelationState::Removed);
        let Step::Rest { again: Some(again), .. } = next(&desired, &once, None, after(119)) else { panic!("it rests") };
        assert_eq!(again, Duration::from_secs(1));
        let task = tried(next(&desired, &once, None, after(120)));
        assert!(matches!(task, Task::RemoveRelations { .. }));
        assert!(written(next(&desired, &once, Some((task, Outcome::Done)), after(120))).relations[groups].is_empty());
        // Declared again, it is added again.
        desired.relations[groups] = vec!["Readers".into()];
        let wanted = written(next(&desired, &once, None, after(119)));
        assert_eq!(
            (wanted.relations[groups][0].state, wanted.relations[groups][0].begun_at),
            (RelationState::Adding, Some(after(119)))
        );
    }
}
