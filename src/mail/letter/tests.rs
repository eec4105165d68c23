//! Reads each letter back with a parser that shares no code with the builder.

use mail_parser::{HeaderValue, Message as Read, MessageParser};

use super::*;

const LINK: &str = "https://login.microsoftonline.com/redeem?rd=https%3a%2f%2finvitations.microsoft.com%2fredeem%2f%3ftenant%3d1%26ticket%3da%25252fb%25253d%26ver%3d2.0";

/// Text that people might put into a field, by mistake or on purpose.
const ODD: [&str; 14] = [
    "Bob",
    "Bob\r\nBcc: all@example.com",
    "Bob\nX-Evil: yes\n\n<p>body",
    "Bob\rX-Evil: yes",
    "Bob\r\n.\r\nMAIL FROM:<evil@example.com>",
    "a\0b\u{1b}[31mc\u{85}d\u{2028}e",
    "\"Bob\" <evil@example.com>, \\\"x",
    "=?utf-8?q?=0D=0AX-Evil:_yes?=",
    "Zoë 田中 😀",
    "\u{202e}moc.live@bob\u{202c} שלום",
    "--=_attempt-1--",
    "=_attempt-1",
    " \t ",
    "",
];

fn sender() -> Sender {
    "Contoso <invites@contoso.example>".parse().unwrap()
}

fn draft(subject: &str, text: &str, html: Option<&str>) -> Draft {
    Draft { subject: subject.into(), text: text.into(), html: html.map(Into::into), language: Some("nl".into()) }
}

fn letter(name: Option<&str>, draft: &Draft) -> Letter {
    let addressed = Addressed {
        attempt: "attempt-1",
        from: &sender(),
        reply_to: None,
        to: "bob@fabrikam.com",
        to_name: name,
        cc: Some("boss@contoso.example"),
        date: "2026-03-04T05:06:07Z".parse().unwrap(),
    };
    Letter::new(&addressed, draft).unwrap()
}

fn read(letter: &Letter) -> Read<'_> {
    MessageParser::default().parse(&letter.content).unwrap()
}

fn headers(letter: &Letter) -> Vec<String> {
    let content = String::from_utf8(letter.content.clone()).unwrap();
    let (head, _) = content.split_once("\r\n\r\n").unwrap();
    let names = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    names.map(|line| line.split_once(':').unwrap().0.to_owned()).collect()
}

#[test]
fn a_letter_has_these_headers_and_both_parts() {
    let letter =
        letter(Some("Bob"), &draft("Hi", &format!("Text\n{LINK}\n"), Some(&format!("<a href=\"{LINK}\">x</a>"))));
    assert_eq!(
        headers(&letter),
        [
            "Message-ID",
            "Date",
            "From",
            "To",
            "Cc",
            "Subject",
            "Auto-Submitted",
            "Content-Language",
            "MIME-Version",
            "Content-Type"
        ]
    );
    let mail = read(&letter);
    assert_eq!(mail.message_id(), Some("attempt-1@contoso.example"));
    assert_eq!(letter.message_id(), "attempt-1@contoso.example");
    assert_eq!(mail.date().unwrap().to_rfc3339(), "2026-03-04T05:06:07Z");
    assert_eq!(mail.from().unwrap().first().unwrap().address(), Some("invites@contoso.example"));
    assert_eq!(mail.to().unwrap().first().unwrap().name(), Some("Bob"));
    assert_eq!(mail.cc().unwrap().first().unwrap().address(), Some("boss@contoso.example"));
    assert!(matches!(mail.header("Auto-Submitted"), Some(HeaderValue::Text(text)) if text == "auto-generated"));
    assert!(mail.header_raw("Content-Language").unwrap().trim() == "nl");
    assert_eq!(mail.body_text(0).unwrap().trim_end(), format!("Text\r\n{LINK}"));
    assert_eq!(mail.body_html(0).unwrap().trim_end(), format!("<a href=\"{LINK}\">x</a>"));
    let recipients: Vec<_> = letter.envelope.to().iter().map(ToString::to_string).collect();
    assert_eq!(recipients, ["bob@fabrikam.com", "boss@contoso.example"]);
    assert!(!format!("{letter:?}").contains("login"));
}

#[test]
fn without_a_page_the_text_stands_alone() {
    let letter = letter(None, &draft("Hi", LINK, None));
    let mail = read(&letter);
    assert_eq!(mail.parts.len(), 1);
    assert_eq!(mail.body_text(0).unwrap().trim_end(), LINK);
}

#[test]
fn nothing_typed_adds_a_header_or_a_part() {
    let plain = headers(&letter(None, &draft("x", "x", Some("x"))));
    for odd in ODD {
        let long = odd.repeat(200);
        for typed in [odd, &long] {
            let letter =
                letter(Some(typed), &draft(typed, &format!("{typed}\n{LINK}"), Some(&format!("{typed}<br>{LINK}"))));
            assert_eq!(headers(&letter), plain, "{typed:?}");
            let mail = read(&letter);
            assert_eq!(mail.parts.len(), 3, "{typed:?}");
            assert!(mail.body_text(0).unwrap().ends_with(LINK) && mail.body_html(0).unwrap().ends_with(LINK));
            let to = mail.to().unwrap();
            assert_eq!(
                (to.as_list().map(<[_]>::len), to.first().unwrap().address()),
                (Some(1), Some("bob@fabrikam.com"))
            );
        }
    }
}

#[test]
fn names_and_subjects_arrive_as_they_were_typed() {
    for typed in ["Bob", "Zoë 田中 😀", "\"Bob\" <evil@example.com>, \\\"x", "שלום עולם", "O'Hara; (x) @home: [y]"]
    {
        let letter = letter(Some(typed), &draft(typed, "x", None));
        let mail = read(&letter);
        assert_eq!(mail.subject(), Some(typed));
        assert_eq!(mail.to().unwrap().first().unwrap().name(), Some(typed));
    }
}

#[test]
fn whatever_characters_come_the_letter_reads_in_one_way() {
    let mut random = fastrand::Rng::with_seed(7);
    let spice = [
        '\r', '\n', '\0', '"', '\\', '<', '>', ',', ';', ':', '=', '?', '.', '-', '_', ' ', '\t', 'ß', '\u{202e}',
        '😀', '\u{feff}',
    ];
    for round in 0..2_000 {
        let typed: String = (0..random.usize(..120))
            .map(|_| if random.bool() { spice[random.usize(..spice.len())] } else { random.char(..) })
            .collect();
        let letter = letter(Some(&typed), &draft(&typed, &typed, Some(&typed)));
        assert_eq!(headers(&letter).len(), 10, "round {round}: {typed:?}");
        assert_eq!(read(&letter).parts.len(), 3, "round {round}: {typed:?}");
        assert_eq!(
            read(&letter).to().unwrap().first().unwrap().address(),
            Some("bob@fabrikam.com"),
            "{round}: {typed:?}"
        );
    }
}

#[test]
fn what_two_servers_could_read_in_two_ways_is_no_letter() {
    for content in ["a\nb\r\n", "a\rb\r\n", "a\r\r\n", "a\r\n\n", "\nb\r\n", "a\0\r\n", "ä\r\n", "a", "a\r"] {
        assert!(misreadable(content.as_bytes()).is_some(), "{content:?}");
    }
    assert!(misreadable(format!("{}\r\n", "a".repeat(999)).as_bytes()).is_some());
    assert!(misreadable(format!("{}\r\n\r\nb\r\n", "a".repeat(998)).as_bytes()).is_none());
}

#[test]
fn an_id_or_an_address_that_is_none_makes_no_letter() {
    let sender = sender();
    let good = Addressed {
        attempt: "a",
        from: &sender,
        reply_to: None,
        to: "bob@x.example",
        to_name: None,
        cc: None,
        date: Timestamp::UNIX_EPOCH,
    };
    let draft = draft("x", "x", None);
    assert!(Letter::new(&good, &draft).is_ok());
    for attempt in ["", "a b", "a>\r\nX: y", "a..b", ".a", "ä", &"a".repeat(65)] {
        assert!(
            matches!(Letter::new(&Addressed { attempt, ..good }, &draft), Err(LetterError::Attempt(_))),
            "{attempt:?}"
        );
    }
    let wrong = Letter::new(&Addressed { cc: Some("x\r\ny@z.example"), ..good }, &draft).unwrap_err();
    assert!(wrong.to_string().starts_with("cc "), "{wrong}");
}

#[test]
fn answers_go_where_the_tenant_says() {
    let (from, host): (Sender, Sender) =
        ("invites@contoso.example".parse().unwrap(), "Host <host@contoso.example>".parse().unwrap());
    let draft = Draft { subject: "s".into(), text: "t\n".into(), html: Some("<p>t</p>".into()), language: None };
    for reply_to in [None, Some(&host)] {
        let addressed = Addressed {
            attempt: "a",
            from: &from,
            reply_to,
            to: "bob@fabrikam.com",
            to_name: None,
            cc: None,
            date: Timestamp::UNIX_EPOCH,
        };
        let letter = String::from_utf8(Letter::new(&addressed, &draft).unwrap().content).unwrap();
        assert_eq!(letter.contains("\r\nReply-To: Host <host@contoso.example>\r\n"), reply_to.is_some(), "{letter}");
        // The last part is the one that a program prefers which can show it (RFC 2046, 5.1.4).
        let (plain, html) = (letter.find("text/plain").unwrap(), letter.find("text/html").unwrap());
        assert!(letter.contains("multipart/alternative") && plain < html, "{letter}");
    }
}
