use super::*;

const LINK: &str = "https://login.microsoftonline.com/redeem?rd=https%3a%2f%2finvitations.microsoft.com%2fredeem%2f%3ftenant%3d1%26user%3d2%26ticket%3da%25252fb%25253d%26ver%3d2.0";

fn values() -> Values<'static> {
    Values {
        email: "bob@fabrikam.com",
        display_name: Some("Bob <script>alert(1)</script>"),
        tenant: "Tom & Jerry",
        redeem_url: LINK,
        message: Some("Welcome!\r\n{{redeemUrl}} <b>\nSee you"),
        reminds: false,
    }
}

fn refused(subject: &str, text: &str, html: Option<&str>) -> String {
    LetterTemplate::parse(subject, text, html).unwrap_err().to_string()
}

#[test]
fn values_are_put_in_as_they_are_and_never_read_again() {
    let template = LetterTemplate::parse(
        "{{ tenant.displayName }} and {{guest.displayName}}",
        "Hi {{guest.displayName}} ({{guest.email}})\r\n{{message}}\n{{redeemUrl}}\n",
        Some("<p>Hi {{guest.displayName}}</p><p>{{message}}</p><a href=\"{{redeemUrl}}\">{{redeemUrl}}</a>"),
    );
    let draft = template.unwrap().render(&values());
    assert_eq!(draft.subject, "Tom & Jerry and Bob <script>alert(1)</script>");
    assert_eq!(
        draft.text,
        format!(
            "Hi Bob <script>alert(1)</script> (bob@fabrikam.com)\nWelcome!\n{{{{redeemUrl}}}} <b>\nSee you\n{LINK}\n"
        )
    );
    assert_eq!(
        draft.html.unwrap(),
        format!(
            "<p>Hi Bob &lt;script&gt;alert(1)&lt;/script&gt;</p><p>Welcome!<br>\n{{{{redeemUrl}}}} &lt;b&gt;<br>\nSee you</p><a href=\"{LINK}\">{LINK}</a>"
        )
    );
}

#[test]
fn a_guest_without_a_name_is_called_by_the_address_and_no_message_leaves_no_trace() {
    let template = LetterTemplate::parse("For {{guest.displayName}}", "{{message}}|{{redeemUrl}}", None).unwrap();
    for nothing in [None, Some(" \r\n\0 ")] {
        let draft = template.render(&Values { display_name: nothing, message: nothing, ..values() });
        assert_eq!(draft.subject, "For bob@fabrikam.com");
        assert_eq!(draft.text, format!("|{LINK}"));
        assert_eq!(draft.html, None);
    }
}

#[test]
fn a_subject_stays_one_line_whatever_a_name_holds() {
    let template = LetterTemplate::parse("Hi {{guest.displayName}}", "{{redeemUrl}}", None).unwrap();
    let draft = template.render(&Values { display_name: Some("Bob\r\nBcc: x@y.z\0\u{85}!"), ..values() });
    assert_eq!(draft.subject, "Hi Bob Bcc: x@y.z !");
}

#[test]
fn an_unknown_placeholder_names_the_nearest_and_all() {
    let all = "{{guest.displayName}}, {{guest.email}}, {{tenant.displayName}}, {{redeemUrl}}, {{message}}";
    for (typed, nearest) in [
        ("redeemURL", "redeemUrl"),
        ("guest.name", "guest.displayName"),
        ("link", "redeemUrl"),
        ("displayName", "guest.displayName"),
        ("x-y-z", ""),
    ] {
        let sentence = refused("x", &format!("{{{{{typed}}}}}"), None);
        assert!(sentence.starts_with(&format!("text: {{{{{typed}}}}} is not a placeholder")), "{sentence}");
        assert!(sentence.ends_with(&format!("There are {all}")), "{sentence}");
        let asks = format!("did you mean {{{{{nearest}}}}}?");
        assert_eq!(sentence.contains(&asks), !nearest.is_empty(), "{sentence}");
    }
}

#[test]
fn what_cannot_work_is_refused_with_the_way_out() {
    let ok = "{{redeemUrl}}";
    for (subject, text, html, sentence) in [
        (" ", ok, None, "subject: it is empty"),
        ("a\nb", ok, None, "subject: a subject is one line"),
        ("{{redeemUrl}}", ok, None, "subject: {{redeemUrl}} cannot stand in the subject"),
        ("{{message}}", ok, None, "subject: {{message}} cannot stand in the subject: it may have several lines"),
        ("x", "Hello", None, "text: {{redeemUrl}} is missing"),
        ("x", ok, Some("<p>Hello</p>"), "html: {{redeemUrl}} is missing"),
        ("x", "a {{redeemUrl", None, "text: the braces at `{{redeemUrl` are not closed"),
        (
            "x",
            "{{redeemUrl} and {{message}}",
            None,
            "text: the braces at `{{redeemUrl} and {{message}}` are not closed",
        ),
        ("x", "{{redeem\nUrl}}", None, "text: the braces at `{{redeem` are not closed"),
        ("x", ok, Some("<a href={{redeemUrl}}>"), "html: put quotes around {{redeemUrl}}"),
        ("x", ok, Some("<a href='{{redeemUrl}}' title='{{message}}'>"), "html: {{message}} cannot stand inside a tag"),
        ("x", ok, Some("{{redeemUrl}}<{{message}}>"), "html: {{message}} cannot stand inside a tag"),
        ("x", ok, Some("<STYLE>a{}</p>{{redeemUrl}}</style>"), "html: {{redeemUrl}} cannot stand inside <script>"),
    ] {
        let said = refused(subject, text, html);
        assert!(said.starts_with(sentence), "{said}");
    }
}

#[test]
fn ordinary_pages_are_taken() {
    for html in [
        "<!-- don't --><a href=\"{{redeemUrl}}\">1 < 2</a> {{message}}",
        "<style>@media x{a{b:\"c>\"}}</style><p title=\"it's > that\">{{message}} {{redeemUrl}}</p>",
        "<!doctype html><html lang=en><a href='{{redeemUrl}}'>\"{{guest.displayName}}\"</a>",
    ] {
        assert!(LetterTemplate::parse("x", "{{redeemUrl}}", Some(html)).is_ok(), "{html}");
    }
}
