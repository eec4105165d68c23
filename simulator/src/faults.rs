//! Faults on order: what is to go wrong, in which operation and how often.
//! They are taken from the list in the order in which they were put there.

mod answer;

use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

pub use answer::{ScriptedAnswer, ScriptedBody};

/// One scripted fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// The operation's name as the journal writes it (`createInvitation`, ...), `sendMail` for a message by SMTP, or `*` for any.
    pub operation: String,
    /// If set, only requests whose path, query or body holds this text, for example an address.
    #[serde(default)]
    pub containing: Option<String>,
    /// If set, only requests about whoever has this address: it stands in the request, or the id of its user does.
    #[serde(default)]
    pub address: Option<String>,
    /// If set, only requests for this page of a listing. The first page is 1.
    #[serde(default)]
    pub page: Option<u32>,
    /// How many matching requests pass unharmed first.
    #[serde(default)]
    pub skip: u32,
    /// How many matching requests it strikes after that; null for all of them, without an end.
    #[serde(default = "once")]
    pub count: Option<u32>,
    /// What happens to them.
    pub action: FaultAction,
}

fn once() -> Option<u32> {
    Some(1)
}

impl Fault {
    /// Strikes the next request of an operation, once.
    pub fn new(operation: impl Into<String>, action: FaultAction) -> Self {
        Self {
            operation: operation.into(),
            containing: None,
            address: None,
            page: None,
            skip: 0,
            count: once(),
            action,
        }
    }

    /// Lets so many matching requests pass first.
    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// Strikes so many matching requests.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }

    /// Strikes all matching requests, until the faults are cleared.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.count = None;
        self
    }

    /// Strikes only requests about whoever has this address.
    #[must_use]
    pub fn about(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Strikes only requests for this page of a listing. The first page is 1.
    #[must_use]
    pub fn on_page(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    /// Strikes only requests whose path, query or body holds this text.
    #[must_use]
    pub fn containing(mut self, text: impl Into<String>) -> Self {
        self.containing = Some(text.into());
        self
    }
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum FaultAction {
    /// An answer word for word, instead of the true one.
    Answer(ScriptedAnswer),
    /// An answer of this status instead of the true one, in the usual words for it.
    Status {
        /// The HTTP status.
        code: u16,
        /// Seconds for the Retry-After header.
        #[serde(default)]
        retry_after: Option<f64>,
        /// What the body looks like.
        #[serde(default)]
        body: BodyKind,
        /// The work is done first, and only the answer replaced; else nothing is done.
        #[serde(default)]
        after_work: bool,
    },
    /// The request waits, then goes on. The work is done even if the client has left meanwhile.
    Delay {
        /// For how long.
        ms: u64,
    },
    /// The TCP connection is closed without an answer and nothing is done. Over HTTP/2 the answers to other requests on
    /// the same connection are lost with it, although their work is done and the journal shows their status.
    CutBefore,
    /// The work is done, then the TCP connection is closed without an answer.
    CutAfter,
    /// The work is done, and the connection closed in the midst of the answer's body.
    HalfAnswer,
    /// Nothing is done, and nothing is answered, ever.
    Silence,
}

impl FaultAction {
    /// Whether nothing is done.
    pub(crate) fn is_instead_of_work(&self) -> bool {
        match self {
            Self::CutBefore | Self::Silence => true,
            Self::Status { after_work, .. } | Self::Answer(ScriptedAnswer { after_work, .. }) => !after_work,
            Self::Delay { .. } | Self::CutAfter | Self::HalfAnswer => false,
        }
    }

    /// An error answer with a JSON body and no Retry-After, nothing being done.
    pub fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None, body: BodyKind::Json, after_work: false }
    }

    /// An error answer with a JSON body although the work was done.
    pub fn status_after_work(code: u16) -> Self {
        Self::Status { code, retry_after: None, body: BodyKind::Json, after_work: true }
    }
}

impl From<ScriptedAnswer> for FaultAction {
    fn from(answer: ScriptedAnswer) -> Self {
        Self::Answer(answer)
    }
}

/// What the body of a scripted answer looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BodyKind {
    /// An error as Graph shapes it.
    #[default]
    Json,
    /// A gateway's HTML page.
    Html,
    /// Nothing.
    Empty,
    /// JSON that breaks off, with a Content-Length that says it is whole.
    HalfJson,
    /// Whole JSON that calls itself HTML.
    WrongContentType,
}

/// A request as the list of faults sees it.
pub(crate) struct Target<'a> {
    pub(crate) operation: &'a str,
    /// The places where `containing` looks.
    pub(crate) texts: &'a [&'a str],
    /// Which page of a listing is asked for, if one is.
    pub(crate) page: Option<u32>,
    /// The ids of the users who have an address.
    pub(crate) ids: &'a dyn Fn(&str) -> Vec<String>,
}

impl Target<'_> {
    fn is_meant_by(&self, fault: &Fault) -> bool {
        let named = fault.operation == self.operation || fault.operation == "*";
        let held = fault.containing.as_ref().is_none_or(|wanted| self.texts.iter().any(|text| text.contains(wanted)));
        let page = fault.page.is_none_or(|page| self.page == Some(page));
        named && held && page && fault.address.as_ref().is_none_or(|address| self.is_about(address))
    }

    fn is_about(&self, address: &str) -> bool {
        let mut names = (self.ids)(address);
        names.push(address.to_owned());
        self.texts.iter().any(|text| {
            let text = percent_decode_str(text).decode_utf8_lossy().to_lowercase();
            names.iter().any(|name| text.contains(&name.to_lowercase()))
        })
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

/// What the list holds for one request: a wait, and at most one other action.
#[derive(Debug, Default)]
pub(crate) struct Struck {
    pub(crate) delay: Duration,
    pub(crate) action: Option<FaultAction>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes what is due for a request.
    pub(crate) fn strike(&mut self, target: &Target<'_>) -> Struck {
        let mut struck = Struck::default();
        for fault in &mut self.0 {
            if struck.action.is_some() || !target.is_meant_by(fault) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if fault.count != Some(0) {
                fault.count = fault.count.map(|count| count - 1);
                match &fault.action {
                    FaultAction::Delay { ms } => struck.delay += Duration::from_millis(*ms),
                    action => struck.action = Some(action.clone()),
                }
            }
        }
        self.0.retain(|fault| fault.count != Some(0));
        struck
    }
}
