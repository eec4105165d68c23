//! The guest's way by plain forms, for each kind of account; and the admin API.

use entra_simulator::{Fallback, MailKind, SeedKind, SeedUser};
use reqwest::{Client, Response, redirect};
use serde_json::{Value, json};

use crate::support::{Bench, TENANT, client, invitation};

/// A guest at a browser that follows redirects inside the simulator.
struct Guest<'b> {
    bench: &'b Bench,
    browser: Client,
    page: String,
    at: reqwest::Url,
    status: u16,
}

impl<'b> Guest<'b> {
    async fn opening(bench: &'b Bench, email: &str) -> Self {
        let mail = bench.sim.invitation_mails(email).pop().unwrap();
        Self::at(bench, mail.redeem_link.as_deref().unwrap()).await
    }

    async fn at(bench: &'b Bench, url: &str) -> Self {
        let host = bench.sim.url().clone();
        let inside = redirect::Policy::custom(move |attempt| {
            if attempt.url().origin() == host.origin() { attempt.follow() } else { attempt.stop() }
        });
        let browser = client(&bench.sim).cookie_store(true).redirect(inside).build().unwrap();
        let response = browser.get(url).send().await.unwrap();
        let mut guest = Self { bench, browser, page: String::new(), at: response.url().clone(), status: 0 };
        guest.read(response).await;
        guest
    }

    async fn read(&mut self, response: Response) {
        self.status = response.status().as_u16();
        self.at = response.url().clone();
        self.page = response.text().await.unwrap();
    }

    /// Sends the first form of the page with these fields over the prefilled ones.
    async fn submit(&mut self, fields: &[(&str, &str)]) {
        let action = self.page.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
        let url = self.bench.sim.url().join(action).unwrap();
        let response = self.browser.post(url).form(fields).send().await.unwrap();
        self.read(response).await;
    }

    fn sees(&self, text: &str) {
        assert!(self.page.contains(text), "'{text}' in {}", self.page);
    }
}

fn state(bench: &Bench, email: &str) -> (String, Option<String>) {
    let user = bench.sim.user(TENANT, email).unwrap();
    let issuer =
        user.identities.iter().find(|known| known.sign_in_type == "federated").map(|known| known.issuer.clone());
    (user.external_user_state.unwrap(), issuer)
}

#[tokio::test]
async fn accounts_with_a_password_end_accepted_after_consent_only() {
    let bench = Bench::new().await;
    bench.set(|settings| {
        settings.accounts.federated_domains.insert("saml.example".to_owned(), "https://idp.saml.example".to_owned());
    });
    let cases = [
        ("ann@fabrikam.com", "Your work or school account", "ExternalAzureAD"),
        ("gus@gmail.com", "Sign in with Google", "google.com"),
        ("mia@outlook.com", "Sign in to your Microsoft account", "MicrosoftAccount"),
        ("sam@saml.example", "Sign in at your organization", "https://idp.saml.example"),
    ];
    for (email, title, issuer) in cases {
        bench.guest(email).await;
        let mut guest = Guest::opening(&bench, email).await;
        guest.sees(title);
        guest.sees(&format!("value=\"{email}\""));
        guest.submit(&[("email", "else@where.org"), ("password", "x")]).await;
        assert_eq!(guest.status, 422);
        guest.submit(&[("email", email), ("password", "x")]).await;
        guest.sees("Review permissions");
        assert_eq!(state(&bench, email), ("PendingAcceptance".to_owned(), None), "signing in is not consent");
        guest.submit(&[("answer", "cancel")]).await;
        assert_eq!(state(&bench, email).0, "PendingAcceptance");

        let mut guest = Guest::opening(&bench, email).await;
        guest.submit(&[("email", email), ("password", "x")]).await;
        guest.submit(&[("answer", "accept")]).await;
        guest.sees("You would now be sent to");
        guest.sees("https://myapps.microsoft.com/");
        assert_eq!(state(&bench, email), ("Accepted".to_owned(), Some(issuer.to_owned())));
        let user = bench.sim.user(TENANT, email).unwrap();
        assert!(user.external_user_state_change_date_time.is_some());
    }
}

#[tokio::test]
async fn any_other_address_gets_a_passcode_by_mail() {
    let bench = Bench::new().await;
    bench.guest("lee@little.example").await;
    let mut guest = Guest::opening(&bench, "lee@little.example").await;
    guest.sees("send a code to");
    guest.submit(&[]).await;
    let response = bench.client.get(bench.sim.url().join("_simulator/journal").unwrap()).send().await.unwrap();
    let journal: Value = response.json().await.unwrap();
    let mails: Vec<&Value> =
        journal["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "Passcode").collect();
    assert_eq!((mails.len(), &mails[0]["to"]), (1, &json!("lee@little.example")));
    assert_eq!(bench.sim.invitation_mails("lee@little.example").len(), 1, "a passcode is no invitation");
    guest.submit(&[("code", "wrong")]).await;
    assert_eq!(guest.status, 422);
    guest.submit(&[("code", mails[0]["body"].as_str().unwrap())]).await;
    guest.sees("Review permissions");
    guest.submit(&[("answer", "accept")]).await;
    assert_eq!(state(&bench, "lee@little.example"), ("Accepted".to_owned(), Some("mail".to_owned())));
}

#[tokio::test]
async fn without_passcodes_an_account_has_to_be_made() {
    let bench = Bench::new().await;
    bench.set(|settings| settings.accounts.fallback = Fallback::MicrosoftAccount);
    bench.guest("lee@little.example").await;
    let mut guest = Guest::opening(&bench, "lee@little.example").await;
    guest.sees("Create a Microsoft account");
    guest.submit(&[("email", "lee@little.example"), ("password", "new")]).await;
    guest.submit(&[("answer", "accept")]).await;
    assert_eq!(state(&bench, "lee@little.example"), ("Accepted".to_owned(), Some("MicrosoftAccount".to_owned())));
}

#[tokio::test]
async fn links_that_lead_nowhere_say_why() {
    let bench = Bench::new().await;
    bench.guest("ann@fabrikam.com").await;
    let first = bench.sim.invitation_mails("ann@fabrikam.com").pop().unwrap().redeem_link.unwrap();
    bench.guest("ann@fabrikam.com").await;
    assert_eq!(Guest::at(&bench, &first).await.status, 200, "an old link works by default");
    bench.set(|settings| settings.variants.old_tickets_work = false);
    assert_eq!(Guest::at(&bench, &first).await.status, 404);
    assert_eq!(Guest::at(&bench, &first.replace("ticket%3d", "ticket%3dx")).await.status, 404);

    bench.set(|settings| settings.policy.blocked_domains.push("fabrikam.com".to_owned()));
    Guest::opening(&bench, "ann@fabrikam.com").await.sees("Your domain is not allowed");
    bench.set(|settings| settings.policy.blocked_domains.clear());
    bench.sim.change_user(TENANT, "ann@fabrikam.com", |user| user.account_enabled = false).unwrap();
    Guest::opening(&bench, "ann@fabrikam.com").await.sees("Your account is blocked");
    bench.sim.delete_user(TENANT, "ann@fabrikam.com").unwrap();
    Guest::opening(&bench, "ann@fabrikam.com").await.sees("no longer exists");
}

#[tokio::test]
async fn a_target_on_this_computer_is_really_gone_to_and_the_link_works_again() {
    let bench = Bench::new().await;
    let mut body = invitation("ann@fabrikam.com");
    body["inviteRedirectUrl"] = json!("http://localhost:9/welcome");
    assert_eq!(bench.post("invitations", &body).await.status, 201);
    let mut guest = Guest::opening(&bench, "ann@fabrikam.com").await;
    guest.submit(&[("email", "ann@fabrikam.com"), ("password", "x")]).await;
    guest.submit(&[("answer", "accept")]).await;
    assert_eq!(guest.status, 302);
    let mut again = Guest::opening(&bench, "ann@fabrikam.com").await;
    again.submit(&[("email", "ann@fabrikam.com"), ("password", "x")]).await;
    assert_eq!(again.status, 302, "no second consent");
}

#[tokio::test]
async fn the_mailbox_shows_the_mails() {
    let bench = Bench::new().await;
    bench.guest("ann@fabrikam.com").await;
    bench.guest("bob@adatum.com").await;
    let url = |path: &str| bench.sim.url().join(path).unwrap().to_string();
    let all = Guest::at(&bench, &url("mailbox")).await;
    assert!(all.page.find("bob@adatum.com").unwrap() < all.page.find("ann@fabrikam.com").unwrap(), "newest first");
    let one = Guest::at(&bench, &url("mailbox?to=ann")).await;
    assert!(!one.page.contains("bob@adatum.com"));
    let mail = bench.sim.invitation_mails("ann@fabrikam.com").pop().unwrap();
    assert_eq!(mail.kind, MailKind::Invitation);
    let shown = Guest::at(&bench, &url(&format!("mailbox/{}", mail.seq))).await;
    for text in [
        "on behalf of contoso.onmicrosoft.com",
        "Accept invitation",
        "contoso.onmicrosoft.com",
        "Please only act on this email",
    ] {
        shown.sees(text);
    }
    for text in ["<html lang=\"en\"", "<main", "<h1>"] {
        shown.sees(text);
    }
    assert_eq!(Guest::at(&bench, &url("mailbox/999")).await.status, 404);
}

#[tokio::test]
async fn the_admin_api_does_what_the_handle_does() {
    let bench = Bench::new().await;
    let url = |path: &str| bench.sim.url().join(&format!("_simulator/{path}")).unwrap();
    let send = async |request: reqwest::RequestBuilder| request.send().await.unwrap();
    let seed = json!({"email": "ann@fabrikam.com", "kind": "pendingGuest"});
    let seeded: Value = send(bench.client.post(url("users")).json(&seed)).await.json().await.unwrap();
    let redeem = json!({"tenant": TENANT, "email": "ann@fabrikam.com", "provider": "google"});
    assert_eq!(send(bench.client.post(url("redeem")).json(&redeem)).await.status(), 204);
    let users: Value = send(bench.client.get(url("users"))).await.json().await.unwrap();
    assert_eq!(
        (&users["users"][0]["id"], &users["users"][0]["externalUserState"]),
        (&seeded["id"], &json!("Accepted"))
    );

    let change = json!({"lag": {"listingMs": 5000}, "policy": {"suspiciousActivityBlock": true}});
    assert_eq!(send(bench.client.put(url("settings")).json(&change)).await.status(), 200);
    let settings = bench.sim.settings();
    assert_eq!(settings.lag.listing.as_secs(), 5);
    assert!(settings.policy.suspicious_activity_block && settings.throttle.enabled);
    let wrong = json!({"lagg": {}});
    assert_eq!(send(bench.client.put(url("settings")).json(&wrong)).await.status(), 400);

    let fault = json!({"operation": "listUsers", "count": 1, "action": {"status": {"code": 429, "retryAfter": 7}}});
    assert_eq!(send(bench.client.post(url("faults")).json(&fault)).await.status(), 204);
    assert_eq!(bench.get("users").await.status, 429);
    let cut = json!([{"operation": "listUsers", "action": "cutBefore"}]);
    assert_eq!(send(bench.client.post(url("faults")).json(&cut)).await.status(), 204);
    assert_eq!(send(bench.client.delete(url("faults"))).await.status(), 204);
    assert_eq!(bench.get("users").await.status, 200);
    assert_eq!(send(bench.client.post(url("revokeTokens"))).await.status(), 204);
    assert_eq!(bench.get("users").await.status, 401);
    assert_eq!(send(bench.client.delete(url("journal"))).await.status(), 204);
    let journal: Value = send(bench.client.get(url("journal"))).await.json().await.unwrap();
    assert_eq!(journal["entries"], json!([]));
    bench.sim.seed(TENANT, SeedUser::new("x@x.org", SeedKind::Member));
}
