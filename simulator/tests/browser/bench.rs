//! A started simulator and a token for inviting into it.

use entra_simulator::{Config, MailKind, Simulator, TenantConfig};
use reqwest::{Certificate, Client};
use serde_json::{Value, json};

use crate::session::Session;

pub struct Bench {
    pub sim: Simulator,
    pub client: Client,
    tenant: TenantConfig,
    token: String,
}

impl Bench {
    pub async fn new() -> Self {
        let sim =
            Simulator::start(Config { smtp: Some(([127, 0, 0, 1], 0).into()), ..Config::default() }).await.unwrap();
        let authority = Certificate::from_pem(sim.ca_pem().as_bytes()).unwrap();
        let client = Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
        let tenant = TenantConfig::default();
        let app = &tenant.apps[0];
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &app.client_id),
            ("client_secret", &app.secrets[0].value),
            ("scope", &format!("{}.default", sim.url())),
        ];
        let request = client.post(format!("{}{}/oauth2/v2.0/token", sim.url(), tenant.id)).form(&form);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let token = answer["access_token"].as_str().expect("a token").to_owned();
        Self { sim, client, tenant, token }
    }

    /// `POST /invitations` with a mail.
    pub async fn invite(&self, email: &str) {
        let invitation = json!({
            "invitedUserEmailAddress": email,
            "inviteRedirectUrl": "https://myapps.microsoft.com",
            "sendInvitationMessage": true,
        });
        let url = format!("{}v1.0/invitations", self.sim.url());
        let request = self.client.post(url).bearer_auth(&self.token).json(&invitation);
        assert_eq!(request.send().await.unwrap().status(), 201);
    }

    pub fn page(&self, path: &str) -> String {
        self.sim.url().join(path).unwrap().to_string()
    }

    /// The guest's `externalUserState` and the issuer of its federated identity.
    pub fn state(&self, email: &str) -> (String, Option<String>) {
        let user = self.sim.user(&self.tenant.id, email).unwrap();
        let federated = user.identities.iter().find(|known| known.sign_in_type == "federated");
        (user.external_user_state.unwrap(), federated.map(|known| known.issuer.clone()))
    }

    /// From the list of mails over the invitation to the first page of the sign-in, by the keyboard.
    pub async fn follow_the_mail(&self, guest: &Session, email: &str, sign_in: &str) {
        guest.open(&self.page("mailbox")).await;
        guest.inspect("inbox").await;
        guest.tab_to("#to").await;
        guest.keys(email).await;
        guest.enter_to(&format!("Mail for {email}")).await;
        guest.inspect("found").await;
        guest.tab_to("a.what").await;
        let mail = self.sim.invitation_mails(email).pop().unwrap();
        assert_eq!(mail.kind, MailKind::Invitation);
        guest.enter_to(&mail.subject).await;
        guest.inspect("mail").await;
        guest.tab_to("#accept").await;
        guest.enter_to(sign_in).await;
    }
}
