//! A guest who leaves the organisation again, from the inbox on.

use entra_simulator::{SeedKind, SeedUser, TenantConfig};

use crate::bench::Bench;
use crate::session::Session;

#[tokio::test]
async fn a_guest_leaves_by_the_keyboard() {
    let guest = Session::start().await;
    let (bench, tenant) = (Bench::new().await, TenantConfig::default().id);
    bench.invite("lee@outlook.com").await;
    for email in ["adele@fabrikam.com", "maya@gmail.com"] {
        bench.sim.seed(&tenant, SeedUser::new(email, SeedKind::AcceptedGuest));
    }
    guest.open(&bench.page("mailbox")).await;
    guest.inspect("inbox-with-leave").await;
    guest.tab_to("a[href^='/organizations']").await;
    guest.enter_to("Organizations").await;
    guest.inspect("organizations").await;
    guest.inspect_walk().await;

    guest.open(&bench.page("organizations")).await;
    guest.tab_to("#of").await;
    guest.keys("adele@fabrikam.com").await;
    guest.enter_to("Organizations").await;
    guest.wait_for("input[value='adele@fabrikam.com']").await;
    guest.tab_to("li button").await;
    guest.enter_to("You left Contoso").await;
    guest.inspect("left").await;
    assert!(bench.sim.user(&tenant, "adele@fabrikam.com").is_none());
    assert!(bench.sim.user(&tenant, "maya@gmail.com").is_some());
    guest.tab_to("main a").await;
    guest.enter_to("Organizations").await;
    assert!(guest.text("section").await.contains("maya@gmail.com"));

    guest.open(&bench.page("organizations?of=nobody")).await;
    guest.inspect("no-organization").await;
}
