//! The OData options of a request, taken from its query (page "Use query parameters").
//! Only their syntax is looked at here; what they may hold is up to each operation.

use percent_encoding::percent_decode_str;

use super::errors::GraphError;

#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) filter: Option<String>,
    pub(crate) select: Option<Vec<String>>,
    pub(crate) top: Option<String>,
    pub(crate) skip: Option<String>,
    pub(crate) count: bool,
    pub(crate) orderby: Option<String>,
    pub(crate) search: Option<String>,
    pub(crate) expand: Option<String>,
    pub(crate) skiptoken: Option<String>,
    pub(crate) deltatoken: Option<String>,
    /// Options that are none of Graph's.
    pub(crate) unknown: Option<String>,
    /// The query as it came, without the skiptoken: the stem of the nextLink.
    pub(crate) stem: String,
}

impl Options {
    pub(crate) fn parse(query: Option<&str>) -> Result<Self, GraphError> {
        let mut options = Self::default();
        let mut stem = Vec::new();
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name), decode(value));
            if name.eq_ignore_ascii_case("$skiptoken") {
                options.skiptoken = Some(value);
                continue;
            }
            // An empty token means to begin anew.
            if name.eq_ignore_ascii_case("$deltatoken") {
                options.deltatoken = Some(value).filter(|token| !token.is_empty());
                continue;
            }
            stem.push(pair);
            let taken = match name.to_ascii_lowercase().as_str() {
                "$filter" => options.filter.replace(value).is_some(),
                "$select" => {
                    let names = value.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
                    options.select.replace(names.collect()).is_some()
                }
                "$top" => options.top.replace(value).is_some(),
                "$skip" => options.skip.replace(value).is_some(),
                "$orderby" => options.orderby.replace(value).is_some(),
                "$search" => options.search.replace(value).is_some(),
                "$expand" => options.expand.replace(value).is_some(),
                "$count" => {
                    options.count = value.eq_ignore_ascii_case("true");
                    false
                }
                other => {
                    if other.starts_with('$') {
                        options.unknown = Some(name.clone());
                    }
                    false
                }
            };
            if taken {
                let text = format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                );
                return Err(GraphError::new(400, "BadRequest", text));
            }
        }
        // An empty $select selects nothing in particular.
        options.select = options.select.filter(|names| !names.is_empty());
        options.stem = stem.join("&");
        Ok(options)
    }
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}
