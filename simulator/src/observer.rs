//! For a witness who wants to see every exchange as it happens, with the answers, which the journal does not keep.

use std::sync::OnceLock;

use serde_json::Value;

use crate::journal::RequestEntry;

/// A request to Graph or to the token endpoint, alone or as an item of a $batch, and the work that came of it.
#[derive(Debug)]
pub struct Exchange<'a> {
    /// The request as the journal has it, but for its place and its outcome, which is yet to come.
    pub request: &'a RequestEntry,
    /// What the simulator itself answers, even if a fault then keeps it from the client; none where a fault stands in for the work.
    pub answer: Option<Reply<'a>>,
}

/// An answer of the simulator's own.
#[derive(Debug)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The body, if it has one.
    pub body: Option<&'a Value>,
}

type Look = Box<dyn Fn(&Exchange<'_>) + Send + Sync>;

/// At most one, who stays as long as the simulator.
#[derive(Default)]
pub(crate) struct Observer(OnceLock<Look>);

impl Observer {
    /// False: somebody looks already.
    pub(crate) fn set(&self, look: impl Fn(&Exchange<'_>) + Send + Sync + 'static) -> bool {
        self.0.set(Box::new(look)).is_ok()
    }

    pub(crate) fn show(&self, exchange: &Exchange<'_>) {
        if let Some(look) = self.0.get() {
            look(exchange);
        }
    }
}
