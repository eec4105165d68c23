//! A minimal WebDriver client: one browser session and the commands that the tests need.

use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::driver::Driver;

/// How long a page may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser with one window to begin with.
#[derive(Debug)]
pub struct Session {
    client: Client,
    url: String,
    _driver: Driver,
}

impl Session {
    pub async fn start() -> Self {
        let driver = Driver::start();
        let profile = format!("--user-data-dir={}", driver.folder.join("profile").display());
        let mut arguments = vec![
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            // Even a request that should not be made would find no other computer.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--lang=en-US",
        ];
        arguments.push(&profile);
        let capabilities = json!({
            "acceptInsecureCerts": true,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {"binary": driver.browser, "args": arguments},
        });
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
        let origin = format!("http://127.0.0.1:{}/session", driver.port);
        let mut session = Self { client, url: origin.clone(), _driver: driver };
        let wanted = json!({"capabilities": {"alwaysMatch": capabilities}});
        let opened = session.call(Method::POST, "", Some(wanted)).await.expect("a browser session");
        session.url = format!("{origin}/{}", opened["sessionId"].as_str().expect("a session id"));
        // The browser's own first page is of no interest.
        session.open("about:blank").await;
        session.log("performance").await;
        session
    }

    pub async fn open(&self, url: &str) {
        self.post("url", json!({"url": url})).await;
    }

    pub async fn reload(&self) {
        self.post("refresh", json!({})).await;
    }

    pub async fn title(&self) -> String {
        self.get("title").await
    }

    pub async fn url(&self) -> String {
        self.get("url").await
    }

    /// The text of the first element that fits the CSS selector.
    pub async fn text(&self, selector: &str) -> String {
        let found = self.post("element", json!({"using": "css selector", "value": selector})).await;
        let id = found.as_object().and_then(|object| object.values().next()).and_then(Value::as_str).unwrap();
        self.get(&format!("element/{id}/text")).await
    }

    /// What a script in the page returns.
    pub async fn script(&self, script: &str, arguments: Value) -> Value {
        self.post("execute/sync", json!({"script": script, "args": arguments})).await
    }

    /// Presses these keys one after the other, each held together with `modifier` if one is given.
    pub async fn press(&self, keys: &str, modifier: Option<char>) {
        let event = |kind: &str, key: char| json!({"type": kind, "value": key});
        let mut actions: Vec<Value> = modifier.map(|key| event("keyDown", key)).into_iter().collect();
        actions.extend(keys.chars().flat_map(|key| [event("keyDown", key), event("keyUp", key)]));
        actions.extend(modifier.map(|key| event("keyUp", key)));
        self.post("actions", json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})).await;
    }

    /// Waits for a page that came by the keyboard, for a key press does not wait itself.
    pub async fn wait_for_page(&self, title: &str) {
        let title = format!("{title} · Entra simulator");
        self.until(Method::GET, "title", None, |there| *there == title).await;
    }

    /// Waits until an element fits the CSS selector.
    pub async fn wait_for(&self, selector: &str) {
        let wanted = json!({"using": "css selector", "value": selector});
        self.until(Method::POST, "element", Some(wanted), Value::is_object).await;
    }

    /// The windows, in the order in which they were opened.
    pub async fn windows(&self, count: usize) -> Vec<String> {
        let all = |there: &Value| there.as_array().is_some_and(|windows| windows.len() == count);
        serde_json::from_value(self.until(Method::GET, "window/handles", None, all).await).unwrap()
    }

    pub async fn switch_to(&self, window: &str) {
        self.post("window", json!({"handle": window})).await;
        self.devtools("Page.bringToFront", json!({})).await;
    }

    /// A command of the DevTools protocol, for what WebDriver cannot do.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("goog/cdp/execute", json!({"cmd": command, "params": parameters})).await
    }

    /// What was logged since the last call: `browser` is the console, `performance` the network.
    pub async fn log(&self, kind: &str) -> Vec<Value> {
        self.post("se/log", json!({"type": kind})).await.as_array().cloned().unwrap_or_default()
    }

    /// Asks again and again; between two pages an error is nothing strange.
    async fn until(&self, method: Method, path: &str, body: Option<Value>, good: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let there = self.call(method.clone(), path, body.clone()).await;
            match there {
                Ok(value) if good(&value) => return value,
                there => assert!(Instant::now() < end, "waiting in vain, at last for {path}: {there:?}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn get(&self, path: &str) -> String {
        let answer = self.call(Method::GET, path, None).await.unwrap();
        answer.as_str().unwrap_or_default().to_owned()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, Some(body)).await.unwrap()
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
        let url = if path.is_empty() { self.url.clone() } else { format!("{}/{path}", self.url) };
        let mut request = self.client.request(method, &url);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.map_err(|error| format!("{url}: {error}"))?;
        let good = response.status().is_success();
        let mut answer: Value = response.json().await.map_err(|error| format!("{url}: {error}"))?;
        let value = answer["value"].take();
        if good { Ok(value) } else { Err(format!("{url}: {} {}", value["error"], value["message"])) }
    }
}
