//! Judges every version of every resource of ours by the kstatus rules, in every story and without the story asking.
//! It only watches. A status that others have written to is theirs to answer for, and is passed over.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::StreamExt as _;
use kube::{
    Api, Client,
    api::DynamicObject,
    core::{ApiResource, GroupVersionKind},
    runtime::watcher::{self, Event, watcher},
};
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::stories::is_blank;

mod rules;

const KINDS: [(&str, &str); 3] =
    [("EntraTenant", "entratenants"), ("GuestInvitation", "guestinvitations"), ("GuestList", "guestlists")];

/// How soon the API server is asked again that does not answer, or does not know the kind yet.
const AGAIN: Duration = Duration::from_millis(250);

/// Enough to see what is wrong.
const SHOWN: usize = 5;

/// Watches until it is dropped, and fails the test then if a version broke a rule.
pub(super) struct Judge {
    task: JoinHandle<()>,
    found: Arc<Mutex<Found>>,
}

#[derive(Default)]
struct Found {
    judged: usize,
    passed_over: usize,
    objects: usize,
    wrong: Vec<String>,
    /// The version before, of those that were judged.
    last: HashMap<String, Value>,
}

impl Judge {
    pub(super) fn start(client: Client) -> Self {
        let found = Arc::<Mutex<Found>>::default();
        let task = tokio::spawn(watch(client, found.clone()));
        Self { task, found }
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        self.task.abort();
        let found = lock(&self.found);
        let Found { judged, passed_over, objects, wrong, .. } = &*found;
        println!("kstatus: {judged} versions of {objects} objects judged, {passed_over} of other writers passed over");
        let shown = wrong.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
        // Whoever fails already is told of this beside.
        if std::thread::panicking() && !wrong.is_empty() {
            println!("kstatus: {} versions break a rule:\n{shown}", wrong.len());
            return;
        }
        assert!(wrong.is_empty(), "{} versions break a kstatus rule:\n{shown}", wrong.len());
    }
}

fn lock(found: &Mutex<Found>) -> MutexGuard<'_, Found> {
    found.lock()
}

async fn watch(client: Client, found: Arc<Mutex<Found>>) {
    let streams = KINDS.map(|(kind, plural)| {
        let kind = GroupVersionKind::gvk("guestlist.dev", "v1alpha1", kind);
        let api: Api<DynamicObject> = Api::all_with(client.clone(), &ApiResource::from_gvk_with_plural(&kind, plural));
        let events = watcher(api, watcher::Config::default()).then(|event| async move {
            if event.is_err() {
                tokio::time::sleep(AGAIN).await;
            }
            event
        });
        events.boxed()
    });
    let mut events = futures::stream::select_all(streams);
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Apply(object)) => lock(&found).take(object, true),
            // Of what was written while the watch was broken, and the last list stands for, nothing is known.
            Ok(Event::InitApply(object)) => lock(&found).take(object, false),
            Ok(Event::Delete(object)) => drop(lock(&found).last.remove(&object.metadata.uid.unwrap_or_default())),
            Ok(Event::Init | Event::InitDone) | Err(_) => {}
        }
    }
}

impl Found {
    /// Judges a version; beside the one before, if it `follows` that.
    fn take(&mut self, object: DynamicObject, follows: bool) {
        let Ok(object) = serde_json::to_value(object) else { return };
        let uid = object["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
        let before = self.last.remove(&uid);
        if is_blank(&object) {
            return;
        }
        if !rules::is_the_operators(&object) {
            self.passed_over += 1;
            return;
        }
        self.judged += 1;
        self.objects += usize::from(before.is_none());
        let before = before.filter(|_| follows);
        for wrong in rules::broken(before.as_ref(), &object) {
            let (kind, name, status) = (&object["kind"], &object["metadata"]["name"], &object["status"]);
            let was = before.as_ref().map(|before| format!("\n  before: {}", before["status"])).unwrap_or_default();
            self.wrong.push(format!("{kind} {name}: {wrong}\n  status: {status}{was}"));
        }
        self.last.insert(uid, object);
    }
}
