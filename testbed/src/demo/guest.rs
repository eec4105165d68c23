//! A guest at the browser: reads the mail, follows its link, signs in and consents.
//! It knows the pages only as a person does, by their links and forms, and works over HTTP.

use reqwest::Client;
use url::Url;

use super::page::{Form, Page};
use crate::{Error, Result, world::Entra};

/// More pages than any way to consent has.
const PAGES_AT_MOST: usize = 12;

/// A browser that trusts the simulator.
pub(super) struct Browser {
    client: Client,
    home: Url,
}

impl Browser {
    pub(super) fn new(entra: &Entra) -> Result<Self> {
        let failed =
            |error: reqwest::Error| Error::Other { what: "opening a browser".into(), why: crate::error::chain(&error) };
        let authority = reqwest::Certificate::from_pem(entra.ca_pem().as_bytes()).map_err(failed)?;
        let client = Client::builder().tls_certs_only([authority]).no_proxy().build().map_err(failed)?;
        Ok(Self { client, home: entra.url().clone() })
    }

    /// Accepts the newest invitation in the guest's mailbox; returns the headings of the pages it went through.
    pub(super) async fn accept(&self, address: &str) -> Result<Vec<String>> {
        let link = self.in_mailbox(address, "an invitation", |mail| mail.link("accept")).await?;
        let mut page = self.get(&link).await?;
        let mut way = Vec::new();
        for _ in 0..PAGES_AT_MOST {
            way.push(page.heading());
            if let Some(complaint) = page.complaint() {
                return Err(stuck(address, &way, &complaint));
            }
            let Some(mut form) = page.form() else { return Ok(way) };
            form.fill("email", address);
            form.fill("password", "any will do");
            if form.asks_for("code") {
                let code = self.in_mailbox(address, "a passcode", |mail| mail.text_of("code")).await?;
                form.fill("code", &code);
            }
            page = self.post(&form).await?;
        }
        Err(stuck(address, &way, "the pages come to no end"))
    }

    /// Opens the guest's mails, the newest first, until one holds what is looked for.
    async fn in_mailbox(&self, address: &str, what: &str, find: impl Fn(&Page) -> Option<String>) -> Result<String> {
        let mut mailbox = self.to("/mailbox")?;
        mailbox.query_pairs_mut().append_pair("to", address);
        let list = self.get(mailbox.as_str()).await?;
        for link in list.links().iter().filter(|link| link.starts_with("/mailbox/")) {
            if let Some(found) = find(&self.get(link).await?) {
                return Ok(found);
            }
        }
        Err(Error::Other {
            what: format!("looking into the mailbox of {address}"),
            why: format!("there is no mail with {what}"),
        })
    }

    async fn get(&self, link: &str) -> Result<Page> {
        let url = self.to(link)?;
        self.page(self.client.get(url)).await
    }

    async fn post(&self, form: &Form) -> Result<Page> {
        let url = self.to(&form.action)?;
        self.page(self.client.post(url).form(&form.fields)).await
    }

    async fn page(&self, request: reqwest::RequestBuilder) -> Result<Page> {
        let failed = |error: reqwest::Error| Error::Other {
            what: "opening a page of the simulator".into(),
            why: crate::error::chain(&error),
        };
        // A page that says no is a page too; its complaint is read by the caller.
        let answer = request.send().await.map_err(failed)?;
        Ok(Page::new(answer.text().await.map_err(failed)?))
    }

    fn to(&self, link: &str) -> Result<Url> {
        self.home
            .join(link)
            .map_err(|error| Error::Other { what: format!("following the link {link}"), why: error.to_string() })
    }
}

fn stuck(address: &str, way: &[String], why: &str) -> Error {
    Error::Other { what: format!("{address}, accepting by way of {}", way.join(" > ")), why: why.into() }
}

#[cfg(test)]
mod tests {
    use entra_simulator::{Config, TenantConfig};
    use serde_json::{Value, json};

    use super::*;

    #[tokio::test]
    async fn each_kind_of_account_accepts_through_the_pages() {
        crate::install_crypto();
        let entra = Entra::start(Config::default(), true).await.unwrap();
        let tenant = TenantConfig::default();
        let app = &tenant.apps[0];
        let browser = Browser::new(&entra).unwrap();
        let token: Value = browser
            .client
            .post(browser.to(&format!("/{}/oauth2/v2.0/token", tenant.id)).unwrap())
            .form(&[
                ("grant_type", "client_credentials"),
                ("scope", &format!("{}.default", entra.url())),
                ("client_id", &app.client_id),
                ("client_secret", &app.secrets[0].value),
            ])
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let token = token["access_token"].as_str().unwrap_or_else(|| panic!("{token}"));
        for role in super::super::cast::CAST.iter().filter(|role| role.mails > 0) {
            let invitation = json!({
                "invitedUserEmailAddress": role.email,
                "inviteRedirectUrl": "https://myapps.microsoft.com",
                "sendInvitationMessage": true,
            });
            let asked =
                browser.client.post(browser.to("/v1.0/invitations").unwrap()).bearer_auth(token).json(&invitation);
            assert_eq!(asked.send().await.unwrap().status(), 201);
            let way = browser.accept(role.email).await.unwrap();
            assert!(way.len() >= 2, "{way:?}");
            let user = entra.simulator().user(&tenant.id, role.email).unwrap();
            assert_eq!(user.external_user_state.as_deref(), Some("Accepted"), "{} by way of {way:?}", role.email);
        }
        let error = browser.accept("nobody@fabrikam.com").await.unwrap_err();
        assert!(error.to_string().contains("no mail with an invitation"), "{error}");
    }
}
