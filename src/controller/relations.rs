//! Relations in the directory: find the other objects by name, add what is declared, remove what we added.

use jiff::Timestamp;

use crate::api::{Explanation, Refusal, Relation, RelationKind, RelationState};
use crate::graph::{Class, Feature, Graph, GraphError, Reach, RelationRef, refused_write};
use crate::plan::{Outcome, Refused};
use crate::store::KnownClaim;

/// How long an object that cannot be related to is left alone.
const LATER: std::time::Duration = std::time::Duration::from_secs(3600);

/// Finds what `names` mean, and whether the user is related to it already.
///
/// # Errors
/// When a call fails. A name that means nothing is no error: it stands in the outcome.
pub async fn find(
    graph: &Graph,
    kind: RelationKind,
    user: &str,
    names: &[String],
    guest: &KnownClaim,
) -> Result<Outcome, GraphError> {
    let present = graph.related(kind, user).await?;
    let mut relations = Vec::with_capacity(names.len());
    for name in names {
        let (id, state, refusal) = match graph.target(kind, name).await? {
            Ok(id) if present.contains(&id) => (Some(id), RelationState::Present, None),
            Ok(id) => (Some(id), RelationState::Adding, None),
            Err(none) => (None, RelationState::Refused, Some(refusal(guest, none, LATER))),
        };
        relations.push(Relation { name: name.to_owned(), id, state, begun_at: None, refusal });
    }
    Ok(Outcome::Relations(relations))
}

/// Adds each; what is there already was added by us a moment ago, for it is on record as being added. Nothing is sent at or after `latest`.
///
/// # Errors
/// When the whole call fails. What is refused for one relation stands in the outcome.
pub async fn add(
    graph: &Graph,
    kind: RelationKind,
    user: &str,
    relations: &[Relation],
    (guest, latest): (&KnownClaim, Timestamp),
) -> Result<Outcome, GraphError> {
    let results = graph.add_relations(&references(kind, user, relations), Some(latest)).await?;
    let news = relations.iter().zip(results).map(|(relation, result)| match result {
        Ok(_) => Relation { state: RelationState::Added, refusal: None, ..relation.clone() },
        Err(error) => {
            let refusal = refused(kind, relation, &error, guest);
            // A user who was just made is not there for a relation for minutes, even if they were read.
            let waits = error.is_not_found() || matches!(error.class, Class::Transient | Class::Throttled);
            let state = if waits { RelationState::Adding } else { RelationState::Refused };
            Relation { state, refusal: Some(refusal), ..relation.clone() }
        }
    });
    Ok(Outcome::Relations(news.collect()))
}

/// Removes each. Nothing is sent at or after `latest`.
///
/// # Errors
/// When nobody knows whether all are removed. A refusal is no error: it is the outcome.
pub async fn remove(
    graph: &Graph,
    kind: RelationKind,
    user: &str,
    relations: &[Relation],
    latest: Timestamp,
) -> Result<Outcome, GraphError> {
    let results = graph.remove_relations(&references(kind, user, relations), Some(latest)).await?;
    match results.into_iter().find_map(Result::err) {
        None => Ok(Outcome::Done),
        Some(error) if error.reach == Reach::Answered && error.class == Class::Terminal => {
            Ok(Outcome::Refused(refused_write(&error, Feature::Relation(kind), "removing the guest")))
        }
        Some(error) => Err(error),
    }
}

fn refused(kind: RelationKind, relation: &Relation, error: &GraphError, guest: &KnownClaim) -> Refusal {
    let what = format!("{} {:?}", kind.add_one(), relation.name);
    let Refused { explanation, retry_after } = refused_write(error, Feature::Relation(kind), &what);
    refusal(guest, explanation, retry_after)
}

fn references(kind: RelationKind, user: &str, relations: &[Relation]) -> Vec<RelationRef> {
    let targets = relations.iter().filter_map(|relation| relation.id.clone());
    targets.map(|target| RelationRef { kind, user: user.to_owned(), target }).collect()
}

fn refusal(guest: &KnownClaim, explanation: Explanation, wait: std::time::Duration) -> Refusal {
    Refusal::new(explanation, guest.generation, Timestamp::now(), wait)
}
