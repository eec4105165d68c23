//! One page of users, groups or members: filter, order, count, and the nextLink (pages "Paging" and "Use query parameters").
//! The nextLink keeps the query, but not the ConsistencyLevel header, which has to come with every page.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::errors::GraphError;
use super::filter::{self, Filter};
use super::operation::Operation;
use super::query::Options;
use super::schema::Schema;
use super::select::Selection;
use crate::answer::Answer;
use crate::settings::Variants;
use crate::state::object::Object;

/// What a listing is made from.
pub(crate) struct Listing<'a> {
    pub(crate) root: String,
    pub(crate) path: String,
    /// What `$metadata#` names.
    pub(crate) set: &'static str,
    pub(crate) schema: &'static Schema,
    /// Objects of several types could be in it, so each says which it is, and only an advanced query may ask.
    pub(crate) mixed: bool,
    pub(crate) advanced: bool,
    pub(crate) eventual: bool,
    pub(crate) variants: &'a Variants,
}

const ADVANCED_ONLY: &str = "The required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information";

type Placed<'o, T> = (usize, Cow<'o, T>);

impl Listing<'_> {
    pub(crate) fn page<'o, T: Object + Clone + 'o>(
        &self,
        objects: impl Iterator<Item = Placed<'o, T>>,
        options: &Options,
        caller: &Caller,
    ) -> Result<Answer, GraphError> {
        if options.skip.is_some() {
            return Err(GraphError::unsupported_query("'$skip' is not supported by the service."));
        }
        if options.expand.is_some() {
            return Err(GraphError::unsupported_query("The simulator does not serve $expand."));
        }
        let unknown = options.unknown.as_deref().or(options.deltatoken.as_ref().map(|_| "$deltatoken"));
        if let Some(unknown) = unknown {
            let text = format!(
                "The query specified in the URI is not valid. The query parameter '{unknown}' is not supported."
            );
            return Err(GraphError::new(400, "BadRequest", text));
        }
        let asks = options.filter.is_some() || options.search.is_some() || options.orderby.is_some();
        if self.mixed && asks && !self.advanced {
            return Err(GraphError::unsupported_query(ADVANCED_ONLY));
        }
        let selection = Selection::new(self.schema, options.select.as_ref(), caller, true)?;
        let activity = selection.has("signInActivity");
        if activity && options.filter.is_some() {
            let text = "Filter on signInActivity cannot be combined with other properties.";
            return Err(GraphError::unsupported_query(text));
        }
        let most = if activity { 500 } else { 999 };
        let top = match options.top.as_deref() {
            None => 100,
            Some(text) => text.parse().ok().filter(|top| (1..=most).contains(top)).ok_or_else(|| {
                let text = format!("Invalid page size specified: '{text}'. Must be between 1 and {most} inclusive.");
                GraphError::unsupported_query(text)
            })?,
        };
        let filter = self.filter(options)?;
        let search = options.search.as_deref().map(|text| self.search(text)).transpose()?;
        let order = options.orderby.as_deref().map(|text| self.order(text, options)).transpose()?;

        let fits = |(_, object): &Placed<'_, T>| {
            filter.as_ref().is_none_or(|filter| filter.matches(self.schema, object.as_ref()))
                && search.as_ref().is_none_or(|search| search.matches(object.as_ref()))
        };
        let mut objects: Vec<Placed<'o, T>> = objects.filter(fits).collect();
        if let Some(order) = &order {
            objects.sort_by_cached_key(|(place, object)| (order.key(object.as_ref()), *place));
            if order.descending {
                objects.reverse();
            }
        }
        let total = objects.len();
        let position = options.skiptoken.as_deref().map(|token| position(token, options)).transpose()?;
        // A place that is gone meanwhile is stepped over, not started anew.
        let start = match (position, &order) {
            (None | Some(Position { last: None, .. }), _) => 0,
            (Some(Position { last: Some(last), .. }), None) => objects.partition_point(|(place, _)| *place <= last),
            (Some(Position { last: Some(last), passed, .. }), Some(_)) => {
                objects.iter().position(|(place, _)| *place == last).map_or(passed, |at| at + 1).min(total)
            }
        };
        let empty = self.variants.empty_first_page && position.is_none() && total > 0;
        let end = if empty { start } else { (start + top).min(total) };
        let shown = objects.get(start..end).unwrap_or_default();

        let mut body = Map::new();
        let context = format!("{}/v1.0/$metadata#{}{}", self.root, self.set, selection.context());
        body.insert("@odata.context".to_owned(), json!(context));
        if self.advanced && position.is_none() {
            body.insert("@odata.count".to_owned(), json!(total));
        }
        if let Some(tip) = selection.tip() {
            body.insert("@microsoft.graph.tips".to_owned(), tip);
        }
        if end < total {
            let page = position.map_or(1, |position| position.page);
            let next = Position { last: shown.last().map(|(place, _)| *place), passed: end, page: page + 1 };
            body.insert("@odata.nextLink".to_owned(), json!(self.next_link(options, next)));
        }
        let value: Vec<Value> = shown.iter().map(|(_, object)| self.entity(&selection, object.as_ref())).collect();
        body.insert("value".to_owned(), value.into());
        Ok(Answer::json(200, body.into()))
    }

    fn entity(&self, selection: &Selection, object: &impl Object) -> Value {
        let mut entity = selection.show(object);
        if self.mixed {
            entity.insert("@odata.type".to_owned(), json!(format!("#microsoft.graph.{}", self.schema.kind)));
        }
        entity.into()
    }

    fn filter(&self, options: &Options) -> Result<Option<Filter>, GraphError> {
        let Some(text) = options.filter.as_deref() else {
            return Ok(None);
        };
        let parsed = filter::parse(text)?;
        filter::check(&parsed, self.schema, self.advanced, self.variants)?;
        Ok(Some(parsed))
    }

    /// `"property:text"`, for displayName and mail; only in an advanced query.
    fn search(&self, text: &str) -> Result<Search, GraphError> {
        if !self.eventual {
            let text = "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'";
            return Err(GraphError::unsupported_query(text));
        }
        let clause =
            text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.split_once(':'));
        match clause {
            Some((property @ ("displayName" | "mail" | "userPrincipalName"), words)) => {
                Ok(Search { property: property.to_owned(), words: words.to_ascii_lowercase() })
            }
            _ => {
                Err(GraphError::unsupported_query("Syntax error: character ':' is not valid at this place of $search."))
            }
        }
    }

    fn order(&self, text: &str, options: &Options) -> Result<Order, GraphError> {
        let mut words = text.split_whitespace();
        let (property, direction) = (words.next().unwrap_or_default(), words.next());
        let plain = ["displayName", "userPrincipalName"];
        let known = if self.advanced {
            &["displayName", "userPrincipalName", "mail", "createdDateTime"][..]
        } else {
            &plain[..]
        };
        let descending = match direction {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(GraphError::bad_request("Invalid $orderby clause.")),
        };
        if !known.contains(&property) || words.next().is_some() {
            let text = format!("Sorting not supported for property '{property}' in the current query.");
            return Err(GraphError::unsupported_query(text));
        }
        if options.filter.is_some() && !self.advanced {
            return Err(GraphError::unsupported_query("Sorting not supported for current query."));
        }
        Ok(Order { property: property.to_owned(), descending })
    }

    fn next_link(&self, options: &Options, next: Position) -> String {
        let token = json!({"l": next.last, "n": next.passed, "page": next.page, "q": fingerprint(options)});
        let token = BASE64_URL_SAFE_NO_PAD.encode(token.to_string());
        let stem = if options.stem.is_empty() { String::new() } else { format!("{}&", options.stem) };
        format!("{}{}?{stem}$skiptoken={token}", self.root, self.path)
    }
}

struct Search {
    property: String,
    words: String,
}

impl Search {
    fn matches(&self, object: &dyn Object) -> bool {
        object.property(&self.property).as_str().is_some_and(|value| value.to_ascii_lowercase().contains(&self.words))
    }
}

struct Order {
    property: String,
    descending: bool,
}

impl Order {
    fn key(&self, object: &dyn Object) -> String {
        object.property(&self.property).as_str().map(str::to_lowercase).unwrap_or_default()
    }
}

/// How far a client has come: the place of the last user it saw, how many it saw, and which page is next.
#[derive(Clone, Copy)]
struct Position {
    last: Option<usize>,
    passed: usize,
    page: u32,
}

/// Which page of a listing is asked for; none if the operation lists nothing. The token that leads to a page tells its number.
pub(crate) fn page_asked(operation: &Operation, query: Option<&str>) -> Option<u32> {
    if !operation.is_paged() {
        return None;
    }
    let Some(token) = Options::parse(query).ok()?.skiptoken else {
        return Some(1);
    };
    let token: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    u32::try_from(token.get("page")?.as_u64()?).ok()
}

fn position(token: &str, options: &Options) -> Result<Position, GraphError> {
    let expired = || {
        let text = "The specified page token value has expired and can not be included in your request.";
        GraphError::new(400, "Directory_ExpiredPageToken", text)
    };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| expired())?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|_| expired())?;
    // A token goes with its query: with another one it means nothing.
    if value.get("q").and_then(Value::as_u64) != Some(fingerprint(options)) {
        return Err(expired());
    }
    let number = |name: &str| value.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
    let page = value.get("page").and_then(Value::as_u64).and_then(|page| u32::try_from(page).ok());
    Ok(Position { last: number("l"), passed: number("n").unwrap_or_default(), page: page.unwrap_or(1) })
}

fn fingerprint(options: &Options) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&options.filter, &options.orderby, &options.search).hash(&mut hasher);
    hasher.finish()
}
