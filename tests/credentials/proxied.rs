//! HTTPS_PROXY, NO_PROXY and the proxy of a kubeconfig: for the API server, for Graph and for the sign-in.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value;
use testbed::stories::{SOON, condition, guest, mails, world};
use testbed::world::{Ref, World, WorldConfig};
use testbed::{Operator, OperatorConfig, find_operator};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A name that only the proxy can resolve.
const KUBE: &str = "kube.example";

/// A proxy to nowhere.
const DEAD: &str = "http://127.0.0.1:9";

/// A proxy that leads to this machine, whatever the host, and notes where it was asked to go.
struct Proxy {
    url: String,
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Proxy {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<BTreeSet<String>>>::default();
        let noted = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(lead(stream, noted.clone()));
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> BTreeSet<String> {
        self.asked.lock().clone()
    }
}

async fn lead(mut from: TcpStream, noted: Arc<Mutex<BTreeSet<String>>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(from.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let target = head.strip_prefix("CONNECT ")?.split(' ').next()?.to_owned();
    let port: u16 = target.rsplit_once(':')?.1.parse().ok()?;
    noted.lock().insert(target);
    let mut to = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    from.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
    tokio::io::copy_bidirectional(&mut from, &mut to).await.ok()?;
    Some(())
}

/// The operator and `guestlist check tenant`, with a kubeconfig and an environment of their own.
struct Started<'w> {
    world: &'w World,
    kubeconfig: PathBuf,
    env: Vec<(String, String)>,
}

impl<'w> Started<'w> {
    fn new(world: &'w World, change: impl Fn(&mut Value), env: &[(&str, &str)]) -> Self {
        let text = std::fs::read_to_string(&world.account.kubeconfig).unwrap();
        let mut config: Value = serde_json::from_str(&text).unwrap();
        change(&mut config["clusters"][0]["cluster"]);
        let kubeconfig = world.plane.folder().write("proxied.kubeconfig", &config.to_string()).unwrap();
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { world, kubeconfig, env }
    }

    /// Invites one guest and lets the tenant be checked.
    async fn invites(&self, name: &str) {
        let config = OperatorConfig::new(&self.kubeconfig, &self.world.plane.folder().folder(name).unwrap());
        let operator = Operator::start(OperatorConfig { env: self.env.clone(), ..config }).unwrap();
        self.world.apply(&guest(name, &format!("{name}@fabrikam.com"), "")).await.unwrap();
        let invited = |guest: &Value| guest["status"]["state"] == "Invited";
        let waited = self.world.wait_for(&Ref::guest("team", name), "be invited", invited, SOON).await;
        waited.unwrap_or_else(|error| panic!("{error}\n{}", operator.log_tail(20)));
        assert_eq!(mails(self.world, &format!("{name}@fabrikam.com")), 1);
        let tenant = self.world.get(&Ref::tenant("default")).await.unwrap();
        assert_eq!(condition(&tenant, "Ready").0, "True");
        operator.kill();

        let checked = tokio::process::Command::new(find_operator().unwrap())
            .args(["check", "tenant", "default"])
            .env("KUBECONFIG", &self.kubeconfig)
            .envs(self.env.clone())
            .output();
        let checked = tokio::time::timeout(Duration::from_secs(60), checked).await.unwrap().unwrap();
        let said = [checked.stdout, checked.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert!(said.contains("signed in     yes"), "{said}");
    }
}

async fn started() -> World {
    world(WorldConfig { operator: false, ..WorldConfig::default() }).await
}

fn authority(world: &World) -> String {
    let url = world.entra.as_ref().unwrap().url();
    format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())
}

/// As a cluster that only the proxy reaches.
fn behind(world: &World) -> (impl Fn(&mut Value), String) {
    let name = format!("{KUBE}:{}", world.plane.url().port().unwrap());
    let server = format!("https://{name}");
    let change = move |cluster: &mut Value| {
        cluster["server"] = server.clone().into();
        cluster["tls-server-name"] = "127.0.0.1".into();
    };
    (change, name)
}

#[tokio::test(flavor = "multi_thread")]
async fn https_proxy_leads_to_the_api_server_to_graph_and_to_the_sign_in() {
    let (world, proxy) = (started().await, Proxy::start().await);
    let (change, kube) = behind(&world);
    Started::new(&world, change, &[("HTTPS_PROXY", &proxy.url)]).invites("ann").await;
    // Graph and the sign-in are one server here.
    assert_eq!(proxy.asked(), [kube, authority(&world)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_leads_past_it_and_so_does_a_server_on_this_machine() {
    let world = started().await;
    // As people write it: with blanks, and a comma too many.
    let past = [("HTTPS_PROXY", DEAD), ("NO_PROXY", "10.0.0.0/8, 127.0.0.1,,.svc")];
    Started::new(&world, |_| {}, &past).invites("ann").await;

    // kubectl never takes a proxy to a server on this machine, so neither do we; Graph is asked through it.
    let proxy = Proxy::start().await;
    Started::new(&world, |_| {}, &[("https_proxy", &proxy.url)]).invites("ben").await;
    assert_eq!(proxy.asked(), [authority(&world)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_of_the_kubeconfig_is_for_the_api_server_alone() {
    let (world, proxy) = (started().await, Proxy::start().await);
    let (change, kube) = behind(&world);
    let named = |cluster: &mut Value| {
        change(cluster);
        cluster["proxy-url"] = proxy.url.clone().into();
    };
    Started::new(&world, named, &[]).invites("ann").await;
    assert_eq!(proxy.asked(), [kube.clone()].into());

    // It wins over the environment, and NO_PROXY is no word about it.
    let env = [("HTTPS_PROXY", DEAD), ("NO_PROXY", "127.0.0.1,kube.example")];
    Started::new(&world, named, &env).invites("ben").await;
    assert_eq!(proxy.asked(), [kube].into());
}
