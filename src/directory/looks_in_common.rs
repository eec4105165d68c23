//! Look-ups that come within a moment go to Graph together: a thousand guests who are declared at once cost a tenth of the calls.
//!
//! An answer is as fresh as one of a call of its own, because nothing is asked before the look-up is wanted. Whoever is alone asks alone,
//! and so does whoever the calls in common brought nothing: then the failure is that of one guest, with its own class.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::look::{Question, look, look_for_all};
use crate::api::Address;
use crate::graph::{Graph, GraphError, IN_BATCH};
use crate::plan::Look;

/// How long a look-up waits for others. While others come, they are all waited for.
const MOMENT: Duration = Duration::from_millis(50);

/// How many moments a look-up waits at most.
const MOMENTS: u32 = 5;

/// The look-ups of one directory that wait for others.
#[derive(Debug, Default)]
pub struct LooksInCommon {
    waiting: Mutex<Vec<Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    question: Question,
    /// Dropped without a word where the answer is to be asked for by itself.
    answer: oneshot::Sender<Look>,
}

impl LooksInCommon {
    /// Looks `address` up, live. Also looks among the deleted users if no user has the address, or if `deleted` is set.
    ///
    /// # Errors
    /// As Graph's reads. Nothing is known then.
    pub async fn look(self: &Arc<Self>, graph: &Graph, address: &Address, deleted: bool) -> Result<Look, GraphError> {
        let question = Question { address: address.clone(), deleted };
        match self.wait_with_others(graph, question.clone()).await {
            Ok(look) => Ok(look),
            Err(_) => look(graph, &question).await,
        }
    }

    /// Puts the question among those that wait. Who comes first sees to it that they are asked, in a task of its own: the pass that came
    /// first may end while others wait.
    fn wait_with_others(self: &Arc<Self>, graph: &Graph, question: Question) -> oneshot::Receiver<Look> {
        let (answer, answered) = oneshot::channel();
        let mut waiting = self.waiting.lock();
        waiting.push(Waiting { question, answer });
        if waiting.len() == 1 {
            let (looks, graph) = (self.clone(), graph.clone());
            tokio::spawn(async move {
                let waiting = looks.gather().await;
                answer_all(&graph, waiting).await;
            });
        }
        answered
    }

    /// Waits until nobody comes any more, or for long enough.
    async fn gather(&self) -> Vec<Waiting> {
        let mut count = 1;
        for _ in 0..MOMENTS {
            tokio::time::sleep(MOMENT).await;
            let before = std::mem::replace(&mut count, self.waiting.lock().len());
            if count == before || count >= IN_BATCH {
                break;
            }
        }
        std::mem::take(&mut *self.waiting.lock())
    }
}

/// Answers all of them in common. Whoever is alone is left to ask alone.
async fn answer_all(graph: &Graph, waiting: Vec<Waiting>) {
    if waiting.len() == 1 {
        return;
    }
    let (questions, answers): (Vec<Question>, Vec<_>) =
        waiting.into_iter().map(|waiting| (waiting.question, waiting.answer)).unzip();
    for (answer, look) in answers.into_iter().zip(look_for_all(graph, &questions).await) {
        if let Some(look) = look {
            // Whoever asked may be gone.
            let _ = answer.send(look);
        }
    }
}
