//! The built-in texts, one file for each language, and the letter made from them. Each text names the organisation and
//! the guest, and has the personal message and the link. It explains the first sign-in and how to ignore the
//! invitation.

mod de;
mod en;
mod es;
mod fr;
mod ja;
mod layout;
mod nl;
mod pt;
mod pt_pt;
mod text;

use self::text::Text;
use super::{Draft, Values};

/// English is first. It replaces every language that is missing here.
const ALL: [&Text; 8] = [&en::TEXT, &nl::TEXT, &de::TEXT, &fr::TEXT, &es::TEXT, &pt::TEXT, &pt_pt::TEXT, &ja::TEXT];

/// The built-in letter for `values` in the language of `tag` (BCP 47). If that tag is missing, the language without its
/// region is used, and then English.
pub fn builtin(tag: Option<&str>, values: &Values<'_>) -> Draft {
    layout::lay_out(text(tag.unwrap_or_default()), values)
}

fn text(tag: &str) -> &'static Text {
    let tag = tag.trim().replace('_', "-");
    let mut wanted = tag.as_str();
    loop {
        if let Some(text) = ALL.into_iter().find(|text| text.tag.eq_ignore_ascii_case(wanted)) {
            return text;
        }
        match wanted.rsplit_once('-') {
            Some((shorter, _)) => wanted = shorter,
            None => return &en::TEXT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://login.microsoftonline.com/redeem?rd=https%3a%2f%2fx%3fticket%3da%25252fb&y='1'";

    fn values() -> Values<'static> {
        Values {
            email: "bob@fabrikam.com",
            display_name: Some("Bob <B>"),
            tenant: "Tom & Jerry",
            redeem_url: LINK,
            message: Some("One\r\n<Two>"),
            reminds: false,
        }
    }

    #[test]
    fn a_language_is_found_by_tag_then_by_base_else_it_is_english() {
        for (tag, found) in [
            ("nl", "nl"),
            ("NL-be", "nl"),
            ("de-CH-1996", "de"),
            ("pt", "pt"),
            ("pt-BR", "pt"),
            ("pt_pt", "pt-PT"),
            ("ja-JP", "ja"),
            ("en-US", "en"),
            ("tlh", "en"),
            ("", "en"),
            ("-", "en"),
        ] {
            assert_eq!(text(tag).tag, found, "{tag}");
        }
    }

    #[test]
    fn every_language_says_all_there_is_to_say() {
        let mut subjects = Vec::new();
        for text in ALL {
            let draft = builtin(Some(text.tag), &values());
            let html = draft.html.unwrap();
            assert_eq!(draft.language.as_deref(), Some(text.tag));
            assert!(draft.subject.contains("Tom & Jerry") && !draft.subject.contains('\n'), "{}", draft.subject);
            for said in [LINK, "bob@fabrikam.com", "Bob <B>", "    One\n    <Two>", text.note] {
                assert!(draft.text.contains(said), "{}: {said}", text.tag);
            }
            let shown = LINK.replace('&', "&amp;").replace('\'', "&#39;");
            for said in ["Tom &amp; Jerry", "Bob &lt;B&gt;", "One<br>\n&lt;Two&gt;", text.accept, text.note] {
                assert!(html.contains(said), "{}: {said}", text.tag);
            }
            assert_eq!(html.matches(&shown).count(), 3, "{}: the button, and the copy as link and as text", text.tag);
            assert!(html.contains(&format!("<html lang=\"{}\">", text.tag)));
            assert!(!html.contains("<img") && html.matches("://").count() == 3, "{}: something remote", text.tag);
            subjects.push(draft.subject);
        }
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), ALL.len(), "a text was copied and not translated");
    }

    #[test]
    fn a_reminder_reads_as_one_in_every_language() {
        let words = [
            "eminder",
            "erinner",
            "Erinner",
            "Recordatorio",
            "recordamos",
            "Rappel",
            "rappelons",
            "再送",
            "あらためて",
            "erinnering",
            "embrete",
            "elembramos",
        ];
        for text in ALL {
            let first = builtin(Some(text.tag), &values());
            let again = builtin(Some(text.tag), &Values { reminds: true, ..values() });
            assert_ne!((&first.subject, &first.text, &first.html), (&again.subject, &again.text, &again.html));
            let html = again.html.unwrap();
            for said in [&again.subject, &again.text, &html] {
                assert!(words.iter().any(|word| said.contains(word)), "{}: {said}", text.tag);
            }
            for said in [&first.subject, &first.text] {
                assert!(!words.iter().any(|word| said.contains(word)), "{}: {said}", text.tag);
            }
            assert!(again.subject.contains("Tom & Jerry") && again.text.contains("bob@fabrikam.com"), "{}", again.text);
        }
    }

    #[test]
    fn without_a_name_or_a_message_nothing_is_left_open() {
        for text in ALL {
            let draft =
                builtin(Some(text.tag), &Values { display_name: Some(" \n"), message: Some("\r\n"), ..values() });
            assert!(draft.text.starts_with(text.hello_nobody), "{}", draft.text);
            assert!(!draft.text.contains(text.note) && !draft.text.contains("\n\n\n"), "{}", draft.text);
            assert!(!draft.html.unwrap().contains("<blockquote"));
        }
    }
}
