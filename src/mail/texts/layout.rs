//! Arranges the sentences of a language as plain text and as an HTML page. The page has no images, no scripts and no
//! remote content. It shows at once, and screen readers can read it well.

use super::text::Text;
use crate::mail::{Draft, Values, clean};

/// The letter for `values`, with the sentences of `text`.
pub(super) fn lay_out(text: &Text, values: &Values<'_>) -> Draft {
    let organisation = values.organisation();
    let email = clean::one_line(values.email);
    let said = Said {
        subject: clean::one_line(&(if values.reminds { text.reminder } else { text.subject })(&organisation)),
        hello: values.name().map_or_else(|| text.hello_nobody.to_owned(), |name| (text.hello)(&name)),
        invited: (if values.reminds { text.reminded } else { text.invited })(&organisation, &email),
        note: values.note(),
        first: (text.first)(&email),
        ignore: (text.ignore)(&organisation),
    };
    Draft {
        text: plain(text, &said, values.redeem_url),
        html: Some(page(text, &said, values.redeem_url)),
        subject: said.subject,
        language: Some(text.tag.to_owned()),
    }
}

/// The sentences of one letter.
struct Said {
    subject: String,
    hello: String,
    invited: String,
    note: Option<String>,
    first: String,
    ignore: String,
}

fn plain(text: &Text, said: &Said, link: &str) -> String {
    // The message is indented, so that it cannot look like the rest of the letter.
    let note = said.note.as_ref().map(|note| format!("{}\n\n    {}\n\n", text.note, note.replace('\n', "\n    ")));
    format!(
        "{}\n\n{}\n\n{}{}\n{link}\n\n{}\n\n{}\n\n{}\n",
        said.hello,
        said.invited,
        note.unwrap_or_default(),
        text.open,
        said.first,
        text.personal,
        said.ignore,
    )
}

fn page(text: &Text, said: &Said, link: &str) -> String {
    let note = said.note.as_ref().map(|note| {
        format!(
            "<p>{}</p>\n<blockquote dir=\"auto\" style=\"margin:0 0 16px;padding:8px 16px;border-left:4px solid #8a8886\">{}</blockquote>\n",
            clean::html(text.note),
            clean::html_lines(note),
        )
    });
    let link = clean::html(link);
    format!(
        r#"<!DOCTYPE html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{subject}</title>
</head>
<body style="margin:0;padding:24px;background:#ffffff;color:#201f1e;font-family:'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5">
<main style="max-width:600px">
<p>{hello}</p>
<p>{invited}</p>
{note}<p style="margin:24px 0"><a href="{link}" style="display:inline-block;padding:12px 24px;background:#0b5394;color:#ffffff;text-decoration:none;border-radius:4px">{accept}</a></p>
<p>{copy}<br><a href="{link}" style="color:#0b5394;word-break:break-all">{link}</a></p>
<p>{first}</p>
<p>{personal}</p>
<p>{ignore}</p>
</main>
</body>
</html>
"#,
        tag = text.tag,
        subject = clean::html(&said.subject),
        hello = clean::html(&said.hello),
        invited = clean::html(&said.invited),
        note = note.unwrap_or_default(),
        accept = clean::html(text.accept),
        copy = clean::html(text.copy),
        first = clean::html(&said.first),
        personal = clean::html(text.personal),
        ignore = clean::html(&said.ignore),
    )
}
