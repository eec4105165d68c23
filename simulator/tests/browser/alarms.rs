//! The demands on a page are worth something only if a page that breaks one is noticed.

use serde_json::json;

use crate::bench::Bench;
use crate::session::Session;

/// How a page is spoilt, and what has to be said of it.
const SPOILT: [(&str, &str); 11] = [
    ("document.documentElement.lang = ''", "no lang"),
    ("document.title = ''", "no title"),
    ("document.querySelector('main').append(document.createElement('h1'))", "2 h1"),
    ("document.querySelector('main').append(document.createElement('main'))", "2 main"),
    ("document.querySelector('label').remove()", "no label for to"),
    ("document.body.append(document.createElement('script'))", "a script element"),
    ("document.body.setAttribute('onclick', '')", "script in onclick"),
    ("document.querySelector('main').style.minWidth = '1300px'", "scrolls sideways"),
    ("document.querySelector('h1').style.color = '#888'", "'Inbox' has a contrast of"),
    ("document.querySelector('button').style.background = '#3b7dbb'", "'Show' has a contrast of"),
    ("document.querySelector('h1').outerHTML = '<h1>Inbox</h1><h3>Mails</h3>'", "headings out of order"),
];

#[tokio::test]
async fn a_spoilt_page_is_noticed() {
    let guest = Session::start().await;
    let bench = Bench::new().await;
    bench.invite("adele@fabrikam.com").await;
    for (spoil, sentence) in SPOILT {
        guest.open(&bench.page("mailbox")).await;
        assert_eq!(guest.complaints().await, [""; 0]);
        guest.script(spoil, json!([])).await;
        let complaints = guest.complaints().await;
        assert!(complaints.iter().any(|said| said.starts_with(sentence)), "{spoil}: {complaints:?}");
    }
}

#[tokio::test]
async fn a_ring_that_cannot_be_seen_is_noticed() {
    let guest = Session::start().await;
    let bench = Bench::new().await;
    bench.invite("adele@fabrikam.com").await;
    guest.open(&bench.page("mailbox")).await;
    for (outline, sentence) in [("none", "has no visible ring"), ("3px solid #eee", "is too faint")] {
        guest.tab_to("#to").await;
        guest.script("document.activeElement.style.outline = arguments[0]", json!([outline])).await;
        let focus = guest.look_at_focus("#to").await;
        assert!(focus["wrong"].as_str().unwrap().contains(sentence), "{focus}");
        guest.script("document.activeElement.style.outline = ''", json!([])).await;
    }
}

#[tokio::test]
async fn a_picture_from_elsewhere_is_stopped_and_noticed() {
    let guest = Session::start().await;
    let bench = Bench::new().await;
    let picture = "document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/a.png'}))";
    guest.open(&bench.page("mailbox")).await;
    guest.script(picture, json!([])).await;
    let console = json!(guest.log("browser").await).to_string();
    assert!(console.contains("Content Security Policy"), "{console}");

    guest.devtools("Page.setBypassCSP", json!({"enabled": true})).await;
    guest.open(&bench.page("mailbox")).await;
    guest.script(picture, json!([])).await;
    let urls = guest.requested().await;
    assert!(urls.iter().any(|url| url.host_str() == Some("elsewhere.example")), "{urls:?}");
}
