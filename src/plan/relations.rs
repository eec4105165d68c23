//! Relations with other objects: added when declared, removed when declared no more and if it was us who added them.
//! What we are about to add is on record before it is added; otherwise a crash in between would make ours look like others'.

use super::timing::AGAIN;
use super::{Bond, Decision, Desired, DirectoryUser, Observed, Outcome, Record, Step, Task, Why, record};
use crate::api::{Relation, RelationKind, RelationState};

/// The next step towards the declared relations, if they differ.
pub(super) fn step(decision: Decision<'_>, user: &DirectoryUser) -> Option<Step> {
    let Decision { record, now, .. } = decision;
    kinds(record).find_map(|kind| towards(decision, kind, user)).or_else(|| {
        let all = record.relations.values().flatten();
        let refusal = all.filter_map(|relation| relation.refusal.as_ref()).min_by_key(|refusal| refusal.retry_at)?;
        Some(Step::rest_until(Why::NotAsDeclared(refusal.clone()), refusal.retry_at, now))
    })
}

/// The kinds that the claim may keep: who only follows a person keeps what grants access and leaves the rest of the user alone.
fn kinds(record: &Record) -> impl Iterator<Item = RelationKind> {
    let owns = record.bond == Bond::Owns;
    RelationKind::ALL.into_iter().filter(move |kind| owns || kind.grants_access())
}

/// Whether anything is to be added or removed.
pub(super) fn waits(decision: Decision<'_>) -> bool {
    let Decision { desired, record, observed, .. } = decision;
    kinds(record).any(|kind| {
        let relations = &record.relations[kind];
        lost(&desired.relations[kind], relations, &observed.lost[kind]).is_some()
            || !relations.iter().map(|relation| &relation.name).eq(&desired.relations[kind])
            || relations
                .iter()
                .any(|relation| [RelationState::Adding, RelationState::Removing].contains(&relation.state))
    })
}

/// Only removes what is declared no more: what is left to do while nothing new may be.
pub(super) fn withdraw(decision: Decision<'_>, user: &DirectoryUser) -> Option<Step> {
    RelationKind::ALL
        .into_iter()
        .find_map(|kind| brought(decision, kind).or_else(|| remove_stale(decision, kind, user)))
}

/// The record without what grants access. What is left of it is wanted by others, who have it from now on.
pub(super) fn handed_over(record: &Record) -> Record {
    let mut next = record.clone();
    for kind in RelationKind::ALL.into_iter().filter(|kind| kind.grants_access()) {
        next.relations[kind].clear();
    }
    next
}

/// Whether anything that grants access is ours.
pub(super) fn has_access(record: &Record) -> bool {
    let grants = RelationKind::ALL.into_iter().filter(|kind| kind.grants_access());
    grants.into_iter().any(|kind| !of_ours(&record.relations[kind], |_| true).is_empty())
}

/// Whether anything that we added is declared no more.
pub(super) fn stale(desired: &Desired, record: &Record) -> bool {
    RelationKind::ALL.into_iter().any(|kind| !of_stale(kind, desired, record).is_empty())
}

/// Removes what we added and what grants access, before access ends.
pub(super) fn end_access(decision: Decision<'_>, user: &DirectoryUser) -> Option<Step> {
    let Decision { desired, record, observed, now, .. } = decision;
    let grants = RelationKind::ALL.into_iter().filter(|kind| kind.grants_access());
    let kept = |kind| of_ours(&record.relations[kind], |relation| !is_shared(relation, kind, observed));
    let mut kept = grants.map(|kind| (kind, kept(kind)));
    let (kind, relations) = kept.find(|(_, ours)| !ours.is_empty())?;
    match &observed.done {
        Some((Task::RemoveRelations { kind: of, .. }, outcome)) if *of == kind => Some(match outcome {
            Outcome::Refused(refused) => record.refuse_change(desired, refused, now),
            _ => {
                let shared = record.relations[kind].iter().filter(|relation| is_shared(relation, kind, observed));
                Step::write(record.with_relations(kind, shared.cloned().collect()), Why::Offboarding)
            }
        }),
        _ => Some(record.write_refused(desired, now).unwrap_or_else(|| remove(record, kind, user, relations))),
    }
}

/// Removes these. That they are being removed is on record first: another claim that comes to want one of them waits until it is gone,
/// and then adds it anew.
fn remove(record: &Record, kind: RelationKind, user: &DirectoryUser, relations: Vec<Relation>) -> Step {
    let begun = |relation: &Relation| relation.state == RelationState::Removing;
    if relations.iter().all(begun) {
        return Step::Do(Task::RemoveRelations { kind, user: user.id.clone(), relations });
    }
    let mut next = record.relations[kind].clone();
    for relation in next.iter_mut().filter(|relation| relations.contains(relation)) {
        relation.state = RelationState::Removing;
    }
    Step::write(record.with_relations(kind, next), Why::Updating)
}

fn towards(decision: Decision<'_>, kind: RelationKind, user: &DirectoryUser) -> Option<Step> {
    let Decision { desired, record, observed, now, .. } = decision;
    let (relations, names) = (&record.relations[kind], &desired.relations[kind]);
    if let Some(step) = brought(decision, kind) {
        return Some(step);
    }
    let stands =
        |relation: &Relation| relation.refusal.as_ref().is_some_and(|refusal| record::stands(refusal, desired, now));
    let open = |name: &&String| {
        let known = relations.iter().find(|relation| relation.name == **name);
        known.is_none_or(|relation| relation.state == RelationState::Refused && !stands(relation))
    };
    let unknown: Vec<String> = names.iter().filter(open).cloned().collect();
    if !unknown.is_empty() {
        return Some(Step::Do(Task::FindRelated { kind, user: user.id.clone(), names: unknown }));
    }
    if let Some(handed_on) = handed_on(names, relations) {
        return Some(Step::write(record.with_relations(kind, handed_on), Why::Updating));
    }
    if let Some(step) = remove_stale(decision, kind, user) {
        return Some(step);
    }
    if let Some(again) = wanted_again(names, relations) {
        return Some(Step::write(record.with_relations(kind, again), Why::Updating));
    }
    if let Some(again) = lost(names, relations, &observed.lost[kind]) {
        return Some(Step::write(record.with_relations(kind, again), Why::Updating));
    }
    let adding =
        relations.iter().filter(|relation| relation.state == RelationState::Adding && !stands(relation)).cloned();
    let adding: Vec<Relation> = adding.collect();
    if !adding.is_empty() {
        return Some(Step::Do(Task::AddRelations { kind, user: user.id.clone(), relations: adding }));
    }
    let settled = record.with_relations(kind, in_order(names, relations, &[]));
    (settled != *record).then(|| Step::write(settled, Why::Updating))
}

fn remove_stale(decision: Decision<'_>, kind: RelationKind, user: &DirectoryUser) -> Option<Step> {
    let Decision { desired, record, observed, now, .. } = decision;
    let relations = of_stale(kind, desired, record);
    // What another claim wants too stays, and is on its record from now on.
    if relations.iter().any(|relation| is_shared(relation, kind, observed)) {
        let left = |relation: &&Relation| !(relations.contains(relation) && is_shared(relation, kind, observed));
        let left = record.relations[kind].iter().filter(left).cloned().collect();
        return Some(Step::write(record.with_relations(kind, left), Why::Updating));
    }
    let refused = || record.write_refused(desired, now);
    (!relations.is_empty()).then(|| refused().unwrap_or_else(|| remove(record, kind, user, relations.clone())))
}

fn is_shared(relation: &Relation, kind: RelationKind, observed: &Observed) -> bool {
    relation.id.as_ref().is_some_and(|id| observed.shared[kind].contains(id))
}

fn of_stale(kind: RelationKind, desired: &Desired, record: &Record) -> Vec<Relation> {
    of_ours(&record.relations[kind], |relation| !desired.relations[kind].contains(&relation.name))
}

/// What we added under one name and is declared under another, say the id instead of the display name, changes hands.
fn handed_on(names: &[String], relations: &[Relation]) -> Option<Vec<Relation>> {
    let stale = of_ours(relations, |relation| !names.contains(&relation.name));
    let heir = |relation: &Relation| {
        relations.iter().position(|other| names.contains(&other.name) && other.id.is_some() && other.id == relation.id)
    };
    let (gone, at) = stale.iter().find_map(|relation| Some((relation, heir(relation)?)))?;
    let mut next = relations.to_vec();
    next[at].state = RelationState::Added;
    next.retain(|relation| relation != gone);
    Some(next)
}

/// What was being removed and is declared again is added again.
fn wanted_again(names: &[String], relations: &[Relation]) -> Option<Vec<Relation>> {
    added_again(names, relations, |relation| relation.state == RelationState::Removing)
}

/// What is declared and somebody took away is added again.
fn lost(names: &[String], relations: &[Relation], lost: &[String]) -> Option<Vec<Relation>> {
    let is_lost = |relation: &Relation| relation.id.as_ref().is_some_and(|id| lost.contains(id));
    added_again(names, relations, |relation| relation.stands() && is_lost(relation))
}

/// The relations with those of the declared that are `so` about to be added; nothing if none is.
fn added_again(names: &[String], relations: &[Relation], so: impl Fn(&Relation) -> bool) -> Option<Vec<Relation>> {
    let again = |relation: &Relation| names.contains(&relation.name) && so(relation);
    relations.iter().any(again).then(|| {
        let anew = |relation: &Relation| match again(relation) {
            true => Relation { state: RelationState::Adding, ..relation.clone() },
            false => relation.clone(),
        };
        relations.iter().map(anew).collect()
    })
}

/// Writes down what a task brought, if it is not on record yet.
fn brought(decision: Decision<'_>, kind: RelationKind) -> Option<Step> {
    let Decision { desired, record, observed, now, .. } = decision;
    let (relations, declared) = (&record.relations[kind], &desired.relations[kind]);
    let with = |news: &[Relation]| record.with_relations(kind, in_order(declared, relations, news));
    if let (Task::FindRelated { kind: of, .. }, Outcome::Relations(news)) = observed.done.as_ref()?
        && *of == kind
        && news.iter().any(|new| new.id.as_ref().is_some_and(|id| observed.removing[kind].contains(id)))
    {
        return Some(Step::rest_for(Why::Waiting, AGAIN));
    }
    let (next, why) = match observed.done.as_ref()? {
        (Task::FindRelated { kind: of, .. } | Task::AddRelations { kind: of, .. }, Outcome::Relations(news))
            if *of == kind =>
        {
            (with(news), Why::Updating)
        }
        (Task::FindRelated { kind: of, names, .. }, Outcome::Refused(refused)) if *of == kind => {
            let refusal = record::refusal(desired, refused, now);
            let unfound = |name: &String| Relation {
                name: name.clone(),
                id: None,
                state: RelationState::Refused,
                refusal: Some(refusal.clone()),
            };
            let news: Vec<Relation> = names.iter().map(unfound).collect();
            (with(&news), Why::NotAsDeclared(refusal))
        }
        (Task::RemoveRelations { kind: of, relations: removed, .. }, Outcome::Done) if *of == kind => {
            let left = relations.iter().filter(|relation| !removed.contains(relation)).cloned().collect();
            (Record { refusal: None, ..record.with_relations(kind, left) }, Why::Updating)
        }
        (Task::RemoveRelations { kind: of, .. }, Outcome::Refused(refused)) if *of == kind => {
            return Some(record.refuse_change(desired, refused, now));
        }
        _ => return None,
    };
    (next != *record).then(|| Step::write(next, why))
}

/// The declared names in the spec's order, each as `news` or else the record has it.
fn in_order(names: &[String], relations: &[Relation], news: &[Relation]) -> Vec<Relation> {
    let find = |name: &String| news.iter().chain(relations).find(|relation| relation.name == *name).cloned();
    let mut next: Vec<Relation> = names.iter().filter_map(find).collect();
    // What we added stays on record until it is removed.
    next.extend(of_ours(relations, |relation| !names.contains(&relation.name)));
    next
}

fn of_ours(relations: &[Relation], also: impl Fn(&Relation) -> bool) -> Vec<Relation> {
    relations.iter().filter(|relation| relation.is_ours() && also(relation)).cloned().collect()
}
