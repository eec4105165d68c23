//! Which operator works on which property, plain or in an advanced query
//! (page "Advanced query capabilities on Microsoft Entra ID objects").

use super::{Filter, Function, Literal, Operator};
use crate::graph::errors::GraphError;
use crate::graph::property::{Kind, Op, Property};
use crate::graph::schema::Schema;
use crate::settings::Variants;

pub(crate) fn check(
    filter: &Filter,
    schema: &'static Schema,
    advanced: bool,
    variants: &Variants,
) -> Result<(), GraphError> {
    let checker = Checker { schema, advanced };
    if variants.or_over_collections_needs_advanced && !advanced && has_or(filter) && has_any(filter) {
        return Err(needs_advanced("or"));
    }
    checker.filter(filter, None)
}

struct Checker {
    schema: &'static Schema,
    advanced: bool,
}

impl Checker {
    /// `scope` is the collection whose element a lambda speaks of, and the name it gives it.
    fn filter(&self, filter: &Filter, scope: Option<(&'static Property, &str)>) -> Result<(), GraphError> {
        match filter {
            Filter::And(left, right) | Filter::Or(left, right) => {
                self.filter(left, scope)?;
                self.filter(right, scope)
            }
            Filter::Not(inner) => {
                if !self.advanced {
                    return Err(needs_advanced("not"));
                }
                self.filter(inner, scope)
            }
            Filter::Any { collection, variable, body } => {
                let property = self.find(collection)?;
                if !matches!(property.kind, Kind::Texts | Kind::Identities) {
                    return Err(self.unsupported(property.name));
                }
                if property.kind == Kind::Identities {
                    return identities(body, variable).then_some(()).ok_or_else(|| self.unsupported(property.name));
                }
                self.filter(body, Some((property, variable)))
            }
            Filter::Compare { path, operator, value } => {
                let op = match (operator, value) {
                    (_, Literal::Null) => Op::Null,
                    (Operator::Eq, _) => Op::Eq,
                    (Operator::Ne, _) => Op::Ne,
                    (Operator::Ge, _) => Op::Ge,
                    (Operator::Le, _) => Op::Le,
                    (Operator::Gt | Operator::Lt, _) => return Err(self.unsupported(&path.join("/"))),
                };
                let property = self.property(path, scope)?;
                self.allowed(property, op)?;
                fitting(property, value)
            }
            Filter::In { path, values } => {
                let property = self.property(path, scope)?;
                self.allowed(property, Op::In)?;
                values.iter().try_for_each(|value| fitting(property, value))
            }
            Filter::Text { function, path, .. } => {
                let property = self.property(path, scope)?;
                match function {
                    Function::StartsWith => self.allowed(property, Op::StartsWith),
                    Function::EndsWith => self.allowed(property, Op::EndsWith),
                    Function::Contains => Err(self.unsupported(property.name)),
                }
            }
        }
    }

    fn property(
        &self,
        path: &[String],
        scope: Option<(&'static Property, &str)>,
    ) -> Result<&'static Property, GraphError> {
        let name = path.first().map(String::as_str).unwrap_or_default();
        if let Some((property, variable)) = scope
            && variable == name
            && path.len() == 1
        {
            return Ok(property);
        }
        let property = self.find(name)?;
        if path.len() > 1 || matches!(property.kind, Kind::Texts | Kind::Identities) {
            // A collection is asked through `any`.
            return Err(self.unsupported(property.name));
        }
        Ok(property)
    }

    fn allowed(&self, property: &Property, op: Op) -> Result<(), GraphError> {
        if property.plain.contains(&op) || (self.advanced && property.advanced.contains(&op)) {
            return Ok(());
        }
        if property.advanced.contains(&op) && matches!(op, Op::Ne | Op::EndsWith | Op::Not) {
            let name = if op == Op::EndsWith { "endsWith" } else { "ne" };
            return Err(needs_advanced(name));
        }
        Err(self.unsupported(property.name))
    }

    fn find(&self, name: &str) -> Result<&'static Property, GraphError> {
        self.schema.find(name).ok_or_else(|| GraphError::no_property(name, self.schema))
    }

    fn unsupported(&self, name: &str) -> GraphError {
        let resource = self.schema.resource;
        GraphError::unsupported_query(format!(
            "Unsupported or invalid query filter clause specified for property '{name}' of resource '{resource}'."
        ))
    }
}

/// Identities are found by issuer and issuerAssignedId together, and by `eq` only (page "user resource type").
fn identities(body: &Filter, variable: &str) -> bool {
    let names = |filter: &Filter| match filter {
        Filter::Compare { path, operator: Operator::Eq, value: Literal::Text(_) } => match path.as_slice() {
            [first, second] if first == variable => Some(second.clone()),
            _ => None,
        },
        _ => None,
    };
    if let Filter::And(left, right) = body {
        let mut found = [names(left), names(right)];
        found.sort();
        return found == [Some("issuer".to_owned()), Some("issuerAssignedId".to_owned())];
    }
    false
}

fn fitting(property: &Property, value: &Literal) -> Result<(), GraphError> {
    let fits = match (property.kind, value) {
        (_, Literal::Null) => true,
        (Kind::Text | Kind::Texts, Literal::Text(_)) | (Kind::Bool, Literal::Bool(_)) => true,
        (Kind::Time, Literal::Bare(text)) => text.parse::<jiff::Timestamp>().is_ok(),
        _ => false,
    };
    let text = "A binary operator with incompatible types was detected.";
    fits.then_some(()).ok_or_else(|| GraphError::bad_request(text))
}

fn has_or(filter: &Filter) -> bool {
    match filter {
        Filter::Or(..) => true,
        Filter::And(left, right) => has_or(left) || has_or(right),
        Filter::Not(inner) => has_or(inner),
        _ => false,
    }
}

fn has_any(filter: &Filter) -> bool {
    match filter {
        Filter::Any { .. } => true,
        Filter::And(left, right) | Filter::Or(left, right) => has_any(left) || has_any(right),
        Filter::Not(inner) => has_any(inner),
        _ => false,
    }
}

fn needs_advanced(operator: &str) -> GraphError {
    let text = format!(
        "Operator '{operator}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information"
    );
    GraphError::unsupported_query(text)
}
