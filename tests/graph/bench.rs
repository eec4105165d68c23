//! A started simulator with a Graph that signs in to it by a client secret, as the operator does.

use std::time::Duration;

use entra_simulator::{Entry, RequestEntry, SeedKind, SeedUser, Settings, Simulator};
use guestlist::api::RelationKind;
use guestlist::graph::{Credential, Graph, GraphError, Http, Proof, RelationRef, Roots, TokenSource};
use testbed::openapi::Witness;
use testbed::stories::{APP, ROLES, TENANT, allowed};

/// What every installation has.
pub const BASIC: &[&str] = &["User.Invite.All", "User.Read.All"];
/// With every permission that some feature needs, but the one for role-assignable groups.
pub const ALL: &[&str] = &ROLES;

/// Longer than any test.
pub const LONG: Duration = Duration::from_secs(3600);
/// The id of nothing.
pub const NOBODY: &str = "99999999-0000-0000-0000-000000000000";

pub struct Bench {
    pub sim: Simulator,
    pub graph: Graph,
    /// Ends the test if something that was asked or answered is not valid.
    _witness: Option<Witness>,
}

impl Bench {
    pub async fn new() -> Self {
        Self::with(ALL).await
    }

    pub async fn with(roles: &[&str]) -> Self {
        crate::silence::listen();
        // It can only be set already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let sim = Simulator::start(allowed(roles)).await.unwrap();
        let witness = Witness::of(&sim).unwrap();
        let roots = Roots::custom(sim.graph_url().as_str(), sim.authority().as_str()).unwrap();
        let http = Http::new(Some(sim.ca_pem().as_bytes())).unwrap();
        let proof = Proof::ClientSecret { client_id: APP.into(), secret: "simulator-secret".into() };
        let credential =
            Credential { tenant_id: TENANT.into(), roots: roots.clone(), http: http.shared.clone(), proof };
        let graph = Graph::new(http, &roots, TokenSource::new(credential), Duration::from_secs(10));
        Self { sim, graph, _witness: witness }
    }

    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        self.sim.update_settings(change);
    }

    /// A guest who was always there; its id.
    pub fn guest(&self, email: &str) -> String {
        self.sim.seed(TENANT, SeedUser::new(email, SeedKind::AcceptedGuest))
    }

    /// So many guests.
    pub fn guests(&self, count: usize) -> Vec<String> {
        (0..count).map(|n| self.guest(&format!("guest{n}@fabrikam.com"))).collect()
    }

    /// What was asked of Graph, items of batches included, sign-ins left out.
    pub fn asked(&self) -> Vec<RequestEntry> {
        let journal = self.sim.journal();
        let requests = journal.into_iter().filter_map(|entry| match entry {
            Entry::Request(request) => Some(request),
            Entry::Mail(_) => None,
        });
        requests.filter(|request| request.operation != "token").collect()
    }

    /// The names of what was asked of Graph.
    pub fn operations(&self) -> Vec<String> {
        self.asked().into_iter().map(|request| request.operation).collect()
    }

    /// Whatever was written about members and sponsors was a reference, and no user was deleted.
    pub fn only_references(&self) {
        for request in self.asked() {
            let written = request.method != "GET" && request.operation != "batch";
            let about = request.path.contains("/members") || request.path.contains("/sponsors");
            assert!(!written || !about || request.path.ends_with("/$ref"), "{} {}", request.method, request.path);
            assert!(!matches!(request.operation.as_str(), "deleteMember" | "deleteUser" | "unknown"), "{request:?}");
        }
    }
}

pub fn member(group: &str, user: &str) -> RelationRef {
    RelationRef { kind: RelationKind::Groups, user: user.into(), target: group.into() }
}

pub fn sponsor(user: &str, sponsor: &str) -> RelationRef {
    RelationRef { kind: RelationKind::Sponsors, user: user.into(), target: sponsor.into() }
}

/// The error of a single reference.
pub fn only<T: std::fmt::Debug>(results: Result<Vec<Result<T, GraphError>>, GraphError>) -> Result<T, GraphError> {
    let mut results = results.unwrap();
    assert_eq!(results.len(), 1, "{results:?}");
    results.remove(0)
}
