//! Objects put straight into etcd, as the API server keeps them: a hundred thousand settled guests are there in a minute, and not in
//! the hour that inviting them would take.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::UnixStream;

/// How many objects go in one transaction; etcd allows 128 operations.
const AT_ONCE: usize = 100;

/// The JSON gateway of an etcd.
pub struct Etcd {
    gateway: SendRequest<Full<Bytes>>,
}

impl Etcd {
    /// Connects to the etcd of a control plane that keeps its things in `folder`.
    pub async fn of(folder: &std::path::Path) -> Self {
        // A socket's whole path must fit into about 100 characters.
        let stream = UnixStream::connect(folder.join("etcd.sock")).await.unwrap();
        let (gateway, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { gateway }
    }

    async fn post(&mut self, path: &str, body: &Value) -> Value {
        self.gateway.ready().await.unwrap();
        let request = hyper::Request::post(path)
            .header("host", "etcd")
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body.to_string())))
            .unwrap();
        let answer = self.gateway.send_request(request).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "etcd answers {status}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    /// What is kept under `key`, as text.
    pub async fn get(&mut self, key: &str) -> String {
        let found = self.post("/v3/kv/range", &json!({"key": BASE64_STANDARD.encode(key)})).await;
        let value = found["kvs"][0]["value"].as_str().unwrap_or_else(|| panic!("etcd has no {key}"));
        String::from_utf8(BASE64_STANDARD.decode(value).unwrap()).unwrap()
    }

    /// Puts values under keys.
    pub async fn put(&mut self, all: impl Iterator<Item = (String, String)>) {
        let puts = all.map(|(key, value)| {
            json!({"requestPut": {"key": BASE64_STANDARD.encode(key), "value": BASE64_STANDARD.encode(value)}})
        });
        let puts: Vec<Value> = puts.collect();
        for chunk in puts.chunks(AT_ONCE) {
            self.post("/v3/kv/txn", &json!({"success": chunk})).await;
        }
    }
}
