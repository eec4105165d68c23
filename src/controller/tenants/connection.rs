//! One connected directory: Graph, the mirror, the queue, and what currently holds all its guests.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use tokio_util::sync::CancellationToken;

use super::mailer::Mailer;
use super::troubles::Troubles;
use crate::api::conditions::Truth;
use crate::api::{Defaults, EntraTenantSpec, Explanation, Mode, Reason};
use crate::controller::send_pacer::SendPacer;
use crate::directory::Mirror;
use crate::graph::{Class, Feature, Graph, GraphError};

/// Something that is wrong for the whole tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantTrouble {
    /// Cause and way out, without anything that differs from call to call.
    pub explanation: Explanation,
    /// Whether the operator can sign in, as far as this tells.
    pub signed_in: Truth,
}

/// One connected directory.
#[derive(Debug)]
pub struct Connection {
    /// What it was made from; another one means another connection.
    pub made_from: String,
    /// Graph.
    pub graph: Graph,
    /// The declared guests, as the directory showed them last.
    pub mirror: RwLock<Mirror>,
    /// The queue of invitations.
    pub pacer: SendPacer,
    /// What a guest has when it does not say.
    pub defaults: Defaults,
    /// Whether nothing may be written to the directory.
    pub observe: bool,
    /// The operator's own delivery, or why there is none.
    pub mailer: Result<Mailer, Explanation>,
    /// When the certificate that the operator signs in with expires.
    pub expires: Option<Timestamp>,
    /// The directory's own name, once it was asked for.
    pub organization: tokio::sync::OnceCell<Option<String>>,
    /// What was written to users lately: listings lag behind it.
    patches: Mutex<HashMap<String, Patch>>,
    blocked: AtomicBool,
    trouble: Mutex<Troubles>,
    /// Ends the sweeps when the connection goes.
    pub sweeps: CancellationToken,
}

impl Connection {
    /// A connection that nobody has used yet.
    pub fn new(
        made_from: String,
        graph: Graph,
        spec: &EntraTenantSpec,
        mailer: Result<Mailer, Explanation>,
        expires: Option<Timestamp>,
        blocked: bool,
    ) -> Self {
        Self {
            made_from,
            graph,
            mirror: RwLock::default(),
            pacer: SendPacer::new(&spec.pacing),
            defaults: spec.defaults.clone(),
            observe: spec.mode == Mode::Observe,
            mailer,
            expires,
            organization: tokio::sync::OnceCell::new(),
            patches: Mutex::default(),
            blocked: AtomicBool::new(blocked),
            trouble: Mutex::default(),
            sweeps: CancellationToken::new(),
        }
    }

    /// Whether Microsoft blocks invitations.
    pub fn is_blocked(&self) -> bool {
        self.blocked.load(Ordering::SeqCst)
    }

    /// Opens or closes the breaker.
    pub fn set_blocked(&self, blocked: bool) {
        self.blocked.store(blocked, Ordering::SeqCst);
    }

    /// Notes what was written to the user `id`.
    pub fn note_patch(&self, id: &str, changes: &BTreeMap<String, Option<String>>, now: Timestamp) {
        let mut patches = self.patches.lock();
        let patch = patches.entry(id.to_owned()).or_insert_with(|| Patch { at: now, changes: BTreeMap::new() });
        patch.at = now;
        patch.changes.extend(changes.clone());
    }

    /// What was written to the user `id` within `span` before `now`.
    pub fn patched(&self, id: &str, now: Timestamp, span: Duration) -> BTreeMap<String, Option<String>> {
        let mut patches = self.patches.lock();
        patches.retain(|_, patch| now.duration_since(patch.at).unsigned_abs() < span);
        patches.get(id).map(|patch| patch.changes.clone()).unwrap_or_default()
    }

    /// What is wrong for the whole tenant.
    pub fn trouble(&self) -> Option<TenantTrouble> {
        self.trouble.lock().now.clone()
    }

    /// What is wrong and is not to be looked at again yet, because it came back soon after it had passed.
    pub fn lasting_trouble(&self) -> Option<TenantTrouble> {
        self.trouble.lock().lasting(Instant::now())
    }

    /// Notes what is wrong, or that it passed; returns what was noted before.
    pub fn set_trouble(&self, trouble: Option<TenantTrouble>) -> Option<TenantTrouble> {
        self.trouble.lock().set(trouble, Instant::now())
    }
}

#[derive(Debug)]
struct Patch {
    at: Timestamp,
    changes: BTreeMap<String, Option<String>>,
}

impl TenantTrouble {
    /// Whether `error` is wrong for the whole tenant and not for one guest: the sign-in, a permission, or a Graph that cannot be reached.
    pub fn of(error: &GraphError) -> Option<Self> {
        let sign_in = error.operation == "token" || error.status == Some(401);
        let (reason, message) = match error.class {
            Class::Auth if sign_in => (Reason::AuthenticationFailed, way_into(error)),
            Class::Auth => (
                Reason::PermissionMissing,
                format!(
                    "Microsoft Graph denies {}: {}. Grant the application {} and {}, with admin consent, in Entra under App registrations.",
                    error.operation,
                    error.message,
                    Feature::Invite.permission(),
                    Feature::Follow.permission(),
                ),
            ),
            Class::Transient if error.reach == crate::graph::Reach::NotSent && error.operation == "token" => (
                Reason::SignInUnreachable,
                format!(
                    "{}. Check the cluster's way to the sign-in, its proxy and its network policies; it is tried again.",
                    error.message
                ),
            ),
            Class::Transient if error.reach == crate::graph::Reach::NotSent && error.status.is_none() => (
                Reason::GraphUnreachable,
                format!(
                    "Microsoft Graph cannot be reached: {}. Check the cluster's way out, its proxy and its network policies; it is tried again.",
                    error.message
                ),
            ),
            _ => return None,
        };
        let signed_in = match error.class {
            Class::Auth if sign_in => Truth::False,
            _ if error.operation == "token" => Truth::Unknown,
            _ => Truth::True,
        };
        Some(Self { explanation: Explanation { reason, message }, signed_in })
    }
}

/// Why the sign-in failed and what to do about it.
fn way_into(error: &GraphError) -> String {
    let said = match error.code.as_str() {
        "" => error.message.clone(),
        code => format!("{code}: {}", error.message.trim_start_matches(&format!("{code}: "))),
    };
    match error.way_into() {
        Some(way) => format!("{way} Entra said: {said}"),
        None if error.status == Some(401) && error.operation != "token" => format!(
            "Microsoft Graph refused the token: check that the application belongs to this directory and cloud. It said: {said}"
        ),
        None if !error.code.is_empty() => format!(
            "Entra refuses the sign-in; https://login.microsoftonline.com/error has a page on this number. Entra said: {said}"
        ),
        // Not Entra: the message has its way out itself.
        None => said,
    }
}
