//! A guest who leaves by itself: for the organisation, the user is simply gone.

use entra_simulator::{SeedKind, SeedUser};
use serde_json::json;

use crate::support::{Bench, TENANT};

async fn page(bench: &Bench, path: &str) -> String {
    let url = bench.sim.url().join(path).unwrap();
    bench.client.get(url).send().await.unwrap().text().await.unwrap()
}

async fn leave(bench: &Bench, user: &str) -> (u16, String) {
    let url = bench.sim.url().join("organizations/leave").unwrap();
    let response = bench.client.post(url).form(&[("membership", format!("{TENANT}/{user}"))]).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn an_accepted_guest_leaves_and_can_be_restored() {
    let bench = Bench::with_roles(&["User.Invite.All", "User.Read.All", "User.DeleteRestore.All"]).await;
    let ann = bench.sim.seed(TENANT, SeedUser::new("ann@fabrikam.com", SeedKind::AcceptedGuest));
    let bob = bench.guest("bob@fabrikam.com").await;
    let own = bench.sim.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    assert!(page(&bench, "mailbox").await.contains("href=\"/organizations?of=\""), "linked from the inbox");
    let list = page(&bench, "organizations").await;
    assert!(list.contains("Contoso") && list.contains("Leave Contoso as ann@fabrikam.com"));
    assert!(!list.contains("bob@fabrikam.com"), "who has not accepted has nothing to leave");
    assert!(page(&bench, "organizations?of=carl").await.contains("No organization to leave"));
    for other in [&bob, &own, "nobody"] {
        assert_eq!(leave(&bench, other).await.0, 410);
    }

    bench.set(|settings| settings.policy.guests_may_leave = false);
    assert_eq!(leave(&bench, &ann).await.0, 403);
    bench.set(|settings| settings.policy.guests_may_leave = true);
    let (status, said) = leave(&bench, &ann).await;
    assert!(status == 200 && said.contains("You left Contoso"), "{said}");
    assert_eq!(bench.get(&format!("users/{ann}")).await.code(), "Request_ResourceNotFound");
    let item = format!("directory/deletedItems/{ann}");
    assert_eq!(bench.get(&item).await.status, 200);
    assert_eq!(leave(&bench, &ann).await.0, 410);
    assert_eq!(bench.post(&format!("{item}/restore"), &json!({})).await.status, 200);
    assert_eq!(bench.sim.user(TENANT, &ann).unwrap().external_user_state.as_deref(), Some("Accepted"));
    assert!(bench.sim.requests("deleteUser").is_empty(), "no client of Graph did it");
}
