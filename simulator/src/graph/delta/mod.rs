//! `GET /users/delta` (pages "Use delta query" and "user: delta"): every user once, and from then on what changed.
//! The options of the first request go into the links; later ones are not asked again.

mod round;
mod token;

use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::call::Call;
use super::errors::GraphError;
use super::filter::{self, Filter, Literal, Operator};
use super::properties::USER;
use super::query::Options;
use super::select::Selection;
use crate::answer::Answer;
use crate::settings::{DeltaState, Variants};
use crate::state::State;
use round::Round;

/// How many users come on a page; the service decides, and `$top` is not taken.
const PAGE: usize = 100;
/// The most users that a $filter may name.
const MOST_IDS: usize = 50;
/// What is kept beside the main store of the directory.
const STATE: [&str; 2] = ["externalUserState", "externalUserStateChangeDateTime"];

pub(crate) fn users(state: &State, call: &Call, caller: &Caller, options: &Options) -> Result<Answer, GraphError> {
    let world = state.world();
    let variants = &world.settings.variants;
    let tenant = world.tenant(&caller.tenant).ok_or_else(|| GraphError::not_found(&caller.tenant))?;
    let directory = &tenant.directory;
    let seen = directory.changes().seen(world.settings.lag.delta);
    let fresh = |from: usize, to: usize, full: bool| Round {
        full,
        from,
        to,
        offset: 0,
        page: 1,
        select: options.select.clone(),
        ids: None,
        issued: world.now().as_second(),
        epoch: world.delta_epoch,
    };
    let round = match (options.skiptoken.as_deref(), options.deltatoken.as_deref()) {
        (Some(token), _) => token::read(state, &world, token)?,
        (None, Some("latest")) => Round { ids: wanted(options, variants)?, ..fresh(seen, seen, false) },
        (None, Some(token)) => {
            let before = token::read(state, &world, token)?;
            let from = if variants.delta_replays { before.to.saturating_sub(1) } else { before.to };
            Round { select: before.select, ids: before.ids, ..fresh(from, seen.max(before.to), false) }
        }
        (None, None) => Round { ids: wanted(options, variants)?, ..fresh(0, seen, true) },
    };
    let selection = Selection::new(&USER, round.select.as_ref(), caller, true)?;
    let untracked = if variants.delta_state == DeltaState::Tracked { &[][..] } else { &STATE[..] };
    let items = round.items(directory, &selection, world.now(), minimal(&call.headers), untracked);
    let end = (round.offset + PAGE).min(items.len());
    let shown: Vec<Value> =
        items.get(round.offset..end).unwrap_or_default().iter().cloned().map(Value::Object).collect();

    let mut body = Map::new();
    let root = state.graph_root();
    body.insert("@odata.context".to_owned(), json!(format!("{root}/v1.0/$metadata#users{}", selection.context())));
    let link = |name: &str, round: Round| json!(format!("{root}/v1.0/users/delta()?{name}={}", token::write(&round)));
    if end < items.len() {
        body.insert(
            "@odata.nextLink".to_owned(),
            link("$skiptoken", Round { offset: end, page: round.page + 1, ..round }),
        );
    } else {
        body.insert("@odata.deltaLink".to_owned(), link("$deltatoken", round));
    }
    body.insert("value".to_owned(), shown.into());
    Ok(Answer::json(200, body.into()))
}

/// `Prefer: return=minimal`: only what changed.
fn minimal(headers: &HeaderMap) -> bool {
    headers.get_all("prefer").iter().any(|value| value.to_str().is_ok_and(|value| value.contains("return=minimal")))
}

/// Checks the options of a first request; the ids that its $filter names, if it has one.
fn wanted(options: &Options, variants: &Variants) -> Result<Option<Vec<String>>, GraphError> {
    let others = [&options.top, &options.skip, &options.orderby, &options.search, &options.expand];
    if others.iter().any(|option| option.is_some()) || options.count || options.unknown.is_some() {
        return Err(GraphError::unsupported_query("The query option is not supported by the delta function."));
    }
    let names = options.select.iter().flatten();
    if variants.delta_state == DeltaState::Refused && names.into_iter().any(|name| STATE.contains(&name.as_str())) {
        return Err(GraphError::unsupported_query("The specified property is not supported by the delta function."));
    }
    let Some(text) = options.filter.as_deref() else {
        return Ok(None);
    };
    let mut ids = Vec::new();
    if !collect(&filter::parse(text)?, &mut ids) || ids.len() > MOST_IDS {
        let text = format!("Delta queries are filtered by id only, with at most {MOST_IDS} ids joined by 'or'.");
        return Err(GraphError::unsupported_query(text));
    }
    Ok(Some(ids))
}

fn collect(filter: &Filter, ids: &mut Vec<String>) -> bool {
    match filter {
        Filter::Or(left, right) => collect(left, ids) && collect(right, ids),
        Filter::Compare { path, operator: Operator::Eq, value: Literal::Text(id) } if path.as_slice() == ["id"] => {
            ids.push(id.clone());
            true
        }
        _ => false,
    }
}
