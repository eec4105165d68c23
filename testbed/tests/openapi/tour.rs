//! Every operation that the simulator serves and the description knows, asked once, with all that passed kept.

use std::sync::{Arc, Mutex};

use entra_simulator::{Config, Exchange, Reply, RequestEntry, SeedGroup, SeedKind, SeedUser, Simulator};
use reqwest::{Certificate, Client, Method};
use serde_json::{Value, json};
use testbed::openapi::Graph;

pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const ALL: &[&str] = &[
    "User.Invite.All",
    "User.ReadWrite.All",
    "User.DeleteRestore.All",
    "GroupMember.ReadWrite.All",
    "Organization.Read.All",
];

/// An exchange that is over.
#[derive(Clone, Debug)]
pub struct Kept {
    pub request: RequestEntry,
    pub status: u16,
    pub body: Option<Value>,
}

impl Kept {
    pub fn judged(&self, graph: Graph) -> Vec<String> {
        let answer = Some(Reply { status: self.status, body: self.body.as_ref() });
        graph.judge(&Exchange { request: &self.request, answer })
    }
}

pub struct Bench {
    pub sim: Simulator,
    client: Client,
    token: String,
}

impl Bench {
    pub async fn new() -> Self {
        testbed::install_crypto();
        let mut config = Config::default();
        config.tenants[0].apps[0].roles = ALL.iter().map(ToString::to_string).collect();
        let sim = Simulator::start(config).await.unwrap();
        let authority = Certificate::from_pem(sim.ca_pem().as_bytes()).unwrap();
        let client = Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "aaaaaaaa-0000-0000-0000-000000000001"),
            ("client_secret", "simulator-secret"),
            ("scope", &format!("{}.default", sim.url())),
        ];
        let asked = client.post(format!("{}{TENANT}/oauth2/v2.0/token", sim.url())).form(&form);
        let answer: Value = asked.send().await.unwrap().json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self { sim, client, token }
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let url = if path.starts_with("https://") { path.to_owned() } else { format!("{}v1.0/{path}", self.sim.url()) };
        let mut request =
            self.client.request(method, url).bearer_auth(&self.token).header("ConsistencyLevel", "eventual");
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }
}

pub async fn of_all_operations() -> Vec<Kept> {
    let bench = Bench::new().await;
    let seen: Arc<Mutex<Vec<Kept>>> = Arc::default();
    let keep = Arc::clone(&seen);
    assert!(bench.sim.observe(move |exchange| {
        let answer = exchange.answer.as_ref().unwrap();
        let kept = Kept { request: exchange.request.clone(), status: answer.status, body: answer.body.cloned() };
        keep.lock().unwrap().push(kept);
    }));
    let group = bench.sim.seed_group(TENANT, SeedGroup::new("Readers"));
    let host = bench.sim.seed(TENANT, SeedUser::new("host@contoso.com", SeedKind::Member));
    let guest = guests(&bench).await;
    links(&bench, &guest, &host, &group).await;
    lists(&bench, &guest).await;
    leaving(&bench, &guest).await;
    let seen = seen.lock().unwrap();
    seen.clone()
}

/// Invites and changes; the id of the guest.
async fn guests(bench: &Bench) -> String {
    let invitation = json!({
        "invitedUserEmailAddress": "ann@fabrikam.com", "inviteRedirectUrl": "https://myapps.microsoft.com",
        "invitedUserDisplayName": "Ann", "invitedUserType": "Guest", "sendInvitationMessage": true,
        "invitedUserMessageInfo": {
            "messageLanguage": "nl-NL", "ccRecipients": [{"emailAddress": {"address": "host@contoso.com"}}],
        },
    });
    let (status, made) = bench.post("invitations", &invitation).await;
    assert_eq!(status, 201, "{made}");
    let id = made["invitedUser"]["id"].as_str().unwrap().to_owned();
    let changes =
        json!({"companyName": "Fabrikam", "otherMails": ["ann@example.org"], "accountEnabled": true, "city": null});
    assert_eq!(bench.send(Method::PATCH, &format!("users/{id}"), Some(&changes)).await.0, 204);
    bench.sim.redeem(TENANT, "ann@fabrikam.com", None).unwrap();
    let plus = json!({"invitedUserEmailAddress": "a+b@x.org", "inviteRedirectUrl": "https://x.org"});
    assert_eq!(bench.post("invitations", &plus).await.0, 400);
    id
}

async fn links(bench: &Bench, guest: &str, host: &str, group: &str) {
    let link = |id: &str| json!({"@odata.id": format!("{}v1.0/directoryObjects/{id}", bench.sim.url())});
    for (path, id) in [
        (format!("users/{guest}/sponsors/$ref"), host),
        (format!("users/{guest}/sponsors/$ref"), group),
        (format!("groups/{group}/members/$ref"), guest),
    ] {
        assert_eq!(bench.post(&path, &link(id)).await.0, 204, "{path}");
    }
    assert_eq!(bench.send(Method::PUT, &format!("users/{guest}/manager/$ref"), Some(&link(host))).await.0, 204);
    for path in [
        format!("users/{guest}/sponsors?$select=id,displayName"),
        format!("users/{guest}/memberOf?$select=id"),
        format!("users/{guest}?$select=id&$expand=sponsors($select=id,displayName)"),
        format!("groups/{group}?$select=id,displayName,groupTypes"),
        "groups?$filter=displayName eq 'Readers'&$select=id&$top=10".into(),
        "organization?$select=displayName".into(),
    ] {
        assert_eq!(bench.get(&path).await.0, 200, "{path}");
    }
    for path in [
        format!("users/{guest}/sponsors/{host}/$ref"),
        format!("users/{guest}/manager/$ref"),
        format!("groups/{group}/members/{guest}/$ref"),
    ] {
        assert_eq!(bench.send(Method::DELETE, &path, None).await.0, 204, "{path}");
    }
}

async fn lists(bench: &Bench, guest: &str) {
    let select = "id,mail,otherMails,proxyAddresses,externalUserState,externalUserStateChangeDateTime,identities,createdDateTime,accountEnabled";
    for path in [
        format!("users/{guest}"),
        format!("users/{guest}?$select={select}"),
        "users".into(),
        "users?$filter=creationType eq 'Invitation'&$count=true&$orderby=displayName desc".into(),
    ] {
        assert_eq!(bench.get(&path).await.0, 200, "{path}");
    }
    let (_, page) = bench.get(&format!("users?$select={select}&$top=1")).await;
    assert_eq!(bench.get(page["@odata.nextLink"].as_str().unwrap()).await.0, 200);
    let (_, round) = bench.get("users/delta?$select=displayName,mail").await;
    assert_eq!(bench.get(round["@odata.deltaLink"].as_str().unwrap()).await.0, 200);
    let items = json!({"requests": [
        {"id": "1", "method": "GET", "url": format!("/users/{guest}?$select=id")},
        {"id": "2", "method": "PATCH", "url": format!("/users/{guest}"), "headers": {"Content-Type": "application/json"},
         "body": {"department": "Sales"}, "dependsOn": ["1"]},
    ]});
    assert_eq!(bench.post("$batch", &items).await.0, 200);
}

async fn leaving(bench: &Bench, guest: &str) {
    let (_, round) = bench.get("users/delta?$select=displayName").await;
    let gone = async || bench.send(Method::DELETE, &format!("users/{guest}"), None).await.0;
    assert_eq!(gone().await, 204);
    assert_eq!(bench.get(round["@odata.deltaLink"].as_str().unwrap()).await.0, 200);
    assert_eq!(bench.get(&format!("users/{guest}")).await.0, 404);
    let item = format!("directory/deletedItems/{guest}");
    for path in
        [&format!("{item}?$select=id,mail,deletedDateTime"), "directory/deletedItems/microsoft.graph.user?$select=id"]
    {
        assert_eq!(bench.get(path).await.0, 200, "{path}");
    }
    assert_eq!(bench.send(Method::POST, &format!("{item}/restore"), None).await.0, 200);
    assert_eq!(gone().await, 204);
    assert_eq!(bench.send(Method::DELETE, &item, None).await.0, 204);
}
