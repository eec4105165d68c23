//! The table is whole.

use std::collections::BTreeSet;

use serde_json::Value;

use super::docs::{definition, fields};
use super::{AppliesTo, CRITERIA, Otherwise};
use crate::api;

/// The schema of a kind's spec.
fn spec(kind: &str) -> Value {
    let crd = api::crds().into_iter().find(|crd| crd.spec.names.kind == kind).unwrap();
    let crd = serde_json::to_value(crd).unwrap();
    crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec").unwrap().clone()
}

fn has(schema: &Value, path: &str) -> bool {
    schema.pointer(&format!("/properties/{}", path.replace('.', "/properties/"))).is_some()
}

#[test]
fn every_field_of_a_rule_is_in_the_table_and_no_other() {
    let rule = definition();
    let defined: BTreeSet<&str> = rule["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let listed: BTreeSet<&str> = fields().map(|field| field.split('.').next().unwrap()).collect();
    assert_eq!(defined, listed);
    assert_eq!(fields().collect::<BTreeSet<_>>().len(), fields().count(), "none twice");
    for field in fields() {
        assert!(has(&rule, field), "{field}");
    }
}

#[test]
fn what_the_table_reads_is_there_to_be_read() {
    let (guest, tenant) = (spec("GuestInvitation"), spec("EntraTenant"));
    let mut keys = BTreeSet::from(["tenant", "email"]);
    for criterion in CRITERIA {
        for read in criterion.reads {
            assert!(has(&guest, read.path), "a guest has no {}", read.path);
            if let Otherwise::Default { field, .. } = read.otherwise {
                assert!(has(&tenant, &format!("defaults.{field}")), "a tenant has no default {field}");
            }
            assert!(keys.insert(read.key), "two criteria read {}: name it in one, and use its key in both", read.key);
        }
        for derived in criterion.derives {
            assert!(keys.insert(derived.key), "two criteria derive {}", derived.key);
        }
        let field = &definition()["properties"][criterion.field.split('.').next().unwrap()];
        let names_what_it_allows = field["type"] == "array" && criterion.applies_to == AppliesTo::ItsGuests;
        assert_eq!(criterion.lists, names_what_it_allows, "{}", criterion.field);
        let holes = criterion.lacks.0.matches("{}").count();
        assert_eq!(holes, usize::from(!criterion.cel_value.is_empty()), "{}", criterion.field);
    }
}
