//! Whether an object fits a $filter. Texts compare without regard to case, as the directory does it.
//! `x ne 'a'` holds for an object that has no x at all.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::{Filter, Function, Literal, Operator};
use crate::graph::schema::Schema;
use crate::state::object::Object;

impl Filter {
    pub(crate) fn matches(&self, schema: &'static Schema, object: &dyn Object) -> bool {
        self.holds(&Scope { schema, object, element: None })
    }

    fn holds(&self, scope: &Scope<'_>) -> bool {
        match self {
            Self::And(left, right) => left.holds(scope) && right.holds(scope),
            Self::Or(left, right) => left.holds(scope) || right.holds(scope),
            Self::Not(inner) => !inner.holds(scope),
            Self::Compare { path, operator, value } => {
                let order = compare(&scope.value(path), value);
                match operator {
                    Operator::Eq => order == Some(Ordering::Equal),
                    Operator::Ne => order != Some(Ordering::Equal),
                    Operator::Ge => matches!(order, Some(Ordering::Equal | Ordering::Greater)),
                    Operator::Le => matches!(order, Some(Ordering::Equal | Ordering::Less)),
                    Operator::Gt => order == Some(Ordering::Greater),
                    Operator::Lt => order == Some(Ordering::Less),
                }
            }
            Self::In { path, values } => {
                let found = scope.value(path);
                values.iter().any(|value| compare(&found, value) == Some(Ordering::Equal))
            }
            Self::Text { function, path, value } => {
                let wanted = value.to_lowercase();
                scope.value(path).as_str().map(str::to_lowercase).is_some_and(|found| match function {
                    Function::StartsWith => found.starts_with(&wanted),
                    Function::EndsWith => found.ends_with(&wanted),
                    Function::Contains => found.contains(&wanted),
                })
            }
            Self::Any { collection, variable, body } => {
                let elements = scope.property(collection);
                elements.as_array().is_some_and(|elements| {
                    elements
                        .iter()
                        .any(|element| body.holds(&Scope { element: Some((variable.as_str(), element)), ..*scope }))
                })
            }
        }
    }
}

struct Scope<'a> {
    schema: &'static Schema,
    object: &'a dyn Object,
    element: Option<(&'a str, &'a Value)>,
}

impl Scope<'_> {
    fn property(&self, name: &str) -> Value {
        self.object.property(self.schema.find(name).map_or(name, |property| property.name))
    }

    fn value(&self, path: &[String]) -> Value {
        let Some((first, rest)) = path.split_first() else {
            return Value::Null;
        };
        let start = match self.element {
            Some((variable, element)) if variable == first => element.clone(),
            _ => self.property(first),
        };
        rest.iter().fold(start, |value, name| value.get(name).cloned().unwrap_or(Value::Null))
    }
}

fn compare(found: &Value, wanted: &Literal) -> Option<Ordering> {
    match (found, wanted) {
        (Value::Null, Literal::Null) => Some(Ordering::Equal),
        (Value::String(found), Literal::Text(wanted)) => Some(found.to_lowercase().cmp(&wanted.to_lowercase())),
        (Value::Bool(found), Literal::Bool(wanted)) => Some(found.cmp(wanted)),
        (Value::String(found), Literal::Bare(wanted)) => {
            let (found, wanted): (Timestamp, Timestamp) = (found.parse().ok()?, wanted.parse().ok()?);
            Some(found.cmp(&wanted))
        }
        _ => None,
    }
}
