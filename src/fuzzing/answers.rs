//! Every operation against every answer, over a connection of its own: the very client that ships reads them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Map, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::choices::Choices;
use super::script::Scripted;
use super::ticket::{TICKET, say_the_ticket};
use crate::api::RelationKind;
use crate::graph::{
    Clouds, Credential, Graph, GraphError, Http, Invitation, PrincipalKind, Proof, Reach, RelationRef, Roots,
    TokenSource,
};

/// More answers than this no operation is given; whatever it asks after them meets a 500.
const MOST: usize = 4;

/// Longer than this no error may be: it goes into a status.
const LONGEST: usize = 1500;

/// One operation against the answers that the bytes choose.
pub fn answers(data: &[u8]) {
    if say_the_ticket(data) {
        return;
    }
    thread_local! {
        static BENCH: Bench = Bench::new();
    }
    BENCH.with(|bench| bench.run(&mut Choices::of(data)));
}

struct Bench {
    runtime: tokio::runtime::Runtime,
    listener: Arc<TcpListener>,
    http: reqwest::Client,
    roots: Roots,
}

/// What an operation brought: whether it went well, and everything of it that could be shown.
struct Brought {
    error: Option<GraphError>,
    shown: String,
}

fn brought<T: std::fmt::Debug>(result: Result<T, GraphError>) -> Brought {
    let shown = format!("{result:?}");
    Brought { error: result.err(), shown }
}

impl Bench {
    fn new() -> Self {
        // It can only be set already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut roots = Roots::of(Clouds::Global).unwrap();
        roots.graph = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
        let http = reqwest::Client::builder()
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy();
        Self { runtime, listener: Arc::new(listener), http: http.build().unwrap(), roots }
    }

    fn run(&self, choices: &mut Choices<'_>) {
        let operation = choices.below(OPERATIONS);
        let count = 1 + choices.below(MOST);
        let script: VecDeque<Scripted> = (0..count).map(|_| Scripted::new(choices, &self.roots.graph)).collect();
        let (first, whole) = (script[0].status, script[0].whole);
        // Bytes of the fuzzer's own may hold anything anywhere.
        let mentions =
            |answer: &Scripted| answer.bytes.windows(TICKET.len()).filter(|part| *part == TICKET.as_bytes()).count();
        let planted = script.iter().map(mentions).sum::<usize>() <= 2 * count;
        let (brought, served) = self.ask(operation, script);
        assert!(!planted || !brought.shown.contains(TICKET), "a redeem link shows: {}", brought.shown);
        let Some(error) = brought.error else {
            assert!(operation != INVITE || (served == 1 && (200..300).contains(&first) && whole), "invited by {first}");
            return;
        };
        let text = error.to_string();
        assert!(!planted || !text.contains(TICKET), "a redeem link shows: {text}");
        assert!(!error.message.is_empty() && text.chars().count() < LONGEST, "too long: {text}");
        // What was asked for may have been done unless Graph said otherwise.
        if operation == INVITE {
            assert_eq!(served, 1, "a request that mails is never repeated");
            let of_graph = first == 429 || ((400..500).contains(&first) && !error.foreign);
            let expected = if of_graph { Reach::Answered } else { Reach::Unknown };
            assert_eq!(error.reach, expected, "HTTP {first}: {text}");
        }
        if let Some(status) = error.status.filter(|status| !(400..500).contains(status)) {
            assert_ne!(error.reach, Reach::Answered, "HTTP {status} says nothing of what was done");
        }
    }

    /// What the operation brings against these answers, and how many requests it made.
    fn ask(&self, operation: usize, script: VecDeque<Scripted>) -> (Brought, usize) {
        let served = Arc::new(Mutex::new(0));
        let brought = self.runtime.block_on(async {
            let server = tokio::spawn(serve(self.listener.clone(), Arc::new(Mutex::new(script)), served.clone()));
            let credential = Credential {
                tenant_id: "11111111-2222-3333-4444-555555555555".into(),
                roots: self.roots.clone(),
                http: self.http.clone(),
                proof: Proof::ClientSecret { client_id: "x".into(), secret: "x".into() },
            };
            let tokens = TokenSource::holding(credential, "token");
            let graph = Graph::new(
                Http { shared: self.http.clone(), sending: self.http.clone() },
                &self.roots,
                tokens,
                Duration::from_secs(10),
            );
            let brought = operate(&graph, operation).await;
            server.abort();
            let _ = server.await;
            brought
        });
        let served = *served.lock();
        (brought, served)
    }
}

async fn serve(listener: Arc<TcpListener>, script: Arc<Mutex<VecDeque<Scripted>>>, served: Arc<Mutex<usize>>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        if read_request(&mut stream).await.is_none() {
            continue; // left by an operation before
        }
        *served.lock() += 1;
        let answer = script.lock().pop_front();
        let bytes =
            answer.map_or_else(|| b"HTTP/1.1 500 Over\r\nContent-Length: 0\r\n\r\n".to_vec(), |answer| answer.bytes);
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
    }
}

/// A request to its end.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut read = Vec::new();
    loop {
        let mut some = [0; 4096];
        let count = stream.read(&mut some).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(&some[..count]);
        let text = String::from_utf8_lossy(&read).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(());
        }
    }
}

const INVITE: usize = 0;
const OPERATIONS: usize = 19;

/// The number's operation, of all that the room has.
async fn operate(graph: &Graph, number: usize) -> Brought {
    const ID: &str = "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0";
    let ids =
        [ID.to_owned(), "7ea91a8d-e32e-41a1-b7bd-d2d185eed0e0".into(), "8ea91a8d-e32e-41a1-b7bd-d2d185eed0e0".into()];
    let member = |group: &String| RelationRef { kind: RelationKind::Groups, user: ID.into(), target: group.clone() };
    let members: Vec<RelationRef> = ids.iter().map(member).collect();
    match number {
        INVITE => {
            let invited = graph.invite(&invitation(), None).await;
            if let Ok(invited) = &invited {
                assert!(!invited.user_id.is_empty(), "an invitation of nobody");
            }
            brought(invited)
        }
        1 => {
            let found = graph.find_by_address("o'brien@fabrikam.com").await;
            assert!(
                found.as_ref().is_ok_and(|found| found.users.iter().all(|user| !user.id.is_empty())) || found.is_err()
            );
            brought(found)
        }
        2 => brought(graph.each_invited(drop).await),
        3 => brought(graph.probe().await),
        4 => {
            let user = graph.user(ID).await;
            assert!(!matches!(&user, Ok(Some(user)) if user.id.is_empty()), "a user without an id");
            brought(user)
        }
        5 => {
            let users = graph.users(&ids).await;
            if let Ok(users) = &users {
                assert!(
                    users
                        .iter()
                        .all(|(id, user)| ids.contains(id) && user.as_ref().is_none_or(|user| !user.id.is_empty()))
                );
            }
            brought(users)
        }
        6 => brought(graph.group(ID).await),
        7 => brought(graph.groups_named("Analysts").await),
        8 => brought(graph.related(RelationKind::Groups, ID).await),
        9 => brought(graph.related(RelationKind::Sponsors, ID).await),
        10 => brought(graph.principals_named("Analysts", &[PrincipalKind::User, PrincipalKind::Group]).await),
        11 => brought(graph.deleted_by_address("bob@fabrikam.com").await),
        12 => brought(graph.deleted_user(ID).await),
        13 => brought(graph.restore_user(ID, None).await),
        14 => brought(graph.organization_name().await),
        15 => {
            let added = graph.add_relations(&members, None).await;
            assert!(added.as_ref().is_ok_and(|added| added.len() == members.len()) || added.is_err());
            brought(added)
        }
        16 => brought(graph.remove_relations(&members[..1], None).await),
        17 => brought(graph.update_user(ID, &Map::from_iter([("city".to_owned(), json!("Delft"))]), None).await),
        _ => brought(graph.delete_user(ID, None).await),
    }
}

fn invitation() -> Invitation {
    Invitation {
        email: "bob@fabrikam.com".into(),
        redirect_url: "https://myapps.microsoft.com".into(),
        display_name: None,
        user_type: "Guest",
        language: None,
        cc: None,
        send: true,
        reset: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The operation against answers of status 200 with these bodies; each may name the server as ROOT.
    fn asked(operation: usize, bodies: &[&str]) -> (Brought, usize) {
        let bench = Bench::new();
        let script = bodies.iter().map(|body| {
            let body = body.replace("ROOT/", bench.roots.graph.as_str());
            let bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes();
            Scripted { status: 200, bytes, whole: true }
        });
        bench.ask(operation, script.collect())
    }

    #[test]
    fn a_listing_that_goes_in_circles_ends() {
        let page = r#"{"value":[],"@odata.nextLink":"ROOT/v1.0/users?$skiptoken=1"}"#;
        let (brought, served) = asked(2, &[page; 9]);
        assert_eq!(served, 2, "one page, and the one that it names");
        assert!(brought.error.unwrap().message.contains("circles"));
    }

    #[test]
    fn a_user_without_an_id_is_nobody() {
        for (operation, body) in [(1, r#"{"value":[{}]}"#), (4, "{}"), (4, r#"{"id":""}"#)] {
            let (brought, _) = asked(operation, &[body]);
            assert!(brought.error.unwrap().message.contains("without an id"), "{operation} {body}");
        }
        let (brought, _) = asked(5, &[r#"{"responses":[{"id":"0","status":200,"body":{}}]}"#]);
        assert_eq!(brought.shown, "Ok([])", "who was not read is read again");
    }
}
