//! Which EntraTenants an operator works with: those whose labels fit a selector. So several operators share the directories of a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use kube::core::{Expression, Selector, SelectorExt};

/// A label selector of EntraTenants, in the words of kubectl ("Labels and Selectors", Kubernetes). Without one every EntraTenant fits.
#[derive(Clone, Debug, Default)]
pub struct TenantSelector(Selector);

/// A selector that nobody can read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} is no requirement of a label selector: write it as in shard=a, shard!=a, shard, !shard, shard in (a,b) or shard notin (a,b), several separated by commas"
)]
pub struct WrongSelector(String);

impl TenantSelector {
    /// Whether an EntraTenant with these labels fits.
    pub fn fits(&self, labels: Option<&BTreeMap<String, String>>) -> bool {
        let none = BTreeMap::new();
        self.0.matches(labels.unwrap_or(&none))
    }

    /// Whether every EntraTenant fits.
    pub fn fits_all(&self) -> bool {
        self.0.selects_all()
    }
}

impl FromStr for TenantSelector {
    type Err = WrongSelector;

    fn from_str(text: &str) -> Result<Self, WrongSelector> {
        let requirements = requirements(text).filter(|requirement| !requirement.is_empty());
        let expressions: Result<Vec<Expression>, WrongSelector> =
            requirements.map(|text| expression(text).ok_or_else(|| WrongSelector(text.to_owned()))).collect();
        Ok(Self(expressions?.into_iter().collect()))
    }
}

/// The requirements, without the commas between them. Those between parentheses separate values.
fn requirements(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let comma = move |letter: char| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        letter == ',' && depth == 0
    };
    text.split(comma).map(str::trim)
}

fn expression(text: &str) -> Option<Expression> {
    if let Some(list) = text.strip_suffix(')') {
        let (head, values) = list.split_once('(')?;
        let (key, operator) = head.trim().rsplit_once(char::is_whitespace)?;
        let values: BTreeSet<String> = values.split(',').map(word).collect::<Option<_>>()?;
        return match operator {
            "in" => Some(Expression::In(word(key)?, values)),
            "notin" => Some(Expression::NotIn(word(key)?, values)),
            _ => None,
        };
    }
    if let Some((key, value)) = text.split_once("!=") {
        return Some(Expression::NotEqual(word(key)?, word(value)?));
    }
    if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return Some(Expression::Equal(word(key)?, word(value)?));
    }
    match text.strip_prefix('!') {
        Some(key) => Some(Expression::DoesNotExist(word(key)?)),
        None => Some(Expression::Exists(word(text)?)),
    }
}

/// A key or a value. The API server has seen to it that labels have no other letters.
fn word(text: &str) -> Option<String> {
    let is_of_labels = |letter: char| letter.is_ascii_alphanumeric() || "._-/".contains(letter);
    let text = text.trim();
    (!text.is_empty() && text.chars().all(is_of_labels)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_kubectl_does() {
        let labels = BTreeMap::from([("shard".to_owned(), "a".to_owned()), ("team/of".to_owned(), "x".to_owned())]);
        for (selector, fits) in [
            ("", true),
            ("shard=a", true),
            ("shard==a", true),
            ("shard = a , team/of = x", true),
            ("shard=a,team/of=y", false),
            ("shard!=a", false),
            ("other!=a", true),
            ("shard", true),
            ("other", false),
            ("!other", true),
            ("!shard", false),
            ("shard in (b, a),team/of", true),
            ("shard notin (a,b)", false),
            ("other notin (a)", true),
        ] {
            assert_eq!(selector.parse::<TenantSelector>().unwrap().fits(Some(&labels)), fits, "{selector}");
        }
        assert!(
            "!shard".parse::<TenantSelector>().unwrap().fits(None)
                && !"shard=a".parse::<TenantSelector>().unwrap().fits(None)
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for wrong in ["shard=", "=a", "shard in a", "shard within (a)", "shard in ()", "a b", "shard=a;b", "in (a)"] {
            let error = format!("x=y,{wrong}").parse::<TenantSelector>().unwrap_err();
            assert!(error.to_string().starts_with(&format!("{wrong:?}")), "{error}");
        }
    }
}
