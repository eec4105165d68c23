//! Microsoft's own SDK for Python, unchanged but for endpoint and CA, finds in the simulator the Graph that it was made for.
//! It needs PyPI once; tools/setup_tests.py says whether that can be reached.

// clippy.toml allows these in tests; the helpers beside the tests are meant too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod python;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use entra_simulator::{Config, Entry, SeedGroup, SeedKind, SeedUser, Simulator, TenantConfig};
use tokio::process::Command;

/// What each of its steps needs, by the pages of its operations.
const ROLES: &[&str] =
    &["User.Invite.All", "User.ReadWrite.All", "User.DeleteRestore.All", "GroupMember.ReadWrite.All"];
const KNOWN: usize = 20;
/// Far longer than it takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread")]
async fn microsofts_sdk_tells_its_story() {
    let python = tokio::task::spawn_blocking(python::ready).await.unwrap();
    let mut config = Config::default();
    config.tenants[0].apps[0].roles = ROLES.iter().map(ToString::to_string).collect();
    let sim = Simulator::start(config).await.unwrap();
    let tenant = TenantConfig::default();
    let app = &tenant.apps[0];
    for n in 0..KNOWN {
        sim.seed(&tenant.id, SeedUser::new(format!("guest{n}@fabrikam.com"), SeedKind::AcceptedGuest));
    }
    let host = sim.seed(&tenant.id, SeedUser::new("host@contoso.com", SeedKind::Member));
    let group = sim.seed_group(&tenant.id, SeedGroup::new("Readers"));

    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk");
    let trusted = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sdk-ca-{}.pem", std::process::id()));
    std::fs::write(&trusted, sim.ca_pem()).unwrap();
    let began = Instant::now();
    let told = Command::new(python)
        .arg(here.join("story.py"))
        .env("GRAPH", sim.url().as_str().trim_end_matches('/'))
        .env("TENANT", &tenant.id)
        .env("CLIENT_ID", &app.client_id)
        .env("CLIENT_SECRET", &app.secrets[0].value)
        .env("GROUP", group)
        .env("HOST_USER", host)
        .env("KNOWN_GUESTS", KNOWN.to_string())
        // The one is read by the SDK's own client, the other by that of the sign-in.
        .env("SSL_CERT_FILE", &trusted)
        .env("REQUESTS_CA_BUNDLE", &trusted)
        .env("NO_PROXY", "127.0.0.1")
        .kill_on_drop(true)
        .output();
    let told = tokio::time::timeout(PATIENCE, told).await.expect("the story has an end").unwrap();
    std::fs::remove_file(&trusted).unwrap();
    let (said, failed) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success(), "{said}\n{failed}");
    let asked = asked(&sim);
    let count: usize = asked.values().sum();
    for line in said.lines() {
        python::say(&format!("Microsoft's SDK {line}"));
    }
    python::say(&format!("Microsoft's SDK: {count} requests in {:.1} s", began.elapsed().as_secs_f64()));

    assert_eq!(sim.invitation_mails("ann@fabrikam.com").len(), 1);
    assert_eq!(sim.invitation_mails("bob@fabrikam.com").len(), 0);
    let expected = [
        // One token for all of it.
        ("openidConfiguration", 1),
        ("token", 1),
        ("createInvitation", 3),
        ("updateUser", 2),
        ("batch", 1),
        ("addMember", 2),
        ("removeMember", 1),
        ("addSponsor", 1),
        ("removeSponsor", 1),
        ("deleteUser", 2),
        ("restoreDeletedItem", 1),
        ("purgeDeletedItem", 1),
    ];
    for (operation, times) in expected {
        assert_eq!(asked.get(operation).copied().unwrap_or_default(), times, "{operation} in {asked:?}");
    }
    assert_eq!(asked.get("unknown"), None, "{asked:?}");
}

/// How often each operation was asked for.
fn asked(sim: &Simulator) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for entry in sim.journal() {
        if let Entry::Request(request) = entry {
            *asked.entry(request.operation).or_default() += 1;
        }
    }
    asked
}
