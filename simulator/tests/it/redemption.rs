//! What a tenant can turn about the redemption: its order, Microsoft accounts, terms of use; and the ways in without the mail.

use entra_simulator::{Fallback, PrimaryProvider, Provider, SeedKind, SeedUser, Settings};
use reqwest::Client;

use crate::support::{Bench, TENANT, client};

/// A guest's browser.
struct Browser<'b> {
    bench: &'b Bench,
    client: Client,
}

struct Page {
    status: u16,
    text: String,
    /// Where its form leads.
    form: String,
}

impl<'b> Browser<'b> {
    fn new(bench: &'b Bench) -> Self {
        Self { bench, client: client(&bench.sim).cookie_store(true).build().unwrap() }
    }

    async fn read(response: reqwest::Response) -> Page {
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        let form =
            text.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
        Page { status, text, form }
    }

    async fn open(&self, url: &str) -> Page {
        Self::read(self.client.get(self.bench.sim.url().join(url).unwrap()).send().await.unwrap()).await
    }

    async fn submit(&self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let url = self.bench.sim.url().join(&page.form).unwrap();
        Self::read(self.client.post(url).form(fields).send().await.unwrap()).await
    }
}

fn state(bench: &Bench, email: &str) -> String {
    bench.sim.user(TENANT, email).unwrap().external_user_state.unwrap()
}

#[tokio::test]
async fn the_order_decides_and_what_is_left_out_is_off() {
    use PrimaryProvider::{AzureActiveDirectory, ExternalFederation, SocialIdentityProviders};
    let order = |order: &[PrimaryProvider], fallback: Fallback| {
        let mut accounts = Settings::default().accounts;
        accounts.federated_domains.insert("fabrikam.com".to_owned(), "https://idp.fabrikam.com".to_owned());
        accounts.redemption_order = order.to_vec();
        accounts.fallback = fallback;
        ["ann@fabrikam.com", "gus@gmail.com", "mia@outlook.com", "lee@little.example"]
            .map(|address| Provider::of(address, &accounts))
    };
    use Provider::{EmailOneTimePasscode as Passcode, Entra, Federation, Google, MicrosoftAccount};
    let all = [AzureActiveDirectory, ExternalFederation, SocialIdentityProviders];
    assert_eq!(order(&all, Fallback::DefaultConfiguredIdp), [Entra, Google, MicrosoftAccount, Passcode]);
    let turned = [ExternalFederation, AzureActiveDirectory];
    assert_eq!(order(&turned, Fallback::DefaultConfiguredIdp), [Federation, Passcode, MicrosoftAccount, Passcode]);
    assert_eq!(order(&all, Fallback::EmailOneTimePasscode), [Entra, Google, Passcode, Passcode]);
    assert_eq!(order(&all, Fallback::MicrosoftAccount), [Entra, Google, MicrosoftAccount, MicrosoftAccount]);
    assert_eq!(order(&[], Fallback::EmailOneTimePasscode), [Passcode; 4]);
}

#[tokio::test]
async fn terms_of_use_come_after_the_permissions_and_before_acceptance() {
    let bench = Bench::new().await;
    bench.set(|settings| {
        settings.policy.terms_of_use = Some("Be kind.".to_owned());
        settings.policy.automatic_redemption_domains.push("adatum.com".to_owned());
    });
    for (email, asked) in [("ann@fabrikam.com", true), ("tom@adatum.com", false)] {
        bench.guest(email).await;
        let link = bench.sim.mails(email).pop().unwrap().redeem_link.unwrap();
        let browser = Browser::new(&bench);
        let terms = async || {
            let page = browser.open(&link).await;
            let page = browser.submit(&page, &[("email", email), ("password", "x")]).await;
            if !asked {
                return page;
            }
            assert!(page.text.contains("Review permissions"));
            browser.submit(&page, &[("answer", "accept")]).await
        };
        let page = terms().await;
        assert!(page.text.contains("Be kind."), "{}", page.text);
        assert_eq!(state(&bench, email), "PendingAcceptance", "the permissions alone are not enough");
        browser.submit(&page, &[("answer", "cancel")]).await;
        assert_eq!(state(&bench, email), "PendingAcceptance");
        let page = terms().await;
        browser.submit(&page, &[("answer", "accept")]).await;
        assert_eq!(state(&bench, email), "Accepted");
    }
}

#[tokio::test]
async fn a_guest_gets_in_without_the_mail() {
    let bench = Bench::new().await;
    let direct = format!("myapps?tenantid={TENANT}");
    for (email, url, organisation) in
        [("ann@fabrikam.com", direct.as_str(), TENANT), ("bob@fabrikam.com", "myapps", "contoso.com")]
    {
        bench.guest(email).await;
        let browser = Browser::new(&bench);
        let page = browser.open(url).await;
        let page = browser.submit(&page, &[("organization", organisation), ("email", email)]).await;
        let page = browser.submit(&page, &[("email", email), ("password", "x")]).await;
        let page = browser.submit(&page, &[("answer", "accept")]).await;
        assert!(page.text.contains("https://myapps.microsoft.com/"), "{}", page.text);
        assert_eq!(state(&bench, email), "Accepted");
    }
}

#[tokio::test]
async fn an_alias_a_stranger_and_a_member_do_not() {
    let bench = Bench::new().await;
    bench.sim.seed(
        TENANT,
        SeedUser {
            other_mails: vec!["alias@fabrikam.com".to_owned()],
            ..SeedUser::new("ann@fabrikam.com", SeedKind::PendingGuest)
        },
    );
    bench.sim.seed(TENANT, SeedUser::new("host@contoso.com", SeedKind::Member));
    let browser = Browser::new(&bench);
    let page = browser.open(&format!("myapps?tenantid={TENANT}")).await;
    for email in ["alias@fabrikam.com", "who@fabrikam.com", "host@contoso.com"] {
        let refused = browser.submit(&page, &[("organization", TENANT), ("email", email)]).await;
        assert_eq!(refused.status, 403, "{email}");
    }
    assert_eq!(browser.open("myapps?tenantid=nowhere").await.status, 404);
}

#[tokio::test]
async fn a_member_is_found_by_every_address_it_was_seeded_with() {
    let bench = Bench::new().await;
    bench.sim.seed(
        TENANT,
        SeedUser {
            other_mails: vec!["private@fabrikam.com".to_owned()],
            proxy_addresses: vec!["smtp:alias@fabrikam.com".to_owned()],
            ..SeedUser::new("host@contoso.com", SeedKind::Member)
        },
    );
    let by = async |filter: &str| bench.users(&[("$filter", filter)]).await.emails().len();
    assert_eq!(by("otherMails/any(x:x eq 'private@fabrikam.com')").await, 1);
    assert_eq!(by("proxyAddresses/any(x:x eq 'smtp:alias@fabrikam.com')").await, 1);
    assert_eq!(bench.invite("alias@fabrikam.com").await.status, 400, "it is another object's proxy address");
}
