//! The one ordered list of all writes that the operator made, over all interposers.
//! A test arms a number in it with what shall happen at that write: a crash, a lost answer, or a pause.

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use hyper::body::Bytes;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{oneshot, watch};

use crate::{Error, Result};

/// A moment in the life of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// It was received whole and is not passed on.
    Before,
    /// The work is done and answered, and the answer is not passed on.
    AfterWork,
    /// The answer has reached the client.
    AfterAnswer,
}

/// One write.
#[derive(Debug, Clone)]
pub struct Effect {
    /// Its number, from 1.
    pub seq: usize,
    /// The name of the interposer that it passed.
    pub port: String,
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// Its body.
    pub body: Bytes,
    /// The status of the answer from upstream, once there is one.
    pub status: Option<u16>,
    /// The moment at which it was broken off, if it was.
    pub broken: Option<Moment>,
}

impl Effect {
    /// Its body as JSON; null if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>3} {:<6} {:<6} {}", self.seq, self.port, self.method, self.path)?;
        match self.status {
            Some(status) => write!(f, " -> {status}")?,
            None => write!(f, " -> no answer")?,
        }
        self.broken.map_or(Ok(()), |moment| write!(f, ", broken off {moment:?}"))
    }
}

/// The recorder of effects. Clones share one list.
#[derive(Clone)]
pub struct Effects {
    state: Arc<Mutex<State>>,
    count: Arc<watch::Sender<usize>>,
}

#[derive(Default)]
struct State {
    list: Vec<Effect>,
    arms: HashMap<(usize, Moment), Arm>,
}

type Callback = Box<dyn FnOnce(Effect) -> BoxFuture<'static, ()> + Send>;

enum Arm {
    Break(Callback),
    Hold { reached: oneshot::Sender<Effect>, released: oneshot::Receiver<()> },
}

/// A write that waits, or will wait, at its moment. Dropping this lets it go on.
pub struct Held {
    reached: oneshot::Receiver<Effect>,
    _release: oneshot::Sender<()>,
}

impl Held {
    /// Returns when the write is there and waits.
    pub async fn reached(&mut self, within: Duration) -> Result<Effect> {
        let timed_out =
            || Error::TimedOut { what: "a held write".into(), seconds: within.as_secs(), seen: String::new() };
        tokio::time::timeout(within, &mut self.reached).await.map_err(|_| timed_out())?.map_err(|_| timed_out())
    }

    /// Lets it go on as if nothing had been.
    pub fn release(self) {}
}

impl Default for Effects {
    fn default() -> Self {
        Self { state: Arc::default(), count: Arc::new(watch::Sender::new(0)) }
    }
}

impl Effects {
    /// An empty recorder.
    pub fn new() -> Self {
        Self::default()
    }

    /// All writes so far, in their order.
    pub fn list(&self) -> Vec<Effect> {
        self.state().list.clone()
    }

    /// Breaks the write of that number off at that moment: the callback runs (it may kill the operator), and then the
    /// connection is dropped without an answer. For a lost answer with no crash the callback does nothing.
    pub fn at<F, Fut>(&self, seq: usize, moment: Moment, callback: F)
    where
        F: FnOnce(Effect) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let callback: Callback = Box::new(move |effect| Box::pin(callback(effect)));
        self.state().arms.insert((seq, moment), Arm::Break(callback));
    }

    /// Has the write of that number wait at that moment until it is released.
    pub fn hold(&self, seq: usize, moment: Moment) -> Held {
        let (reached_in, reached) = oneshot::channel();
        let (_release, released) = oneshot::channel();
        self.state().arms.insert((seq, moment), Arm::Hold { reached: reached_in, released });
        Held { reached, _release }
    }

    /// Takes back whatever is armed and has not happened.
    pub fn disarm(&self) {
        self.state().arms.clear();
    }

    /// Forgets everything and counts from 1 again.
    pub fn reset(&self) {
        *self.state() = State::default();
        self.count.send_replace(0);
    }

    /// Waits until that many writes have begun.
    pub async fn wait_for(&self, count: usize, within: Duration) -> Result<()> {
        let mut seen = self.count.subscribe();
        let reached = tokio::time::timeout(within, seen.wait_for(|now| *now >= count)).await.is_ok();
        if reached {
            return Ok(());
        }
        let seen = self.list().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        Err(Error::TimedOut { what: format!("{count} effects"), seconds: within.as_secs(), seen })
    }

    pub(super) fn begin(&self, port: &str, method: &str, path: &str, body: Bytes) -> usize {
        let mut state = self.state();
        let seq = state.list.len() + 1;
        let (port, method, path) = (port.into(), method.into(), path.into());
        state.list.push(Effect { seq, port, method, path, body, status: None, broken: None });
        self.count.send_replace(seq);
        seq
    }

    pub(super) fn answered(&self, seq: usize, status: u16) {
        if let Some(effect) = self.state().list.get_mut(seq - 1) {
            effect.status = Some(status);
        }
    }

    pub(super) fn is_armed(&self, seq: usize, moment: Moment) -> bool {
        self.state().arms.contains_key(&(seq, moment))
    }

    /// Lets happen what is armed for this moment. False means that the connection shall be dropped.
    pub(super) async fn reach(&self, seq: usize, moment: Moment) -> bool {
        let (arm, effect) = {
            let mut state = self.state();
            let arm = state.arms.remove(&(seq, moment));
            let effect = state.list.get_mut(seq - 1);
            match (arm, effect) {
                (Some(arm), Some(effect)) => {
                    if let Arm::Break(_) = arm {
                        effect.broken = Some(moment);
                    }
                    (arm, effect.clone())
                }
                _ => return true,
            }
        };
        match arm {
            Arm::Break(callback) => {
                callback(effect).await;
                false
            }
            Arm::Hold { reached, released } => {
                let _ = reached.send(effect);
                // An error means that the holder was dropped, which releases too.
                let _ = released.await;
                true
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}
