//! A tenant's own text, filled for a guest, and the letter that comes of it.

use jiff::Timestamp;

use super::choices::Choices;
use super::samples::text;
use crate::mail::fuzzed::{html_of, wire};
use crate::mail::{Addressed, Draft, Letter, LetterError, LetterTemplate, Sender, Values, builtin};

const LINK: &str = "https://login.microsoftonline.com/redeem?rd=https%3a%2f%2finvitations.microsoft.com%2fredeem%2f%3fticket%3da%25252fb%25253d%26ver%3d2.0&x='1'";

const PARTS: [&str; 24] = [
    "{{redeemUrl}}",
    "{{ guest.displayName }}",
    "{{guest.email}}",
    "{{tenant.displayName}}",
    "{{message}}",
    "{{",
    "}}",
    "{{{",
    "{{guest}}",
    "<a href=\"",
    "\">",
    "</a>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "\r\n",
    "\r",
    ".\r\n",
    "=",
    "'",
    "<",
    ">",
    "{{redeemUrl}}<a href='{{redeemUrl}}'>",
];

/// A template, its values and where it goes.
pub fn mail(data: &[u8]) {
    let choices = &mut Choices::of(data);
    let (name, tenant, message) = (text(choices, 0, 300), text(choices, 0, 300), text(choices, 0, 3000));
    let values = Values {
        email: "bob@fabrikam.com",
        display_name: choices.one_in(2).then_some(name.as_str()),
        tenant: &tenant,
        redeem_url: LINK,
        message: choices.one_in(2).then_some(message.as_str()),
        reminds: choices.one_in(2),
    };
    if choices.one_in(6) {
        let tag = text(choices, 0, 40);
        let draft = builtin(Some(&tag), &values);
        assert!(draft.text.contains(LINK), "the built-in text of {tag:?} without the link");
        return check(choices, &draft, &values);
    }
    let (subject, body) = (part(choices), part(choices));
    let html = choices.one_in(2).then(|| part(choices));
    match LetterTemplate::parse(&subject, &body, html.as_deref()) {
        Err(error) => {
            let said = error.to_string();
            assert!(said.len() > 10 && said.len() < 1000 && !said.contains('\n'), "{said}");
        }
        Ok(template) => {
            let draft = template.render(&values);
            assert!(!draft.subject.contains("redeem?rd="), "the link is in the subject: {}", draft.subject);
            assert!(draft.text.contains(LINK), "the link is not in the text: {body:?}");
            if let Some(html) = &draft.html {
                assert!(html.contains(&*html_of(LINK)), "the link is not in the page: {html:?}");
            }
            check(choices, &draft, &values);
        }
    }
}

fn part(choices: &mut Choices<'_>) -> String {
    let mut made = String::new();
    for _ in 0..choices.below(8) {
        match choices.below(3) {
            0 => made.push_str(&String::from_utf8_lossy(choices.bytes(6))),
            _ => made.push_str(choices.pick::<&str>(&PARTS)),
        }
    }
    // Most texts have to be good ones, or little is seen of the letter.
    if choices.below(2) == 1 {
        made.push_str(" {{redeemUrl}} ");
    }
    made
}

/// The letter has just its headers, its parts, and its recipients.
fn check(choices: &mut Choices<'_>, draft: &Draft, values: &Values<'_>) {
    const ADDRESSES: [&str; 6] = [
        "bob@fabrikam.com",
        "o'hara_x.y@sub.example",
        "x@y",
        "a@b.c\r\nDATA",
        "bob@[127.0.0.1]",
        "bob@fabrikam.com> SIZE=1",
    ];
    const SENDERS: [&str; 3] = [
        "invites@contoso.example",
        "\"Contoso, Inc.\" <invites@contoso.example>",
        "コントソ <invites@contoso.example>",
    ];
    const ATTEMPTS: [&str; 3] = ["6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0", "a..b", "a\r\nX: y"];
    assert!(!draft.subject.contains(char::is_control), "{:?}", draft.subject);
    assert!(!format!("{draft:?}").contains("redeem?rd="), "a draft shows its link");
    let from: Sender = choices.pick(&SENDERS).parse().unwrap();
    let cc = choices.one_in(3).then(|| *choices.pick(&ADDRESSES));
    let addressed = Addressed {
        attempt: ATTEMPTS[choices.below(24).saturating_sub(21)],
        from: &from,
        reply_to: choices.one_in(2).then_some(&from),
        to: ADDRESSES[choices.below(24).saturating_sub(18)],
        to_name: values.display_name,
        cc,
        date: Timestamp::UNIX_EPOCH,
    };
    let language = choices.one_in(3).then(|| text(choices, 0, 40));
    let draft = Draft { language, ..draft.clone() };
    let letter = match Letter::new(&addressed, &draft) {
        Ok(letter) => letter,
        Err(why @ (LetterError::Form(_) | LetterError::Encoding | LetterError::Misreadable(_))) => {
            panic!("no letter: {why}: {draft:?}")
        }
        Err(error) => return assert!(error.to_string().len() > 10 && !error.to_string().contains('\n')),
    };
    let (recipients, content) = wire(&letter);
    let content = String::from_utf8(content.to_vec()).unwrap();
    let (head, _) = content.split_once("\r\n\r\n").unwrap();
    let names = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    let mut names: Vec<&str> = names.map(|line| line.split_once(':').unwrap().0).collect();
    names.sort_unstable();
    let mut expected =
        vec!["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"];
    expected.extend(cc.map(|_| "Cc"));
    expected.extend(addressed.reply_to.map(|_| "Reply-To"));
    expected.extend(draft.html.is_none().then_some("Content-Transfer-Encoding"));
    expected.extend(head.contains("\r\nContent-Language: ").then_some("Content-Language"));
    expected.sort_unstable();
    assert_eq!(names, expected, "{head}");
    assert!(content.lines().all(|line| line.len() <= 998), "a line that no server has to take");

    let boundary = format!("--=_{}", addressed.attempt);
    let parts = content.split("\r\n").filter(|line| line.starts_with(&boundary)).count();
    assert_eq!(parts, if draft.html.is_some() { 3 } else { 0 }, "{content}");
    let expected: Vec<&str> = std::iter::once(addressed.to).chain(cc).collect();
    assert_eq!(recipients, expected);
    assert!(decoded(&content).contains(LINK), "the link did not come through: {content}");
    assert!(!format!("{letter:?}").contains("redeem"), "a letter shows its link");
}

/// Quoted-printable, undone (RFC 2045, 6.7).
fn decoded(content: &str) -> String {
    let joined = content.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = (*first == b'=').then(|| behind.get(..2)).flatten();
        let hex = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
