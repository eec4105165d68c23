//! Bends what a watch tells on its way: events lost, told twice, out of order, or held back.
//! An API server does none of this by itself; a proxy, a bug or a slow client's cache does, and safety may not rest on it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::channel::mpsc::{UnboundedSender, unbounded};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use parking_lot::Mutex;

use super::upstream::Body;

/// What is done to the events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Bend {
    /// Nothing.
    #[default]
    None,
    /// Every second one is lost.
    Dropped,
    /// Each is told twice.
    Doubled,
    /// Each two come the wrong way round.
    Reordered,
    /// The last so many are held back until more come, or until this is taken back.
    Behind(usize),
}

/// How often a held event is looked at again.
const LOOK: Duration = Duration::from_millis(100);

/// How long the first of two waits for the second to overtake it.
const PAIR: Duration = Duration::from_millis(500);

/// The bending of all watches through one interposer.
#[derive(Default)]
pub(super) struct Bender {
    bend: Mutex<Bend>,
    bent: AtomicUsize,
}

impl Bender {
    pub(super) fn set(&self, bend: Bend) {
        *self.bend.lock() = bend;
    }

    fn get(&self) -> Bend {
        *self.bend.lock()
    }

    /// How many events were not told as they came.
    pub(super) fn bent(&self) -> usize {
        self.bent.load(Ordering::SeqCst)
    }

    /// The answer to a watch, bent.
    pub(super) fn pass(self: &Arc<Self>, body: Incoming) -> Body {
        let (teller, told) = unbounded();
        tokio::spawn(tell(self.clone(), body, Teller { teller }));
        StreamBody::new(told).boxed()
    }
}

struct Teller {
    teller: UnboundedSender<Result<Frame<Bytes>, hyper::Error>>,
}

impl Teller {
    fn say(&self, event: &Bytes) {
        let _ = self.teller.unbounded_send(Ok(Frame::data(event.clone())));
    }
}

/// Reads events, one a line, and tells them as the bending says.
async fn tell(bender: Arc<Bender>, mut body: Incoming, teller: Teller) {
    let mut rest = Vec::new();
    let mut held: VecDeque<Bytes> = VecDeque::new();
    let mut held_for = Duration::ZERO;
    let mut seen = 0_usize;
    while !teller.teller.is_closed() {
        release(&bender, &teller, &mut held, held_for);
        let frame = match tokio::time::timeout(LOOK, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => {
                let _ = teller.teller.unbounded_send(Err(error));
                return;
            }
            Ok(None) => break,
            Err(_) => {
                held_for += LOOK;
                continue;
            }
        };
        held_for = Duration::ZERO;
        rest.extend_from_slice(&frame.into_data().unwrap_or_default());
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let event = Bytes::from(rest.drain(..=end).collect::<Vec<u8>>());
            if is_about_an_object(&event) {
                seen += 1;
                bend(&bender, &teller, &mut held, event, seen);
            } else {
                teller.say(&event);
            }
        }
    }
    held.iter().for_each(|event| teller.say(event));
}

fn bend(bender: &Bender, teller: &Teller, held: &mut VecDeque<Bytes>, event: Bytes, seen: usize) {
    let bent = || bender.bent.fetch_add(1, Ordering::SeqCst);
    let how = bender.get();
    if !matches!(how, Bend::Reordered | Bend::Behind(_)) {
        // What an earlier bending has held back comes first.
        held.drain(..).for_each(|event| teller.say(&event));
    }
    match how {
        Bend::Dropped if seen.is_multiple_of(2) => {
            bent();
        }
        Bend::None | Bend::Dropped => teller.say(&event),
        Bend::Doubled => {
            bent();
            teller.say(&event);
            teller.say(&event);
        }
        Bend::Reordered => match held.pop_front() {
            Some(first) => {
                bent();
                teller.say(&event);
                teller.say(&first);
            }
            None => held.push_back(event),
        },
        Bend::Behind(_) => {
            bent();
            held.push_back(event);
        }
    }
}

/// Tells what is not to be held back any longer.
fn release(bender: &Bender, teller: &Teller, held: &mut VecDeque<Bytes>, held_for: Duration) {
    let keep = match bender.get() {
        Bend::Behind(keep) => keep,
        Bend::Reordered if held_for < PAIR => 1,
        _ => 0,
    };
    while held.len() > keep {
        held.pop_front().iter().for_each(|event| teller.say(event));
    }
}

/// Bookmarks and errors speak of the watch itself.
fn is_about_an_object(event: &[u8]) -> bool {
    let head = &event[..event.len().min(40)];
    [&b"\"ADDED\""[..], b"\"MODIFIED\"", b"\"DELETED\""]
        .iter()
        .any(|kind| head.windows(kind.len()).any(|part| part == *kind))
}
