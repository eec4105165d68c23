//! The definitions as the operator has them, and the seed by which values are made from them.

use fastrand::Rng;
use kube::ResourceExt;
use serde_json::Value;

/// The kind's definition as the operator has it.
pub fn definition(kind: &str) -> Value {
    let crds = guestlist::api::crds();
    let crd = crds.iter().find(|crd| crd.spec.names.kind == kind).unwrap();
    assert!(crd.name_any().ends_with(".guestlist.dev"));
    serde_json::to_value(crd).unwrap()
}

/// The schema of the kind's `part`, which is spec, status or, of a Guest, record.
pub fn schema(kind: &str, part: &str) -> Value {
    definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"][part].clone()
}

/// The seed of this run, printed so that it can be run again: GUESTLIST_SEED=... repeats it.
pub fn rng(what: &str) -> Rng {
    let seed = std::env::var("GUESTLIST_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("{what}: GUESTLIST_SEED={seed}");
    Rng::with_seed(seed)
}
