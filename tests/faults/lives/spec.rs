//! What a GuestInvitation of a life may say.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// The groups of the directory.
pub const GROUPS: [&str; 3] = ["Analysts", "Readers", "Writers"];

/// The user who sponsors guests.
pub const SPONSOR: &str = "boss@contoso.com";

/// The fields that a life varies. What is not said is left out of the manifest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spec {
    pub existing: Option<&'static str>,
    pub policy: Option<&'static str>,
    /// Access ends so many seconds after the act.
    pub until_in: Option<i64>,
    /// The invitation expires so many seconds after it.
    pub expires_in: Option<u64>,
    pub groups: Vec<&'static str>,
    pub sponsors: bool,
    pub delivery: Option<&'static str>,
    pub title: Option<String>,
    /// Which Secret of its own the claim names for the redeem link.
    pub link: Option<u32>,
    pub suspend: bool,
    pub reminders: bool,
}

impl Spec {
    /// Whatever somebody may declare.
    pub fn any(rng: &mut Rng, reminders: bool) -> Self {
        let mut spec = Self {
            sponsors: rng.u8(..100) < 10,
            delivery: [None, None, None, None, None, None, Some("Microsoft"), Some("Mail"), Some("Mail"), Some("None")]
                [rng.usize(..10)],
            suspend: rng.u8(..100) < 4,
            reminders: reminders && rng.u8(..100) < 15,
            ..Self::default()
        };
        spec.set_existing(rng);
        spec.set_policy(rng);
        spec.set_times(rng);
        spec.set_groups(rng);
        spec.set_title(rng);
        spec.set_link(rng);
        spec
    }

    /// The same with one or two fields changed.
    pub fn edited(&self, rng: &mut Rng) -> Self {
        let mut spec = self.clone();
        for _ in 0..rng.u8(1..3) {
            match rng.u8(..6) {
                0 => spec.set_existing(rng),
                1 => spec.set_policy(rng),
                2 => spec.set_times(rng),
                3 => spec.set_groups(rng),
                4 => spec.set_link(rng),
                _ => spec.set_title(rng),
            }
        }
        spec
    }

    fn set_existing(&mut self, rng: &mut Rng) {
        let all =
            [None, None, Some("Follow"), Some("Refuse"), Some("Manage"), Some("Manage"), Some("Own"), Some("Own")];
        self.existing = all[rng.usize(..all.len())];
    }

    fn set_policy(&mut self, rng: &mut Rng) {
        let all = [None, Some("Retain"), Some("Disable"), Some("Delete"), Some("Disable"), Some("Delete")];
        self.policy = all[rng.usize(..all.len())];
    }

    fn set_times(&mut self, rng: &mut Rng) {
        const DAY: i64 = 86_400;
        self.until_in = match rng.u8(..20) {
            0 | 1 => Some(rng.i64(2..12)),
            2 => Some(DAY),
            _ => None,
        };
        self.expires_in = match rng.u8(..20) {
            0 | 1 => Some(rng.u64(3..12)),
            2 => Some(DAY as u64),
            _ => None,
        };
    }

    fn set_groups(&mut self, rng: &mut Rng) {
        self.groups = GROUPS.into_iter().filter(|_| rng.u8(..4) == 0).collect();
    }

    fn set_title(&mut self, rng: &mut Rng) {
        self.title = (rng.u8(..100) < 20).then(|| format!("title {}", rng.u16(..)));
    }

    fn set_link(&mut self, rng: &mut Rng) {
        self.link = (rng.u8(..100) < 10).then(|| rng.u32(..));
    }

    /// The spec of the claim with this name, as it is declared at `now`.
    pub fn json(&self, claim: &str, address: &str, now: Timestamp) -> Value {
        let mut spec = self.changes(claim, now);
        spec.retain(|_, value| !value.is_null());
        spec.insert("email".into(), json!(address));
        Value::Object(spec)
    }

    /// A merge patch that makes the declared spec of the claim with this name say this at `now`. No garbage collector runs in a life. So the
    /// Secret has the claim's name in its own, and no claim meets one that a claim with another name has left.
    pub fn changes(&self, claim: &str, now: Timestamp) -> Map<String, Value> {
        let until = self.until_in.and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok());
        let until = until.map(|until| until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        let sponsors: &[&str] = if self.sponsors { &[SPONSOR] } else { &[] };
        let all = json!({
            "existing": self.existing,
            "deletionPolicy": self.policy,
            "accessUntil": until,
            "expiresAfter": self.expires_in.map(|seconds| format!("{seconds}s")),
            "groups": self.groups,
            "sponsors": sponsors,
            "delivery": self.delivery,
            "profile": self.title.as_ref().map(|title| json!({"jobTitle": title})),
            "redeemUrlSecretRef": self.link.map(|number| json!({"name": format!("{claim}-{number}")})),
            "suspend": self.suspend,
            "reminders": self.reminders.then(|| json!({"after": "1m", "limit": 1})),
        });
        match all {
            Value::Object(all) => all,
            _ => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_under_another_name_keeps_its_link_in_another_secret() {
        let spec = Spec { link: Some(7), ..Spec::default() };
        let secret = |claim: &str| spec.changes(claim, Timestamp::now())["redeemUrlSecretRef"]["name"].clone();
        assert_eq!((secret("g1"), secret("g2")), (json!("g1-7"), json!("g2-7")));
    }
}
