//! As much of a browser as a guest needs: the links, the forms and the marked texts of a plain HTML page.
//! It is for the simulator's own pages, which are written by a template and well formed.

/// A page that was fetched.
#[derive(Debug)]
pub(super) struct Page {
    html: String,
}

/// A form on a page, with what it sends when it is submitted as it stands.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Form {
    /// Where it goes.
    pub(super) action: String,
    /// The fields and their values.
    pub(super) fields: Vec<(String, String)>,
}

/// One tag with its attributes, and where it ends.
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    end: usize,
}

impl Page {
    pub(super) fn new(html: String) -> Self {
        Self { html }
    }

    /// Where the links lead, in the order of the page.
    pub(super) fn links(&self) -> Vec<String> {
        self.tags().filter(|tag| tag.name == "a").filter_map(|tag| attribute(tag.attributes, "href")).collect()
    }

    /// Where the link of that id leads.
    pub(super) fn link(&self, id: &str) -> Option<String> {
        let tag = self.tags().find(|tag| tag.name == "a" && attribute(tag.attributes, "id").as_deref() == Some(id))?;
        attribute(tag.attributes, "href")
    }

    /// The text in the element of that id.
    pub(super) fn text_of(&self, id: &str) -> Option<String> {
        let tag = self.tags().find(|tag| attribute(tag.attributes, "id").as_deref() == Some(id))?;
        self.text_after(&tag)
    }

    /// What the page is called: its first heading.
    pub(super) fn heading(&self) -> String {
        self.tags().find(|tag| tag.name == "h1").and_then(|tag| self.text_after(&tag)).unwrap_or_default()
    }

    /// What the page complains of.
    pub(super) fn complaint(&self) -> Option<String> {
        let tag = self.tags().find(|tag| attribute(tag.attributes, "role").as_deref() == Some("alert"))?;
        self.text_after(&tag)
    }

    /// The first form that is posted. Its first named button counts as pressed.
    pub(super) fn form(&self) -> Option<Form> {
        let mut form: Option<Form> = None;
        let mut pressed = false;
        for tag in self.tags() {
            let value_of = |name: &str| attribute(tag.attributes, name);
            match (tag.name, &mut form) {
                ("form", None) if value_of("method").is_some_and(|method| method.eq_ignore_ascii_case("post")) => {
                    form = Some(Form { action: value_of("action").unwrap_or_default(), fields: Vec::new() });
                }
                ("/form", Some(_)) => break,
                ("input" | "button", Some(form)) => {
                    let is_button = tag.name == "button" || value_of("type").as_deref() == Some("submit");
                    if let Some(name) = value_of("name")
                        && !(is_button && pressed)
                    {
                        form.fields.push((name, value_of("value").unwrap_or_default()));
                        pressed |= is_button;
                    }
                }
                _ => {}
            }
        }
        form
    }

    fn tags(&self) -> impl Iterator<Item = Tag<'_>> {
        let html = self.html.as_str();
        let mut at = 0;
        std::iter::from_fn(move || {
            let start = at + html.get(at..)?.find('<')? + 1;
            let end = start + html.get(start..)?.find('>')?;
            at = end;
            let inside = html.get(start..end)?;
            let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
            Some(Tag { name, attributes, end: end + 1 })
        })
    }

    fn text_after(&self, tag: &Tag<'_>) -> Option<String> {
        let rest = self.html.get(tag.end..)?;
        let end = rest.find('<').unwrap_or(rest.len());
        Some(plain(rest.get(..end)?.trim()))
    }
}

impl Form {
    /// Fills a field in, if the form has it.
    pub(super) fn fill(&mut self, name: &str, value: &str) {
        for (field, filled) in &mut self.fields {
            if field == name {
                *filled = value.into();
            }
        }
    }

    /// Whether the form asks for that.
    pub(super) fn asks_for(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    while let Some((key, after)) = rest.split_once("=\"") {
        let (value, next) = after.split_once('"')?;
        // Attributes without a value stand before the key.
        if key.split_whitespace().next_back() == Some(name) {
            return Some(plain(value));
        }
        rest = next;
    }
    None
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<h1>Review &amp; accept</h1><p role="alert">No.</p><a href="/one?a=1&amp;b=2">1</a><a class="b" id="accept" href="/two">2</a>
        <form method="get" action="/find"><input name="to"></form>
        <form method="post" action="/consent"><input required name="email" type="email" value="a@b"><input name="code">
        <button type="submit" name="answer" value="accept">Accept</button><button name="answer" value="cancel">Cancel</button></form>
        <strong id="code">123</strong>"#;

    #[test]
    fn a_page_is_read() {
        let page = Page::new(PAGE.into());
        assert_eq!(page.heading(), "Review & accept");
        assert_eq!(page.complaint().as_deref(), Some("No."));
        assert_eq!(page.links(), ["/one?a=1&b=2", "/two"]);
        assert_eq!(page.link("accept").as_deref(), Some("/two"));
        assert_eq!(page.text_of("code").as_deref(), Some("123"));
        let mut form = page.form().unwrap();
        form.fill("code", "123");
        let field = |name: &str, value: &str| (name.to_string(), value.to_string());
        assert_eq!(form.action, "/consent");
        assert_eq!(form.fields, [field("email", "a@b"), field("code", "123"), field("answer", "accept")]);
    }
}
