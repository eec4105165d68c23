//! The API server's own history: a watch that keeps every version of every claim and of every Guest, by what it says.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use kube::api::DynamicObject;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::log::{Clock, Log};
use super::oracle::life::{Claim, Guest, Record, Wish};
use super::oracle::time::{Course, Moment, Span};
use super::{read, witness};

/// How long a version may have been there before the watch told it, where nobody knows who wrote it.
const LATE: Moment = 1_500;

/// The watch. It ends when it is dropped.
pub struct History {
    seen: Arc<Mutex<Seen>>,
    tasks: Vec<JoinHandle<()>>,
}

/// What was seen so far.
struct Seen {
    clock: Clock,
    claims: HashMap<String, SeenClaim>,
    guests: HashMap<String, SeenGuest>,
    last: Instant,
    writes: Writes,
    /// What was written when.
    written: Vec<(Instant, String)>,
}

/// How many versions there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writes {
    pub claims: usize,
    pub guests: usize,
}

struct SeenClaim {
    claim: Claim,
    /// With the resource version, by which those who wrote it know when that was; none when it went.
    versions: Vec<(Moment, Option<String>, Option<Wish>)>,
    written: usize,
}

struct SeenGuest {
    guest: Guest,
    versions: Vec<(Moment, Record)>,
    written: usize,
}

impl Drop for History {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl History {
    /// Begins to watch.
    pub fn start(client: &Client, clock: Clock) -> Self {
        let (claims, guests, writes, written) = Default::default();
        let seen = Arc::new(Mutex::new(Seen { clock, claims, guests, last: Instant::now(), writes, written }));
        let kinds = [("GuestInvitation", "guestinvitations"), ("GuestRecord", "guests")];
        let tasks = kinds.map(|(kind, plural)| {
            tokio::spawn(watch(witness::api(client.clone(), kind, plural), plural == "guests", seen.clone()))
        });
        Self { seen, tasks: tasks.into() }
    }

    /// How many versions there were so far.
    pub fn writes(&self) -> Writes {
        self.seen.lock().writes
    }

    /// What was written since then.
    pub fn written_since(&self, then: Instant) -> Vec<String> {
        let seen = self.seen.lock();
        seen.written.iter().filter(|(at, _)| *at >= then).map(|(_, what)| what.clone()).collect()
    }

    /// For how long there was none.
    pub fn quiet_for(&self) -> Duration {
        self.seen.lock().last.elapsed()
    }

    /// The most often that one claim, and one Guest, were written, with their names.
    pub fn most_written(&self) -> [(String, usize); 2] {
        let seen = self.seen.lock();
        let claims =
            seen.claims.values().map(|seen| (format!("{}/{}", seen.claim.namespace, seen.claim.name), seen.written));
        let guests = seen.guests.values().map(|seen| (seen.guest.name.clone(), seen.written));
        [claims.max_by_key(|(_, written)| *written), guests.max_by_key(|(_, written)| *written)]
            .map(Option::unwrap_or_default)
    }

    /// All of it, in the words of the oracle. Who wrote a version in `log` knows when that was.
    pub fn told(&self, log: &Log) -> (Vec<Claim>, Vec<Guest>) {
        let seen = self.seen.lock();
        let claims = seen.claims.values().map(|seen| seen.told(log)).collect();
        let guests = seen.guests.values().map(SeenGuest::told).collect();
        (claims, guests)
    }
}

async fn watch(api: Api<DynamicObject>, guests: bool, seen: Arc<Mutex<Seen>>) {
    let mut events = watcher(api, watcher::Config::default()).boxed();
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Apply(object) | Event::InitApply(object)) => seen.lock().take(&object, guests, false),
            Ok(Event::Delete(object)) => seen.lock().take(&object, guests, true),
            Ok(Event::Init | Event::InitDone) => {}
            // It goes on where it was.
            Err(_) => tokio::time::sleep(Duration::from_millis(250)).await,
        }
    }
}

impl Seen {
    fn take(&mut self, object: &DynamicObject, guest: bool, gone: bool) {
        self.last = Instant::now();
        let now = self.clock.now();
        let Ok(json) = serde_json::to_value(object) else { return };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let metadata = &json["metadata"];
        if guest {
            self.writes.guests += 1;
            let name = text(&metadata["name"]);
            let address = text(&json["record"]["email"]);
            self.written.push((self.last, format!("the Guest of {address}")));
            let seen = self.guests.entry(name.clone()).or_insert_with(|| SeenGuest {
                guest: Guest { name, address, records: Course::default() },
                versions: Vec::new(),
                written: 0,
            });
            seen.written += 1;
            let record = if gone { Record::default() } else { read::record(&json["record"]) };
            if seen.versions.last().is_none_or(|(_, last)| *last != record) {
                seen.versions.push((now, record));
            }
            return;
        }
        self.writes.claims += 1;
        let uid = text(&metadata["uid"]);
        let [namespace, name] = ["namespace", "name"].map(|key| text(&metadata[key]));
        self.written.push((self.last, format!("{namespace}/{name} of {}", text(&json["spec"]["email"]))));
        let seen = self.claims.entry(uid.clone()).or_insert_with(|| SeenClaim {
            claim: Claim {
                namespace: text(&metadata["namespace"]),
                name: text(&metadata["name"]),
                uid,
                address: text(&json["spec"]["email"]),
                ..Claim::default()
            },
            versions: Vec::new(),
            written: 0,
        });
        seen.written += 1;
        let wish = (!gone).then(|| read::wish(&json, self.clock));
        if seen.versions.last().is_none_or(|(_, _, last)| *last != wish) {
            let version = metadata["resourceVersion"].as_str().filter(|_| !gone).map(str::to_owned);
            seen.versions.push((now, version, wish));
        }
    }
}

impl SeenClaim {
    fn told(&self, log: &Log) -> Claim {
        let mut claim = self.claim.clone();
        claim.forced = log.forced.contains(&claim.uid);
        for (at, version, wish) in &self.versions {
            let known = match version {
                Some(version) => log.written.get(version),
                None => log.gone.get(&claim.uid),
            };
            let span = known.copied().unwrap_or(Span { from: at - LATE, to: *at });
            claim.wishes.push(span, wish.clone());
        }
        claim
    }
}

impl SeenGuest {
    fn told(&self) -> Guest {
        let mut guest = self.guest.clone();
        for (at, record) in &self.versions {
            guest.records.push(Span { from: at - LATE, to: *at }, record.clone());
        }
        guest
    }
}
