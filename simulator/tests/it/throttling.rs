//! The budgets: how much is too much, and what a 429 says.

use std::time::Duration;

use entra_simulator::Budget;

use crate::support::Bench;

#[tokio::test]
async fn invitations_have_a_budget_for_the_tenant() {
    let bench = Bench::new().await;
    let mut refused = None;
    for number in 0..151 {
        let reply = bench.invite(&format!("g{number}@adatum.com")).await;
        if reply.status == 429 {
            refused = Some((number, reply));
            break;
        }
    }
    // 151 requests within five seconds; a slow computer may need longer, which frees some of the budget.
    if let Some((number, reply)) = refused {
        assert_eq!((number, reply.code()), (150, "TooManyRequests"));
        let header = |name: &str| reply.headers[name].to_str().unwrap().to_owned();
        assert!((1..=5).contains(&header("retry-after").parse::<u32>().unwrap()));
        assert!(header("x-ms-throttle-scope").starts_with("Tenant/"));
        assert!(reply.headers.contains_key("x-ms-throttle-information"));
        assert_eq!(bench.sim.invitation_mails("g150@adatum.com").len(), 0);
    }
}

#[tokio::test]
async fn a_budget_frees_itself_and_retry_after_may_be_a_fraction() {
    let bench = Bench::new().await;
    bench.set(|settings| {
        settings.throttle.invitations = Budget { limit: 2, window: Duration::from_secs(2) };
        settings.throttle.fractional_retry_after = true;
    });
    bench.guest("a@adatum.com").await;
    assert!(bench.invite("b@adatum.com").await.headers.contains_key("x-ms-throttle-limit-percentage"));
    let refused = bench.invite("c@adatum.com").await;
    assert_eq!(refused.status, 429);
    let wait: f64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(wait <= 2.0, "{wait}");
    tokio::time::sleep(Duration::from_millis(2100)).await;
    bench.guest("c@adatum.com").await;
    bench.set(|settings| settings.throttle.enabled = false);
    for number in 0..5 {
        bench.guest(&format!("d{number}@adatum.com")).await;
    }
}

#[tokio::test]
async fn reads_cost_what_the_page_says() {
    let bench = Bench::new().await;
    let cost = async |path: &str| bench.get(path).await.headers["x-ms-resource-unit"].to_str().unwrap().to_owned();
    assert_eq!(cost("users").await, "2");
    assert_eq!(cost("users?$select=id").await, "1");
    assert_eq!(cost("users?$top=10").await, "1");
    bench.set(|settings| {
        settings.throttle.resource_units = Some(Budget { limit: 3, window: Duration::from_secs(60) });
    });
    assert_eq!(bench.get("users").await.status, 429, "four units were used before");
}
