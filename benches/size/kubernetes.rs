//! What the API server was asked for, by its own count.

use std::collections::BTreeMap;

use testbed::world::World;

/// What it counts: each request by what was asked, of which resource.
pub type Requests = BTreeMap<String, u64>;

/// How many requests there have been so far, but for those that begin a watch.
pub async fn requests(world: &World) -> Requests {
    let request = hyper::http::Request::get("/metrics").body(Vec::new()).unwrap();
    let page = world.plane.admin_client().request_text(request).await.unwrap();
    let mut found = Requests::new();
    for line in page.lines().filter(|line| line.starts_with("apiserver_request_total{")) {
        let label = |name: &str| line.split_once(&format!(",{name}=\"")).and_then(|(_, rest)| rest.split('"').next());
        let (Some(verb), Some(resource), Some(part)) = (label("verb"), label("resource"), label("subresource")) else {
            continue;
        };
        let count = line.rsplit_once(' ').and_then(|(_, count)| count.parse::<f64>().ok()).unwrap_or_default();
        if verb != "WATCH" && !resource.is_empty() {
            let what = if part.is_empty() { resource.to_owned() } else { format!("{resource}/{part}") };
            *found.entry(format!("{verb} {what}")).or_default() += count as u64;
        }
    }
    found
}

/// How long the API server has worked on answers to lists so far, in seconds, by its own count.
pub async fn seconds_of_lists(world: &World) -> f64 {
    let request = hyper::http::Request::get("/metrics").body(Vec::new()).unwrap();
    let page = world.plane.admin_client().request_text(request).await.unwrap();
    let sums = page.lines().filter(|line| line.starts_with("apiserver_request_duration_seconds_sum{"));
    let lists = sums.filter(|line| line.contains("verb=\"LIST\""));
    lists.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
}

/// What has come since `before`, for each of `count` guests: all of it, and what makes up a tenth of a request or more.
pub fn for_each(before: &Requests, after: &Requests, count: usize) -> (f64, String) {
    let each =
        |what: &String, total: &u64| (*total - before.get(what).copied().unwrap_or_default()) as f64 / count as f64;
    let mut parts: Vec<(f64, &String)> = after.iter().map(|(what, total)| (each(what, total), what)).collect();
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let told: Vec<String> =
        parts.iter().filter(|(each, _)| *each >= 0.1).map(|(each, what)| format!("{what} {each:.1}")).collect();
    (parts.iter().map(|(each, _)| each).sum(), told.join(", "))
}
