//! Look-ups that come within a moment go to Graph together: a thousand guests who are declared at once cost a tenth of the calls.

use std::sync::Arc;
use std::time::Duration;

use super::look::{Question, look, look_for_all};
use crate::api::Address;
use crate::graph::{Graph, GraphError, IN_BATCH};
use crate::plan::Look;
use crate::schedule::InCommon;

/// How long a look-up waits for others.
const MOMENT: Duration = Duration::from_millis(50);

/// The look-ups of one directory that wait for others.
#[derive(Debug)]
pub struct LooksInCommon(Arc<InCommon<Question, Look>>);

impl Default for LooksInCommon {
    fn default() -> Self {
        Self(InCommon::new(MOMENT, IN_BATCH))
    }
}

impl LooksInCommon {
    /// Looks `address` up, live. Also looks among the deleted users if no user has the address, or if `deleted` is set.
    ///
    /// # Errors
    /// As Graph's reads. Nothing is known then.
    pub async fn look(&self, graph: &Graph, address: &Address, deleted: bool) -> Result<Look, GraphError> {
        let question = Question { address: address.clone(), deleted };
        let common = graph.clone();
        let ask = async move |questions: Vec<Question>| look_for_all(&common, &questions).await;
        match self.0.answer(question.clone(), ask).await {
            Some(look) => Ok(look),
            None => look(graph, &question).await,
        }
    }
}
