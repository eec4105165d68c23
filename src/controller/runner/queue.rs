//! What is to be looked at, and when. An object is looked at once at a time, and not more often than the queue is told. A later trigger
//! never puts off an earlier one.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::store::ObjectKey;

/// For so many that wait there is always room.
const ROOM: usize = 256;

/// The objects of one kind that are to be looked at.
#[derive(Debug, Default)]
pub struct Queue {
    /// The least time from one look at an object to the next.
    between: Duration,
    /// When the last look at an object began, while that still counts.
    began: HashMap<ObjectKey, Instant>,
    /// Those that wait, in order. At the start that is everybody, so a key is kept once.
    waiting: BTreeSet<(Instant, Arc<ObjectKey>)>,
    /// When each of them is due.
    due: HashMap<Arc<ObjectKey>, Instant>,
    /// Those that are being looked at, and when to look again because of what came meanwhile.
    running: HashMap<ObjectKey, Option<Instant>>,
}

impl Queue {
    /// An empty queue that leaves at least `between` from one look at an object to the next.
    pub fn new(between: Duration) -> Self {
        Self { between, ..Self::default() }
    }

    /// Asks for a look at `key`, not before `at`.
    pub fn ask(&mut self, key: ObjectKey, at: Instant) {
        if let Some(again) = self.running.get_mut(&key) {
            *again = Some(again.map_or(at, |before| before.min(at)));
            return;
        }
        let at = self.began.get(&key).map_or(at, |began| at.max(*began + self.between));
        let key = match self.due.get_key_value(&key) {
            Some((_, before)) if *before <= at => return,
            Some((key, before)) => {
                let key = key.clone();
                self.waiting.remove(&(*before, key.clone()));
                key
            }
            None => Arc::new(key),
        };
        self.due.insert(key.clone(), at);
        self.waiting.insert((at, key));
    }

    /// Takes out what has waited longest, if it is due at `now`. It counts as being looked at from then on.
    pub fn take(&mut self, now: Instant) -> Option<ObjectKey> {
        self.next_at().filter(|at| *at <= now)?;
        let (_, key) = self.waiting.pop_first()?;
        self.due.remove(&key);
        if self.due.is_empty() {
            // After a start the room for everybody is not needed again.
            self.due.shrink_to(ROOM);
        }
        let key = Arc::unwrap_or_clone(key);
        self.running.insert(key.clone(), None);
        if !self.between.is_zero() {
            self.began.retain(|_, began| *began + self.between > now);
            self.began.insert(key.clone(), now);
        }
        Some(key)
    }

    /// The look at `key` has ended, and wants another one at `again`.
    pub fn ended(&mut self, key: ObjectKey, again: Option<Instant>) {
        let came = self.running.remove(&key).flatten();
        if let Some(at) = [came, again].into_iter().flatten().min() {
            self.ask(key, at);
        }
    }

    /// When the next one is due.
    pub fn next_at(&self) -> Option<Instant> {
        self.waiting.first().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn key(name: &str) -> ObjectKey {
        ObjectKey { namespace: "team".into(), name: name.into() }
    }

    #[test]
    fn the_earliest_trigger_counts_and_what_waits_longest_comes_first() {
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let mut queue = Queue::default();
        queue.ask(key("a"), at(5));
        queue.ask(key("b"), at(3));
        queue.ask(key("a"), at(9));
        assert_eq!((queue.take(at(2)), queue.next_at()), (None, Some(at(3))));
        queue.ask(key("a"), at(1));
        assert_eq!(queue.take(at(4)), Some(key("a")));
        assert_eq!(queue.take(at(4)), Some(key("b")));
        assert_eq!(queue.take(at(100)), None, "each once");
    }

    #[test]
    fn what_is_triggered_all_the_time_is_looked_at_as_often_as_it_may_be() {
        let now = Instant::now();
        let at = |millis| now + Duration::from_millis(millis);
        let mut queue = Queue::new(Duration::from_millis(500));
        let mut looks = Vec::new();
        for millis in (0..1_600).step_by(10) {
            queue.ask(key("busy"), at(millis));
            if let Some(key) = queue.take(at(millis)) {
                looks.push(millis);
                queue.ended(key, None);
            }
        }
        assert_eq!(looks, [0, 500, 1_000, 1_500]);
        queue.ask(key("calm"), at(1_600));
        assert_eq!(queue.take(at(1_600)), Some(key("calm")), "the first look waits for nothing");
    }

    #[test]
    fn what_is_looked_at_is_looked_at_once_more_for_what_came_meanwhile() {
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let mut queue = Queue::default();
        queue.ask(key("a"), now);
        assert_eq!(queue.take(now), Some(key("a")));
        queue.ask(key("a"), at(2));
        queue.ask(key("a"), at(1));
        assert_eq!(queue.take(at(10)), None, "it is being looked at");
        queue.ended(key("a"), Some(at(60)));
        assert_eq!(queue.next_at(), Some(at(1)));
        assert_eq!(queue.take(at(1)), Some(key("a")));
        queue.ended(key("a"), Some(at(60)));
        assert_eq!(queue.next_at(), Some(at(60)));
        assert_eq!(queue.take(at(60)), Some(key("a")));
        queue.ended(key("a"), None);
        assert_eq!(queue.next_at(), None);
    }
}
