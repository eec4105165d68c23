//! Every switch of the chart does what it says, and nothing when it is off.

mod more;
mod pod;
mod rights;
mod usual;
mod watched;

use serde_json::Value;
use testbed::stories::helm::{of_kind, only};

fn pod(documents: &[Value]) -> Value {
    only(documents, "Deployment")["spec"]["template"]["spec"].clone()
}

fn args(documents: &[Value]) -> Vec<String> {
    serde_json::from_value(pod(documents)["containers"][0]["args"].clone()).unwrap()
}

fn named<'a>(documents: &'a [Value], kind: &str, ending: &str) -> &'a Value {
    let all = of_kind(documents, kind);
    all.into_iter().find(|one| one["metadata"]["name"].as_str().unwrap().ends_with(ending)).unwrap()
}

fn kinds(documents: &[Value]) -> Vec<String> {
    let mut kinds: Vec<String> = documents.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}
