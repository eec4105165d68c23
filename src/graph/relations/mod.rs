//! A user's relations with other objects. Only this module writes to `/$ref`. A `DELETE` without `/$ref` would delete
//! the other object itself ("Add members", "Remove member", "Add sponsor", "Remove sponsor", Graph). `kinds` describes
//! how Graph stores each kind, and `targets` finds the other object by the name in a spec.

mod kinds;
mod reference;
mod standing;
mod targets;

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use self::kinds::{Cardinality, GraphRelation};
use super::batch::{BatchRequest, IN_BATCH};
use super::object_id::object_ids;
use super::transport::Payload;
use super::{Class, Graph, GraphError, Reach};
use crate::api::RelationKind;

pub use reference::RelationRef;

/// The result of a change of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationChange {
    /// This call added or removed the relation.
    Done,
    /// The relation was already there, or already gone. If an earlier call lost its answer, that call may have made the
    /// change.
    Already,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    Remove,
}

type Changed = Result<RelationChange, GraphError>;

#[derive(Deserialize)]
struct DirectoryObject {
    id: String,
}

impl Graph {
    /// The ids of the objects that a user has this kind of relation with. For groups, the list also has other objects
    /// that the user is a direct member of, such as directory roles.
    ///
    /// # Errors
    /// As any call; 403 when the application may not read them, 404 when the user does not exist or is not visible yet.
    pub async fn related(&self, kind: RelationKind, user: &str) -> Result<Vec<String>, GraphError> {
        let row = kind.graph();
        let mut url = self.url(&["users", user, row.read]);
        url.query_pairs_mut().append_pair("$select", "id");
        if row.cardinality == Cardinality::One {
            // Graph answers 404 both when the user is missing and when the relation is missing.
            let found = self.call::<DirectoryObject>(row.read_operation, Method::GET, url, Payload::None).await;
            return match found {
                Ok(answered) => Ok(vec![answered.body.id]),
                Err(error) if error.is_not_found() => Ok(Vec::new()),
                Err(error) => Err(error),
            };
        }
        let found = if row.searched {
            self.search::<DirectoryObject>(row.read_operation, url).await?
        } else {
            self.pages::<DirectoryObject>(row.read_operation, url, Payload::None).await?
        };
        Ok(found.values.into_iter().map(|object| object.id).collect())
    }

    /// Adds relations, at most twenty in one call. The results have the order of `relations`. A single relation is sent
    /// without a batch. For some minutes after a user's creation Graph may refuse its relations, even if a read found
    /// the user. Graph then answers 404 or, by some reports, 400. Both are errors here, and [`super::refused_write`]
    /// calls them NotReplicated. Nothing is sent at or after `latest` on this process's wall clock.
    ///
    /// # Errors
    /// When the first call was not sent, so nothing was done. Every other failure is in the result of its own relation,
    /// so that the other results are not lost. [`Reach::Unknown`] there means that Graph may have added the relation.
    pub async fn add_relations(
        &self,
        relations: &[RelationRef],
        latest: Option<Timestamp>,
    ) -> Result<Vec<Result<RelationChange, GraphError>>, GraphError> {
        self.change_relations(Verb::Add, relations, latest).await
    }

    /// Removes relations and never the other objects. The rest is as in [`Graph::add_relations`]. A 404 counts as
    /// [`RelationChange::Already`]: if one of the two objects is gone, the relation is gone too. For some minutes after
    /// a user's creation Graph gives the same 404 for the user itself.
    ///
    /// # Errors
    /// As [`Graph::add_relations`].
    pub async fn remove_relations(
        &self,
        relations: &[RelationRef],
        latest: Option<Timestamp>,
    ) -> Result<Vec<Result<RelationChange, GraphError>>, GraphError> {
        self.change_relations(Verb::Remove, relations, latest).await
    }

    async fn change_relations(
        &self,
        verb: Verb,
        relations: &[RelationRef],
        latest: Option<Timestamp>,
    ) -> Result<Vec<Changed>, GraphError> {
        let mut outcomes: Vec<Option<Changed>> = vec![None; relations.len()];
        let mut sound = Vec::with_capacity(relations.len());
        for (relation, outcome) in relations.iter().zip(&mut outcomes) {
            match self.has_to_be_sent(verb, relation).await {
                Ok(true) => sound.push((relation, outcome)),
                Ok(false) => *outcome = Some(Ok(RelationChange::Already)),
                Err(error) => *outcome = Some(Err(error)),
            }
        }
        let mut first = true;
        for chunk in sound.chunks_mut(IN_BATCH) {
            let wanted: Vec<&RelationRef> = chunk.iter().map(|(relation, _)| *relation).collect();
            let results = self.change_chunk(verb, &wanted, latest).await;
            let unsent = |outcome: &Changed| outcome.as_ref().is_err_and(|error| error.reach == Reach::NotSent);
            if first && results.iter().all(unsent) {
                // The chunk is never empty, and all its results have the same cause.
                return Err(results.into_iter().find_map(Result::err).unwrap_or_else(|| unanswered("batch")));
            }
            first = false;
            for ((_, outcome), result) in chunk.iter_mut().zip(results) {
                **outcome = Some(result);
            }
        }
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| Err(unanswered("batch")))).collect())
    }

    /// Whether the change needs a request. The removal of a single-valued relation names no target, so it would remove
    /// the current one.
    async fn has_to_be_sent(&self, verb: Verb, relation: &RelationRef) -> Result<bool, GraphError> {
        object_ids(verb.operation(relation), &[&relation.user, &relation.target])?;
        if verb == Verb::Add || relation.kind.graph().cardinality == Cardinality::Many {
            return Ok(true);
        }
        Ok(self.related(relation.kind, &relation.user).await?.contains(&relation.target))
    }

    /// Changes the relations of one call.
    async fn change_chunk(&self, verb: Verb, relations: &[&RelationRef], latest: Option<Timestamp>) -> Vec<Changed> {
        if let [relation] = relations {
            let BatchRequest { method, url, body } = self.relation_request(verb, relation);
            let payload = body.as_ref().map_or(Payload::none(latest), |body| Payload::json(body, latest));
            let result = self.command(verb.operation(relation), method, url, payload).await;
            return vec![verb.outcome(result)];
        }
        let requests: Vec<BatchRequest> =
            relations.iter().map(|relation| self.relation_request(verb, relation)).collect();
        let mut items = match self.batch(&requests, latest).await.map(|answered| answered.body) {
            Ok(items) => items,
            Err(error) => return relations.iter().map(|_| Err(error.clone())).collect(),
        };
        let outcomes = relations.iter().zip(&requests).enumerate().map(|(n, (relation, request))| {
            let operation = verb.operation(relation);
            let result = match items.remove(&n) {
                Some(item) if (200..300).contains(&item.status) => Ok(()),
                Some(item) => Err(self.item_error(operation, request, &item)),
                None => Err(unanswered(operation)),
            };
            if let Err(error) = &result {
                tracing::debug!(%error, "an item of a batch brought no result");
            }
            verb.outcome(result)
        });
        outcomes.collect()
    }

    fn relation_request(&self, verb: Verb, relation: &RelationRef) -> BatchRequest {
        let row = relation.kind.graph();
        let (_, other) = row.ends(relation);
        let (method, path) = verb.request(row, relation);
        let body = (verb == Verb::Add).then(|| self.link_to(other));
        BatchRequest { method, url: self.url(&path), body }
    }

    /// The link to a directory object. It works for users and for groups.
    fn link_to(&self, id: &str) -> Value {
        let url: Url = self.url(&["directoryObjects", id]);
        json!({"@odata.id": url.as_str()})
    }
}

impl Verb {
    /// The method and the path below the version.
    fn request<'r>(self, row: &GraphRelation, relation: &'r RelationRef) -> (Method, Vec<&'r str>) {
        let (owner, other) = row.ends(relation);
        let (method, rest): (_, &[&str]) = match (self, row.cardinality) {
            (Self::Add, Cardinality::Many) => (Method::POST, &["$ref"]),
            (Self::Add, Cardinality::One) => (Method::PUT, &["$ref"]),
            (Self::Remove, Cardinality::Many) => (Method::DELETE, &[other, "$ref"]),
            (Self::Remove, Cardinality::One) => (Method::DELETE, &["$ref"]),
        };
        (method, [&[row.owners, owner, row.navigation], rest].concat())
    }

    fn operation(self, relation: &RelationRef) -> &'static str {
        let row = relation.kind.graph();
        match self {
            Self::Add => row.add_operation,
            Self::Remove => row.remove_operation,
        }
    }

    fn outcome(self, result: Result<(), GraphError>) -> Changed {
        match result {
            Ok(()) => Ok(RelationChange::Done),
            Err(error) if self.was_so(&error) => Ok(RelationChange::Already),
            Err(error) => Err(error),
        }
    }

    /// Whether the change was already in place. Graph gives the same status and code for an existing relation and for a
    /// malformed one (400 Request_BadRequest), so the text decides. If Graph changes the text, the refusal is shown
    /// unchanged, and nothing counts as done.
    fn was_so(self, error: &GraphError) -> bool {
        let says = |text: &str| error.status == Some(400) && error.message.to_lowercase().contains(text);
        match self {
            Self::Add => says("added object references already exist"),
            Self::Remove => error.is_not_found() || says("removed object references do not exist"),
        }
    }
}

fn unanswered(operation: &'static str) -> GraphError {
    GraphError::local(operation, Class::Transient, Reach::Unknown, "the batch's answer leaves this one out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_user_has_one_of_is_put_and_what_it_has_many_of_is_posted() {
        let relation = |kind| RelationRef { kind, user: "u".into(), target: "t".into() };
        let (groups, sponsors) = (relation(RelationKind::Groups), relation(RelationKind::Sponsors));
        let one = GraphRelation { cardinality: Cardinality::One, navigation: "manager", ..*sponsors.kind.graph() };
        for (row, relation, verb, method, path) in [
            (groups.kind.graph(), &groups, Verb::Add, "POST", "groups/t/members/$ref"),
            (groups.kind.graph(), &groups, Verb::Remove, "DELETE", "groups/t/members/u/$ref"),
            (sponsors.kind.graph(), &sponsors, Verb::Add, "POST", "users/u/sponsors/$ref"),
            (sponsors.kind.graph(), &sponsors, Verb::Remove, "DELETE", "users/u/sponsors/t/$ref"),
            (&one, &sponsors, Verb::Add, "PUT", "users/u/manager/$ref"),
            (&one, &sponsors, Verb::Remove, "DELETE", "users/u/manager/$ref"),
        ] {
            let (got, segments) = verb.request(row, relation);
            assert_eq!((got.as_str(), segments.join("/").as_str()), (method, path));
        }
    }
}
