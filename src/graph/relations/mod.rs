//! A user's relations with other objects: the one place where `/$ref` is written. The same `DELETE` without it means the
//! other object itself ("Add members", "Remove member", "Add sponsor", "Remove sponsor", Graph).
//! `kinds` tells how Graph keeps each kind, `targets` finds the other object by what a person wrote.

mod kinds;
mod reference;
mod targets;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use self::kinds::{Cardinality, GraphRelation};
use super::batch::{BatchRequest, MOST};
use super::object_id::object_ids;
use super::transport::Payload;
use super::{Class, Graph, GraphError, Reach};
use crate::api::RelationKind;

pub use reference::RelationRef;

/// What a change of a relation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationChange {
    /// This call made or removed it.
    Done,
    /// It was there, or gone, before this call. After a call whose answer was lost that may have been the lost one's work.
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
    /// The ids of the objects that a user is related to in this way. Among a user's groups stand other objects that the user
    /// is a direct member of, such as directory roles.
    ///
    /// # Errors
    /// As any call; 403 when the application may not read them, 404 when there is no such user, or not yet.
    pub async fn related(&self, kind: RelationKind, user: &str) -> Result<Vec<String>, GraphError> {
        let row = kind.graph();
        let mut url = self.url(&["users", user, row.read]);
        url.query_pairs_mut().append_pair("$select", "id");
        if row.cardinality == Cardinality::One {
            // Graph says 404 both of a user and of a relation that is not there.
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

    /// Adds relations, in calls of twenty; the results stand in the order of `relations`. A single one is a request of its own.
    /// For minutes after its creation a user may not be there for a relation, even if it was read: that is an error here, a 404
    /// or, as some report, a 400, and [`super::refused_write`] calls it NotReplicated.
    ///
    /// # Errors
    /// When the first call did not leave, so that nothing was done. Any later or other failure stands at each relation it
    /// struck, lest what others brought be lost; [`Reach::Unknown`] there means that it may have been made all the same.
    pub async fn add_relations(
        &self,
        relations: &[RelationRef],
    ) -> Result<Vec<Result<RelationChange, GraphError>>, GraphError> {
        self.change_relations(Verb::Add, relations).await
    }

    /// Removes relations and never the other objects; the rest is as in [`Graph::add_relations`]. A 404 is
    /// [`RelationChange::Already`]: whichever of the two objects is gone, so is the relation. A user's own 404 in the minutes
    /// after its creation looks the same.
    ///
    /// # Errors
    /// As [`Graph::add_relations`].
    pub async fn remove_relations(
        &self,
        relations: &[RelationRef],
    ) -> Result<Vec<Result<RelationChange, GraphError>>, GraphError> {
        self.change_relations(Verb::Remove, relations).await
    }

    async fn change_relations(&self, verb: Verb, relations: &[RelationRef]) -> Result<Vec<Changed>, GraphError> {
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
        for chunk in sound.chunks_mut(MOST) {
            let wanted: Vec<&RelationRef> = chunk.iter().map(|(relation, _)| *relation).collect();
            let results = self.change_chunk(verb, &wanted).await;
            let unsent = |outcome: &Changed| outcome.as_ref().is_err_and(|error| error.reach == Reach::NotSent);
            if first && results.iter().all(unsent) {
                // The chunk is never empty, and its results have one cause.
                return Err(results.into_iter().find_map(Result::err).unwrap_or_else(|| unanswered("batch")));
            }
            first = false;
            for ((_, outcome), result) in chunk.iter_mut().zip(results) {
                **outcome = Some(result);
            }
        }
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| Err(unanswered("batch")))).collect())
    }

    /// The removal of what a user has only one of names nobody: it would strike whoever stands there now.
    async fn has_to_be_sent(&self, verb: Verb, relation: &RelationRef) -> Result<bool, GraphError> {
        object_ids(verb.operation(relation), &[&relation.user, &relation.target])?;
        if verb == Verb::Add || relation.kind.graph().cardinality == Cardinality::Many {
            return Ok(true);
        }
        Ok(self.related(relation.kind, &relation.user).await?.contains(&relation.target))
    }

    /// One call's worth of relations.
    async fn change_chunk(&self, verb: Verb, relations: &[&RelationRef]) -> Vec<Changed> {
        if let [relation] = relations {
            let BatchRequest { method, url, body } = self.relation_request(verb, relation);
            let payload = body.as_ref().map_or(Payload::None, Payload::Json);
            let result = self.command(verb.operation(relation), method, url, payload).await;
            return vec![verb.outcome(result)];
        }
        let requests: Vec<BatchRequest> =
            relations.iter().map(|relation| self.relation_request(verb, relation)).collect();
        let mut items = match self.batch(&requests).await {
            Ok(items) => items,
            Err(error) => return relations.iter().map(|_| Err(error.clone())).collect(),
        };
        let outcomes = relations.iter().enumerate().map(|(n, relation)| {
            let operation = verb.operation(relation);
            let result = match items.remove(&n) {
                Some(item) if (200..300).contains(&item.status) => Ok(()),
                Some(item) => Err(self.item_error(operation, &item)),
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

    /// Users and groups alike can be named as directory objects.
    fn link_to(&self, id: &str) -> Value {
        let url: Url = self.url(&["directoryObjects", id]);
        json!({"@odata.id": url.as_str()})
    }
}

impl Verb {
    /// The method and the path, below the version.
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

    /// Status and code are the same for a relation that is there and for a malformed one (400 Request_BadRequest), so here
    /// the text has to tell. Should it change one day, the refusal is shown as it came, and nothing is taken for done.
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
