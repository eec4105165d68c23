//! The files that are generated from the table of access rules are fresh, and the table is whole in the cases too.

use fastrand::Rng;
use guestlist::policy::{CRITERIA, admission, docs};
use serde_json::Value;

use crate::cases;

#[test]
fn what_is_generated_is_fresh() {
    let file = |name: &str| testbed::workspace::text(name).unwrap();
    let page = file("docs/who-may-invite.md");
    for (name, fresh) in [
        ("admission/guest-access.yaml", admission::guest_access()),
        ("charts/guestlist/files/admission/guest-access.yaml", admission::guest_access()),
        ("docs/who-may-invite.md", docs::with_table(&page).unwrap()),
    ] {
        assert!(file(name) == fresh, "{name} is stale: run make generate");
    }
}

/// About what no case has, operator and API server would agree whatever they say.
#[test]
fn the_cases_have_every_field_of_a_rule_and_all_that_it_reads() {
    let mut rng = Rng::with_seed(1);
    let rules: Vec<Value> = (0..200).flat_map(|_| cases::rules(&mut rng)).collect();
    let specs: Vec<Value> = (0..200).map(|_| cases::spec(&mut rng, "default", false)).collect();
    let some = |values: &[Value], path: &str| {
        let pointer = format!("/{}", path.replace('.', "/"));
        values.iter().any(|value| value.pointer(&pointer).is_some())
    };
    for field in docs::fields() {
        assert!(some(&rules, field), "no rule of the cases has {field}");
    }
    for read in CRITERIA.iter().flat_map(|criterion| criterion.reads) {
        assert!(some(&specs, read.path), "no guest of the cases has {}", read.path);
    }
}
