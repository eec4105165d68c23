//! What every page has to be, whoever looks at it: readable, labelled, quiet and on its own.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::session::Session;

/// Everything that the page is wrong in, as sentences.
const INSPECT: &str = concat!(include_str!("colour.js"), include_str!("inspect.js"));

const NARROWEST: u32 = 360;

impl Session {
    /// Looks at the page that is open, and photographs it under this name if that is wished for.
    pub async fn inspect(&self, name: &str) {
        self.inspect_answer(name, 200).await;
    }

    /// The same for a page that is answered with this status.
    pub async fn inspect_answer(&self, name: &str, status: u16) {
        let at = format!("{name} ({})", self.url().await);
        for scheme in ["light", "dark"] {
            for width in [1200, NARROWEST] {
                self.look(width, scheme).await;
                let wrong = self.complaints().await;
                assert!(wrong.is_empty(), "{at}, {scheme}, {width} px wide: {wrong:#?}");
            }
        }
        self.photograph(name).await;
        self.look(1200, "light").await;

        let console = self.log("browser").await;
        let expected = format!("the server responded with a status of {status}");
        let is_status = |entry: &&Value| status != 200 && entry["message"].as_str().unwrap().contains(&expected);
        let errors: Vec<_> = console.iter().filter(|entry| !is_status(entry)).collect();
        assert!(errors.is_empty(), "the console of {at}: {errors:?}");
        for url in self.requested().await {
            let host = url.host_str().unwrap_or_default();
            assert!(url.scheme() == "data" || host == "127.0.0.1", "{at} asks for {url}");
        }
    }

    /// What is wrong with the page as it is shown now.
    pub async fn complaints(&self) -> Vec<String> {
        serde_json::from_value(self.script(INSPECT, json!([])).await).unwrap()
    }

    /// Every link, field and button of the page has the focus once when tabbing through it.
    pub async fn inspect_walk(&self) {
        let stops = self.script("return document.querySelectorAll('a[href], button, input').length", json!([])).await;
        let seen = self.walk().await;
        assert_eq!(json!(seen), stops, "stops of {}", self.url().await);
    }

    async fn look(&self, width: u32, scheme: &str) {
        let size = json!({"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    async fn photograph(&self, name: &str) {
        let Some(folder) = std::env::var_os("GUESTLIST_SCREENSHOTS").map(std::path::PathBuf::from) else {
            return;
        };
        std::fs::create_dir_all(&folder).unwrap();
        self.devtools("Emulation.setScrollbarsHidden", json!({"hidden": true})).await;
        for scheme in ["light", "dark"] {
            for width in [1200, 390] {
                self.look(width, scheme).await;
                let wish = json!({"format": "png", "captureBeyondViewport": true});
                let shot = self.devtools("Page.captureScreenshot", wish).await;
                let png = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
                std::fs::write(folder.join(format!("{name}-{width}-{scheme}.png")), png).unwrap();
            }
        }
        self.devtools("Emulation.setScrollbarsHidden", json!({"hidden": false})).await;
    }

    /// What was asked for over the network since the last look.
    pub async fn requested(&self) -> Vec<url::Url> {
        let entries = self.log("performance").await;
        let events = entries.iter().filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok());
        let requests = events.filter(|event| event["message"]["method"] == "Network.requestWillBeSent");
        let urls: Vec<_> =
            requests.filter_map(|event| event["message"]["params"]["request"]["url"].as_str()?.parse().ok()).collect();
        assert!(!urls.is_empty(), "the page itself was asked for, so the log is alive");
        urls
    }
}
