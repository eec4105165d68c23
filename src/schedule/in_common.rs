//! Questions of one kind that come within a moment are asked together: what a thousand guests want to know costs few requests.
//!
//! An answer is as fresh as one that was asked for alone, because nothing is asked before everybody wants it.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;

/// How many moments a question waits at most.
const MOMENTS: u32 = 5;

/// The questions `Q` that wait for others. Each gets an answer `A` of its own.
#[derive(Debug)]
pub struct InCommon<Q, A> {
    waiting: Mutex<Vec<Waiting<Q, A>>>,
    moment: Duration,
    enough: usize,
}

#[derive(Debug)]
struct Waiting<Q, A> {
    question: Q,
    /// Dropped without a word where the answer is to be asked for by itself.
    answer: oneshot::Sender<A>,
}

impl<Q: Send + 'static, A: Send + 'static> InCommon<Q, A> {
    /// A question waits for others for a `moment`, and as long as others come within one, for five in all. No longer once there are `enough`.
    pub fn new(moment: Duration, enough: usize) -> Arc<Self> {
        Arc::new(Self { waiting: Mutex::default(), moment, enough })
    }

    /// What `ask` brought for `question`; it is called with all the questions of the moment, in order. Nothing for a question that is alone
    /// or has no answer: that one is to be asked alone, and fails with its own error.
    pub async fn answer<F>(self: &Arc<Self>, question: Q, ask: impl FnOnce(Vec<Q>) -> F + Send + 'static) -> Option<A>
    where
        F: Future<Output = Vec<Option<A>>> + Send,
    {
        self.wait_with_others(question, ask).await.ok()
    }

    /// Puts the question among those that wait. Who comes first sees to it that they are asked, in a task of its own: whoever came first
    /// may give up while others wait.
    fn wait_with_others<F>(
        self: &Arc<Self>,
        question: Q,
        ask: impl FnOnce(Vec<Q>) -> F + Send + 'static,
    ) -> oneshot::Receiver<A>
    where
        F: Future<Output = Vec<Option<A>>> + Send,
    {
        let (answer, answered) = oneshot::channel();
        let mut waiting = self.waiting.lock();
        waiting.push(Waiting { question, answer });
        if waiting.len() == 1 {
            let common = self.clone();
            tokio::spawn(async move {
                let waiting = common.gather().await;
                // Whoever is alone is left to ask alone.
                if waiting.len() > 1 {
                    answer_all(waiting, ask).await;
                }
            });
        }
        answered
    }

    /// Waits until nobody comes any more, or for long enough.
    async fn gather(&self) -> Vec<Waiting<Q, A>> {
        let mut count = 1;
        for _ in 0..MOMENTS {
            tokio::time::sleep(self.moment).await;
            let before = std::mem::replace(&mut count, self.waiting.lock().len());
            if count == before || count >= self.enough {
                break;
            }
        }
        std::mem::take(&mut *self.waiting.lock())
    }
}

async fn answer_all<Q, A, F>(waiting: Vec<Waiting<Q, A>>, ask: impl FnOnce(Vec<Q>) -> F)
where
    F: Future<Output = Vec<Option<A>>>,
{
    let (questions, answers): (Vec<Q>, Vec<_>) =
        waiting.into_iter().map(|waiting| (waiting.question, waiting.answer)).unzip();
    for (answer, found) in answers.into_iter().zip(ask(questions).await) {
        if let Some(found) = found {
            // Whoever asked may be gone.
            let _ = answer.send(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    fn common() -> Arc<InCommon<u32, u32>> {
        InCommon::new(Duration::from_millis(50), 20)
    }

    /// Doubles the even ones, and has no answer for the others.
    async fn doubled(questions: Vec<u32>) -> Vec<Option<u32>> {
        questions.into_iter().map(|question| (question % 2 == 0).then_some(question * 2)).collect()
    }

    #[tokio::test]
    async fn those_of_one_moment_are_asked_once_and_each_gets_its_own_answer() {
        let common = common();
        let answers = join_all((0..4).map(|question| {
            let ask = async |questions: Vec<u32>| {
                assert_eq!(questions, [0, 1, 2, 3], "who came first asks for all of them");
                doubled(questions).await
            };
            common.answer(question, ask)
        }));
        assert_eq!(answers.await, [Some(0), None, Some(4), None]);
    }

    #[tokio::test]
    async fn who_comes_after_the_question_was_asked_is_not_answered_by_it() {
        let common = common();
        let ((asked, was_asked), (brought, was_brought)) = (oneshot::channel(), oneshot::channel());
        let ask = move |questions: Vec<u32>| async move {
            asked.send(()).unwrap();
            was_brought.await.unwrap();
            doubled(questions).await
        };
        let first = common.answer(2, ask);
        // It comes and goes while the answer for the others is on its way.
        let late = async {
            was_asked.await.unwrap();
            let late = common.answer(6, doubled).await;
            brought.send(()).unwrap();
            late
        };
        let (first, second, late) = tokio::join!(first, common.answer(4, doubled), late);
        assert_eq!((first, second, late), (Some(4), Some(8), None), "the late one was alone");
    }
}
