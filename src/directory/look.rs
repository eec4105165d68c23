//! The live look-up of an address: who has it now, and which deleted guests had it.
//!
//! The deleted are read after the users. Whoever is deleted in between is found among them; the other way round nobody would be found.

use jiff::Timestamp;

use super::directory_user;
use crate::api::Address;
use crate::graph::{AddressHolders, Class, DeletedUser, Graph, GraphError};
use crate::plan::Look;

/// What is asked about an address.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The address.
    pub address: Address,
    /// Whether to look among the deleted users even if a user has the address.
    pub deleted: bool,
}

/// Answers one question by calls of its own.
///
/// # Errors
/// As Graph's reads. Nothing is known then.
pub(super) async fn look(graph: &Graph, question: &Question) -> Result<Look, GraphError> {
    let taken_at = Timestamp::now();
    let found = graph.find_by_address(question.address.as_str()).await?;
    let deleted = if question.needs_deleted(&found) {
        match graph.deleted_by_address(question.address.as_str()).await {
            // The application may not list them.
            Err(error) if error.class == Class::Terminal => Some(Vec::new()),
            other => Some(restorable(&other?)),
        }
    } else {
        None
    };
    Ok(made(taken_at, &found, deleted))
}

/// Answers several questions, twenty to a call. Nothing in the place of a question that these calls did not answer.
pub(super) async fn look_for_all(graph: &Graph, questions: &[Question]) -> Vec<Option<Look>> {
    let taken_at = Timestamp::now();
    let everybody: Vec<&str> = questions.iter().map(|question| question.address.as_str()).collect();
    let found = graph.find_by_addresses(&everybody).await;
    let needs_deleted =
        |question: &&Question| found.get(question.address.as_str()).is_some_and(|found| question.needs_deleted(found));
    let gone: Vec<&str> = questions.iter().filter(needs_deleted).map(|question| question.address.as_str()).collect();
    let deleted = graph.deleted_by_addresses(&gone).await;
    let answer = |question: &Question| {
        let found = found.get(question.address.as_str())?;
        let deleted = match question.needs_deleted(found) {
            true => Some(restorable(deleted.get(question.address.as_str())?)),
            false => None,
        };
        Some(made(taken_at, found, deleted))
    };
    questions.iter().map(answer).collect()
}

impl Question {
    fn needs_deleted(&self, found: &AddressHolders) -> bool {
        self.deleted || found.users.is_empty()
    }
}

fn made(taken_at: Timestamp, found: &AddressHolders, deleted: Option<Vec<String>>) -> Look {
    let users = found.users.iter().map(directory_user).collect();
    Look { taken_at, graph_time: found.graph_time, users, deleted }
}

/// The guests among the deleted users, the newest first.
fn restorable(deleted: &[DeletedUser]) -> Vec<String> {
    let mut guests: Vec<&DeletedUser> =
        deleted.iter().filter(|deleted| directory_user(&deleted.user).is_guest).collect();
    guests.sort_by_key(|deleted| std::cmp::Reverse(deleted.deleted_at));
    guests.into_iter().map(|deleted| deleted.user.id.clone()).collect()
}
