//! A limit for what nobody foresaw: a guest that is brought forward again and again without coming to rest, because the directory
//! says one thing here and another there, or because somebody undoes what is done. It goes on slowly, and the log says so.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Steps at once: many times what the longest way of a guest needs.
const BURST: f64 = 200.0;
/// Steps a second in the long run.
const PER_SECOND: f64 = 2.0;
/// How long a guest that used them up is left alone.
const HELD: Duration = Duration::from_secs(30);
/// From so many guests on, those that have all their steps again are forgotten.
const MANY: usize = 1024;
/// They are looked for no sooner than so long after the last time.
const BETWEEN: Duration = Duration::from_secs(1);

/// What each guest has left, by uid.
#[derive(Debug, Default)]
pub struct StepLimiter {
    guests: Mutex<StepsLeft>,
}

#[derive(Debug, Default)]
struct StepsLeft {
    left: HashMap<String, Left>,
    /// When they were last looked through.
    looked: Option<Instant>,
}

impl StepsLeft {
    fn forget_who_has_all(&mut self, now: Instant) {
        if self.left.len() < MANY || self.looked.is_some_and(|looked| now.saturating_duration_since(looked) < BETWEEN) {
            return;
        }
        self.looked = Some(now);
        self.left.retain(|_, left| {
            left.refill(now);
            left.steps < BURST
        });
    }
}

#[derive(Debug)]
struct Left {
    steps: f64,
    at: Instant,
    held: Option<Instant>,
}

impl Left {
    fn refill(&mut self, now: Instant) {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * PER_SECOND;
        (self.steps, self.at) = ((self.steps + gained).min(BURST), now);
        self.held = self.held.filter(|until| *until > now);
    }
}

impl StepLimiter {
    /// How long the guest `uid` is still left alone.
    pub fn holds(&self, uid: &str) -> Option<Duration> {
        self.holds_at(uid, Instant::now())
    }

    /// Uses one step of the guest `uid` up; says how long it is left alone from now on, if it has none left.
    pub fn step(&self, uid: &str) -> Option<Duration> {
        self.step_at(uid, Instant::now())
    }

    fn holds_at(&self, uid: &str, now: Instant) -> Option<Duration> {
        let guests = self.guests.lock();
        let until = guests.left.get(uid)?.held?;
        Some(until.saturating_duration_since(now)).filter(|left| !left.is_zero())
    }

    fn step_at(&self, uid: &str, now: Instant) -> Option<Duration> {
        let mut guests = self.guests.lock();
        guests.forget_who_has_all(now);
        let left = guests.left.entry(uid.to_owned()).or_insert(Left { steps: BURST, at: now, held: None });
        left.refill(now);
        if left.steps < 1.0 {
            left.held = Some(now + HELD);
            return Some(HELD);
        }
        left.steps -= 1.0;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_goes_in_circles_goes_slowly_and_the_others_at_their_pace() {
        let (limiter, start) = (StepLimiter::default(), Instant::now());
        let steps = |uid: &str, now: Instant| (0..1000).take_while(|_| limiter.step_at(uid, now).is_none()).count();
        assert_eq!(steps("circling", start), 200);
        assert_eq!(limiter.holds_at("circling", start), Some(HELD));
        assert_eq!(limiter.holds_at("other", start), None);
        let later = start + HELD;
        assert_eq!(limiter.holds_at("circling", later), None);
        assert_eq!(steps("circling", later), 60, "two a second in the long run");
        assert_eq!(steps("other", later), 200);
    }

    #[test]
    fn of_many_those_are_forgotten_who_have_all_their_steps_again() {
        let (limiter, start) = (StepLimiter::default(), Instant::now());
        let known = || limiter.guests.lock().left.len();
        (0..2 * MANY).for_each(|n| assert!(limiter.step_at(&n.to_string(), start).is_none()));
        assert_eq!(known(), 2 * MANY, "they have all begun just now");
        assert!(limiter.step_at("later", start + BETWEEN).is_none());
        assert_eq!(known(), 1);
    }
}
