//! A guest's groups and sponsors: the one place where `/$ref` is written. The same `DELETE` without it means the member
//! itself ("Add members", "Remove member", "Add sponsor", "Remove sponsor", Graph).

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::batch::{MOST, Request};
use super::object_id::object_ids;
use super::transport::Payload;
use super::{Class, Graph, GraphError, Reach};

/// One object's reference to another, both by object id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// A user's membership in a group.
    Member {
        /// The group.
        group: String,
        /// Who belongs to it.
        user: String,
    },
    /// A user or group that answers for a user.
    Sponsor {
        /// The guest.
        user: String,
        /// Who answers for the guest.
        sponsor: String,
    },
}

/// What came of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referenced {
    /// This call made or removed it.
    Done,
    /// It was there, or gone, before this call. After a call whose answer was lost that may have been the lost one's work.
    Already,
}

#[derive(Clone, Copy)]
enum Change {
    Add,
    Remove,
}

type Outcome = Result<Referenced, GraphError>;

impl Graph {
    /// Makes references, in calls of twenty; the results stand in the order of `references`. A single one is a request of its own.
    /// For minutes after its creation a user may not be there for a reference, even if it was read: that is an error here, a 404
    /// or, as some report, a 400, and [`super::refused_write`] calls it NotReplicated.
    ///
    /// # Errors
    /// When the first call did not leave, so that nothing was done. Any later or other failure stands at each reference it
    /// struck, lest what others brought be lost; [`Reach::Unknown`] there means that it may have been made all the same.
    pub async fn add_references(
        &self,
        references: &[Reference],
    ) -> Result<Vec<Result<Referenced, GraphError>>, GraphError> {
        self.change_references(Change::Add, references).await
    }

    /// Removes references and never what they refer to; the rest is as in [`Graph::add_references`]. A 404 is
    /// [`Referenced::Already`]: whichever of the two objects is gone, so is the reference. A user's own 404 in the minutes
    /// after its creation looks the same.
    ///
    /// # Errors
    /// As [`Graph::add_references`].
    pub async fn remove_references(
        &self,
        references: &[Reference],
    ) -> Result<Vec<Result<Referenced, GraphError>>, GraphError> {
        self.change_references(Change::Remove, references).await
    }

    async fn change_references(&self, change: Change, references: &[Reference]) -> Result<Vec<Outcome>, GraphError> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; references.len()];
        let mut sound = Vec::with_capacity(references.len());
        for (reference, outcome) in references.iter().zip(&mut outcomes) {
            match object_ids(change.operation(reference), &reference.ids()) {
                Ok(()) => sound.push((reference, outcome)),
                Err(error) => *outcome = Some(Err(error)),
            }
        }
        let mut first = true;
        for chunk in sound.chunks_mut(MOST) {
            let wanted: Vec<&Reference> = chunk.iter().map(|(reference, _)| *reference).collect();
            let results = self.change_chunk(change, &wanted).await;
            let unsent = |outcome: &Outcome| outcome.as_ref().is_err_and(|error| error.reach == Reach::NotSent);
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

    /// One call's worth of references.
    async fn change_chunk(&self, change: Change, references: &[&Reference]) -> Vec<Outcome> {
        if let [reference] = references {
            let Request { method, url, body } = self.reference_request(change, reference);
            let payload = body.as_ref().map_or(Payload::None, Payload::Json);
            let result = self.command(change.operation(reference), method, url, payload).await;
            return vec![change.outcome(result)];
        }
        let requests: Vec<Request> =
            references.iter().map(|reference| self.reference_request(change, reference)).collect();
        let mut items = match self.batch(&requests).await {
            Ok(items) => items,
            Err(error) => return references.iter().map(|_| Err(error.clone())).collect(),
        };
        let outcomes = references.iter().enumerate().map(|(n, reference)| {
            let operation = change.operation(reference);
            let result = match items.remove(&n) {
                Some(item) if (200..300).contains(&item.status) => Ok(()),
                Some(item) => Err(self.item_error(operation, &item)),
                None => Err(unanswered(operation)),
            };
            if let Err(error) = &result {
                tracing::debug!(%error, "an item of a batch brought no result");
            }
            change.outcome(result)
        });
        outcomes.collect()
    }

    fn reference_request(&self, change: Change, reference: &Reference) -> Request {
        let (set, owner, link, target) = reference.parts();
        match change {
            Change::Add => Request {
                method: Method::POST,
                url: self.url(&[set, owner, link, "$ref"]),
                body: Some(self.link_to(target)),
            },
            Change::Remove => {
                Request { method: Method::DELETE, url: self.url(&[set, owner, link, target, "$ref"]), body: None }
            }
        }
    }

    /// Users and groups alike can be named as directory objects.
    fn link_to(&self, id: &str) -> Value {
        let url: Url = self.url(&["directoryObjects", id]);
        json!({"@odata.id": url.as_str()})
    }
}

impl Reference {
    /// The set and id of the object that refers, the name of its references, and the object referred to.
    fn parts(&self) -> (&'static str, &str, &'static str, &str) {
        match self {
            Self::Member { group, user } => ("groups", group, "members", user),
            Self::Sponsor { user, sponsor } => ("users", user, "sponsors", sponsor),
        }
    }

    fn ids(&self) -> [&str; 2] {
        let (_, owner, _, target) = self.parts();
        [owner, target]
    }
}

impl Change {
    fn operation(self, reference: &Reference) -> &'static str {
        match (self, reference) {
            (Self::Add, Reference::Member { .. }) => "addMember",
            (Self::Add, Reference::Sponsor { .. }) => "addSponsor",
            (Self::Remove, Reference::Member { .. }) => "removeMember",
            (Self::Remove, Reference::Sponsor { .. }) => "removeSponsor",
        }
    }

    fn outcome(self, result: Result<(), GraphError>) -> Outcome {
        match result {
            Ok(()) => Ok(Referenced::Done),
            Err(error) if self.was_so(&error) => Ok(Referenced::Already),
            Err(error) => Err(error),
        }
    }

    /// Status and code are the same for a reference that is there and for a malformed one (400 Request_BadRequest), so here
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
