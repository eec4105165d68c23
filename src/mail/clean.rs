//! Makes text from people fit for a letter. Names become one line, messages keep only their line breaks, and HTML is
//! escaped. All text from outside passes through here before it reaches a header or a tag.

use std::borrow::Cow;

/// `text` on one line: without control characters and direction overrides, and with single spaces.
pub(super) fn one_line(text: &str) -> String {
    let plain: String =
        text.chars().filter(|c| !turns_direction(*c)).map(|c| if breaks(c) { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` with `\n` for every kind of line break. The tab is the only other control character that stays.
pub(super) fn lines(text: &str) -> String {
    let broken = text.replace("\r\n", "\n");
    broken
        .chars()
        .map(|c| if breaks(c) && !c.is_ascii() || c == '\r' { '\n' } else { c })
        .filter(|c| !odd(*c))
        .collect()
}

/// Escapes `text` so that HTML shows exactly these characters, in an element or in a quoted attribute.
pub(crate) fn html(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// Escapes `text` as HTML and keeps its line breaks visible.
pub(super) fn html_lines(text: &str) -> String {
    html(text).replace('\n', "<br>\n")
}

fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn odd(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// These characters make the rest of a line read backwards: `moc.live@bob` would look like another address.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_one_line() {
        for (typed, line) in [
            ("Bob", "Bob"),
            ("Bob\r\nBcc: all@example.com", "Bob Bcc: all@example.com"),
            ("  a\0b\tc\u{85}d\u{2028}e  ", "a b c d e"),
            ("\u{202e}moc.live\u{202c}", "moc.live"),
            ("שלום עולם", "שלום עולם"),
            ("\r\n\0", ""),
        ] {
            assert_eq!(one_line(typed), line, "{typed:?}");
        }
    }

    #[test]
    fn messages_keep_only_their_line_breaks() {
        assert_eq!(lines("a\r\nb\rc\nd\u{2028}e\0f\u{1b}[31m\tg\u{85}h"), "a\nb\nc\nd\nef[31m\tg\nh");
    }

    #[test]
    fn html_shows_just_these_characters() {
        assert_eq!(html("a <b onclick=\"x('y')\"> & c"), "a &lt;b onclick=&quot;x(&#39;y&#39;)&quot;&gt; &amp; c");
        assert_eq!(html_lines("a\n<b>"), "a<br>\n&lt;b&gt;");
    }
}
