//! A guest is made an internal user: the state of the invitation becomes null, and the address is the tenant's own account.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Bench, TENANT};

const SELECT: &str =
    "$select=userType,externalUserState,externalUserStateChangeDateTime,creationType,userPrincipalName";

#[tokio::test]
async fn nothing_of_the_invitation_is_left_but_the_creation_type() {
    let bench = Bench::new().await;
    for (clears, creation_type) in [(false, json!("Invitation")), (true, Value::Null)] {
        bench.set(|settings| settings.variants.conversion_clears_creation_type = clears);
        let email = format!("ann{clears}@fabrikam.com");
        let id = bench.guest(&email).await;
        bench.sim.redeem(TENANT, &email, None).unwrap();
        bench.sim.convert_to_internal(TENANT, &email).unwrap();
        let user = bench.get(&format!("users/{id}?{SELECT}")).await.body;
        assert_eq!(user["userType"], "Member");
        assert_eq!(
            (&user["externalUserState"], &user["externalUserStateChangeDateTime"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(user["creationType"], creation_type);
        assert_eq!(user["userPrincipalName"], json!(format!("ann{clears}_fabrikam.com@contoso.onmicrosoft.com")));
        let kept = bench.sim.user(TENANT, &email).unwrap();
        assert_eq!(kept.identities.len(), 1, "only the tenant's own sign-in");
    }
}

#[tokio::test]
async fn an_internal_user_cannot_be_invited_again() {
    for clears in [false, true] {
        let bench = Bench::new().await;
        bench.set(|settings| settings.variants.conversion_clears_creation_type = clears);
        bench.guest("ann@fabrikam.com").await;
        let body = json!({"email": "ann@fabrikam.com"});
        let url = bench.sim.url().join("_simulator/convertUser").unwrap();
        let converted = bench.client.request(Method::POST, url).json(&body).send().await.unwrap();
        assert_eq!(converted.status(), 204);
        let refused = bench.invite("ann@fabrikam.com").await;
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert!(refused.message().contains("already exists in the directory"), "{}", refused.message());
    }
}
