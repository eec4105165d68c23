//! Relations with other objects, as declared: they are found, then on record as being added, then added. Without that record a crash in
//! between would make ours look like others'. What is declared no more goes by `withdrawal`.

use jiff::Timestamp;

use super::timing::AGAIN;
use super::{Bond, Decision, DirectoryUser, Outcome, Record, Step, Task, Why, record, withdrawal};
use crate::api::conditions::whole_seconds;
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

/// Only removes what is declared no more: what is left to do while nothing new may be.
pub(super) fn withdraw(decision: Decision<'_>, user: &DirectoryUser) -> Option<Step> {
    RelationKind::ALL
        .into_iter()
        .find_map(|kind| brought(decision, kind).or_else(|| withdrawal::of_kind(decision, kind, user)))
}

/// Whether anything is to be added or removed.
pub(super) fn waits(decision: Decision<'_>) -> bool {
    let Decision { desired, record, observed, now, timing } = decision;
    kinds(record).any(|kind| {
        let (declared, lost) = (&desired.relations[kind], &observed.lost[kind]);
        let rests = |relation: &&Relation| {
            !declared.contains(&relation.name) && withdrawal::rests_until(relation, now, timing).is_some()
        };
        let relations = || record.relations[kind].iter().filter(|relation| !rests(relation));
        relations().any(|relation| relation.state == RelationState::Adding || relation.is_going())
            || relations().any(|relation| declared.contains(&relation.name) && is_lost(relation, lost))
            || !relations().map(|relation| &relation.name).eq(declared)
    })
}

fn towards(decision: Decision<'_>, kind: RelationKind, user: &DirectoryUser) -> Option<Step> {
    let Decision { desired, record, observed, now, timing } = decision;
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
    if let Some(handed_on) = handed_on(names, relations, now) {
        return Some(Step::write(record.with_relations(kind, handed_on), Why::Updating));
    }
    if let Some(step) = withdrawal::of_kind(decision, kind, user) {
        return Some(step);
    }
    // What was being removed and is declared again is added again, and so is what somebody took away.
    let anew = |relation: &Relation| {
        names.contains(&relation.name) && (relation.is_going() || is_lost(relation, &observed.lost[kind]))
    };
    let adding = |relation: &Relation| relation.state == RelationState::Adding && !stands(relation);
    // A request to add leaves while it is young on record that it does, or not at all.
    let is_fresh = |relation: &Relation| relation.begun_at.is_some_and(|at| timing.is_fresh(at, now));
    let begins = |relation: &Relation| anew(relation) || (adding(relation) && !is_fresh(relation));
    if relations.iter().any(begins) {
        let begun =
            relations.iter().map(|relation| if begins(relation) { begun(relation, now) } else { relation.clone() });
        return Some(Step::write(record.with_relations(kind, begun.collect()), Why::Updating));
    }
    let adding: Vec<Relation> = relations.iter().filter(|relation| adding(relation)).cloned().collect();
    if !adding.is_empty() {
        return Some(Step::Do(Task::AddRelations { kind, user: user.id.clone(), relations: adding }));
    }
    let settled = record.with_relations(kind, in_order(names, relations, &[]));
    (settled != *record).then(|| Step::write(settled, Why::Updating))
}

/// What we added under one name and is declared under another, say the id instead of the display name, changes hands.
fn handed_on(names: &[String], relations: &[Relation], now: Timestamp) -> Option<Vec<Relation>> {
    let stale = withdrawal::of_ours(relations, |relation| !names.contains(&relation.name));
    let heir = |relation: &Relation| {
        relations.iter().position(|other| names.contains(&other.name) && other.id.is_some() && other.id == relation.id)
    };
    let (gone, at) = stale.iter().find_map(|relation| Some((relation, heir(relation)?)))?;
    let mut next = relations.to_vec();
    next[at] = match gone.is_going() {
        true => begun(&next[at], now),
        false => Relation { state: RelationState::Added, begun_at: gone.begun_at, ..next[at].clone() },
    };
    next.retain(|relation| relation != gone);
    Some(next)
}

fn is_lost(relation: &Relation, lost: &[String]) -> bool {
    relation.stands() && relation.id.as_ref().is_some_and(|id| lost.contains(id))
}

/// The relation, about to be added.
fn begun(relation: &Relation, now: Timestamp) -> Relation {
    Relation { state: RelationState::Adding, begun_at: Some(whole_seconds(now)), ..relation.clone() }
}

/// Writes down what a task brought, if it is not on record yet.
fn brought(decision: Decision<'_>, kind: RelationKind) -> Option<Step> {
    let Decision { desired, record, observed, now, timing } = decision;
    let (relations, declared) = (&record.relations[kind], &desired.relations[kind]);
    let with = |news: &[Relation]| record.with_relations(kind, in_order(declared, relations, news));
    if let (Task::FindRelated { kind: of, .. }, Outcome::Relations(news)) = observed.done.as_ref()?
        && *of == kind
        && news.iter().any(|new| new.id.as_ref().is_some_and(|id| observed.removing[kind].contains(id)))
    {
        return Some(Step::rest_for(Why::Waiting, AGAIN));
    }
    let (next, why) = match observed.done.as_ref()? {
        (Task::FindRelated { kind: of, .. }, Outcome::Relations(news)) if *of == kind => {
            let to_add = |new: &Relation| new.state == RelationState::Adding;
            let news = news.iter().map(|new| if to_add(new) { begun(new, now) } else { new.clone() });
            (with(&news.collect::<Vec<_>>()), Why::Updating)
        }
        (Task::AddRelations { kind: of, .. }, Outcome::Relations(news)) if *of == kind => (with(news), Why::Updating),
        (Task::FindRelated { kind: of, names, .. }, Outcome::Refused(refused)) if *of == kind => {
            let refusal = record::refusal(desired, refused, now);
            let unfound = |name: &String| Relation {
                name: name.clone(),
                id: None,
                state: RelationState::Refused,
                begun_at: None,
                refusal: Some(refusal.clone()),
            };
            let news: Vec<Relation> = names.iter().map(unfound).collect();
            (with(&news), Why::NotAsDeclared(refusal))
        }
        (Task::RemoveRelations { kind: of, relations: removed, .. }, Outcome::Done) if *of == kind => {
            let left = withdrawal::left(relations, |relation| removed.contains(relation), now, timing);
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
    next.extend(withdrawal::of_ours(relations, |relation| !names.contains(&relation.name)));
    next
}
