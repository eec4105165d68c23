//! Answers as a server, a gateway or nobody in particular might write them: statuses, headers, bodies whole and cut.

use serde_json::{Value, json};
use url::Url;

use super::breaks::spoil;
use super::choices::Choices;
use super::ticket::LINK;

/// One answer, as it goes over the wire.
pub(super) struct Scripted {
    pub(super) status: u16,
    pub(super) bytes: Vec<u8>,
    /// Whether all of the body is there.
    pub(super) whole: bool,
}

const STATUSES: [u16; 20] =
    [200, 200, 200, 201, 201, 202, 204, 206, 302, 400, 403, 404, 408, 409, 412, 429, 500, 502, 503, 504];

const NAMES: [&str; 24] = [
    "id",
    "value",
    "@odata.nextLink",
    "invitedUser",
    "inviteRedeemUrl",
    "error",
    "code",
    "message",
    "responses",
    "status",
    "headers",
    "body",
    "mail",
    "otherMails",
    "proxyAddresses",
    "identities",
    "issuer",
    "externalUserState",
    "createdDateTime",
    "displayName",
    "groupTypes",
    "businessPhones",
    "deletedDateTime",
    "@odata.type",
];

impl Scripted {
    pub(super) fn new(choices: &mut Choices<'_>, root: &Url) -> Self {
        let status = *choices.pick(&STATUSES);
        let mut head = format!("HTTP/1.1 {status} Said\r\n");
        if choices.one_in(3) {
            head.push_str(&format!("Retry-After: {}\r\n", header(choices)));
        }
        if choices.one_in(3) {
            head.push_str(&format!("Date: {}\r\n", header(choices)));
        }
        if choices.one_in(3) {
            head.push_str(&format!("request-id: {}\r\n", header(choices)));
        }
        let body = body(choices, root);
        let framing = choices.below(6);
        let mut bytes = head.into_bytes();
        match framing {
            0..=2 => bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes()),
            3 => bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len() + 1).bytes()),
            4 => bytes.extend(b"Connection: close\r\n\r\n"),
            _ => bytes.extend(format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", body.len().max(1)).bytes()),
        }
        bytes.extend(body);
        Self { status, bytes, whole: !matches!(framing, 3 | 5) }
    }
}

/// Printable, as a header has to be.
fn header(choices: &mut Choices<'_>) -> String {
    const KNOWN: [&str; 8] =
        ["3", "2.128", "-1", "1e300", "Sun, 22 Nov 2026 10:00:07 GMT", "Sun, 22 Nov 9999 10:00:07 GMT", "soon", "NaN"];
    if choices.below(2) == 0 {
        return (*choices.pick(&KNOWN)).to_owned();
    }
    let count = choices.below(24);
    choices.bytes(count).iter().map(|byte| char::from(b' ' + byte % 95)).collect()
}

fn body(choices: &mut Choices<'_>, root: &Url) -> Vec<u8> {
    match choices.below(8) {
        0 => Vec::new(),
        1 => b"<html><body>Bad gateway</body></html>".to_vec(),
        2 => {
            let count = choices.below(400);
            choices.bytes(count).to_vec()
        }
        cut => {
            let mut answer = sample(choices, root);
            let names = NAMES.map(String::from);
            for _ in 0..choices.below(4) {
                spoil(&names, &mut answer, choices);
            }
            let mut text = answer.to_string().into_bytes();
            if cut == 7 {
                text.truncate(choices.below(text.len() + 1));
            }
            text
        }
    }
}

fn sample(choices: &mut Choices<'_>, root: &Url) -> Value {
    let user = json!({
        "id": "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0", "mail": "bob@fabrikam.com", "userType": "Guest", "creationType": "Invitation",
        "externalUserState": "PendingAcceptance", "createdDateTime": "2026-11-22T10:00:00Z", "businessPhones": ["1"],
        "identities": [{"signInType": "federated", "issuer": "mail"}], "@odata.type": "#microsoft.graph.user",
    });
    let next = [format!("{root}v1.0/users?$skiptoken=1"), "https://evil.example/v1.0/users".into(), "%%".into()];
    match choices.below(7) {
        0 => {
            json!({"id": "invitation", "inviteRedeemUrl": LINK, "invitedUser": {"id": user["id"]}, "status": "PendingAcceptance"})
        }
        1 => json!({"value": [user], "@odata.nextLink": choices.pick(&next)}),
        2 => json!({"value": [user, {"id": "x"}]}),
        3 => user,
        4 => {
            let item = |n: usize, status: u16| json!({"id": n.to_string(), "status": status, "headers": {"Retry-After": "7"}, "body": user});
            json!({"responses": [item(1, 404), item(0, 200), {"id": "2", "status": 429, "body": {"inviteRedeemUrl": LINK}}]})
        }
        5 => {
            json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges to complete the operation."}})
        }
        _ => {
            json!({"error": {"code": "Request_UnsupportedQuery", "message": "x", "innerError": {"date": "2025-02-13T10:17:05"}}})
        }
    }
}
