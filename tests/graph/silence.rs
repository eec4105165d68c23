//! What the log may never hold: a person's address, a redeem link, a secret.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use entra_simulator::{Fault, FaultAction};
use guestlist::graph::{Invitation, PrincipalKind};
use testbed::stories::TENANT;
use tracing_subscriber::fmt::MakeWriter;

use crate::bench::{Bench, member};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What this process has logged. One subscriber for all tests: a place in the code that another test's thread reached first,
/// without one, would stay silent for good.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_env_filter("guestlist=trace").with_ansi(false);
    subscriber.with_writer(log.clone()).init();
    log
});

/// To be called before anything is logged.
pub fn listen() {
    LazyLock::force(&LOG);
}

#[tokio::test]
async fn no_address_link_or_secret_is_logged() {
    let bench = Bench::new().await;
    let silent = Invitation { send: false, ..crate::resets::invitation("ann@fabrikam.com") };
    let invited = bench.graph.invite(&silent, None).await.unwrap();
    let id = invited.user_id.clone();
    bench.sim.inject(Fault::new("createInvitation", FaultAction::HalfAnswer));
    bench.graph.invite(&Invitation { reset: Some(id.clone()), ..silent }, None).await.unwrap_err();
    bench.graph.principals_named("ann@fabrikam.com", &[PrincipalKind::User]).await.unwrap();
    bench.sim.inject(Fault::new("listDeletedUsers", FaultAction::status(500)));
    bench.graph.deleted_by_address("ann@fabrikam.com").await.unwrap_err();
    let group = bench.sim.seed_group(TENANT, entra_simulator::SeedGroup::new("Analysts"));
    bench.graph.add_relations(&[member(&group, &id), member(&group, &id)], None).await.unwrap();
    bench.graph.add_relations(&[member(&group, "ann@fabrikam.com")], None).await.unwrap();

    let text = String::from_utf8(LOG.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("listDeletedUsers") && text.contains("resetRedemption"), "{text}");
    let link = invited.redeem_url.unwrap();
    for secret in ["fabrikam", "redeem?", "simulator-secret", link.expose(), "eyJ"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
