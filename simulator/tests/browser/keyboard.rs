//! A guest without a mouse: Tab, Shift-Tab, Enter and letters, and a look at where the focus is.

use serde_json::{Value, json};

use crate::session::Session;

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const SHIFT: char = '\u{e008}';

/// More than any page has.
const STOPS_AT_MOST: usize = 60;

/// What is wrong with the ring around the focused element, or nothing; and whether the element fits a selector.
const FOCUS: &str = concat!(include_str!("colour.js"), include_str!("focus.js"));

impl Session {
    /// Tabs on until the focus is on an element that fits the CSS selector. Each stop has to be visible.
    pub async fn tab_to(&self, selector: &str) {
        self.travel(selector, None).await;
    }

    /// The same with Shift-Tab.
    pub async fn tab_back_to(&self, selector: &str) {
        self.travel(selector, Some(SHIFT)).await;
    }

    /// Types into whatever has the focus.
    pub async fn keys(&self, text: &str) {
        self.press(text, None).await;
    }

    /// Enter on whatever has the focus; a page with this title has to come of it.
    pub async fn enter_to(&self, title: &str) {
        self.press(ENTER, None).await;
        self.wait_for_page(title).await;
    }

    /// Enter where no page of this window comes of it.
    pub async fn enter(&self) {
        self.press(ENTER, None).await;
    }

    pub async fn tab(&self) {
        self.press(TAB, None).await;
    }

    pub async fn is_at(&self, selector: &str) -> bool {
        self.focus(selector).await.0
    }

    /// Tabs through the whole page; returns how many of its links, fields and buttons had the focus.
    pub async fn walk(&self) -> usize {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..STOPS_AT_MOST {
            self.tab().await;
            let stop = self.focus("*").await;
            if stop.1.is_some_and(|index| !seen.insert(index)) {
                break;
            }
        }
        seen.len()
    }

    async fn travel(&self, selector: &str, modifier: Option<char>) {
        for _ in 0..STOPS_AT_MOST {
            if self.is_at(selector).await {
                return;
            }
            self.press(TAB, modifier).await;
        }
        panic!("no way by the keyboard to '{selector}' at {}", self.url().await);
    }

    /// Whether the focused element fits, and which one of the page's stops it is.
    async fn focus(&self, selector: &str) -> (bool, Option<u64>) {
        let focus = self.look_at_focus(selector).await;
        assert_eq!(focus["wrong"].as_str(), None, "the focus at {}", self.url().await);
        (focus["fits"] == true, focus["stop"].as_u64())
    }

    /// What is focused: `fits` the selector or not, `stop` is its place in the page, `wrong` says what cannot be seen.
    pub async fn look_at_focus(&self, selector: &str) -> Value {
        self.script(FOCUS, json!([selector])).await
    }
}
