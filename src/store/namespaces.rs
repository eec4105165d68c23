//! The labels of namespaces, which rules of an EntraTenant may pick namespaces by.

use std::collections::{BTreeMap, HashMap, HashSet};

use parking_lot::RwLock;

/// The labels of one namespace.
pub type Labels = BTreeMap<String, String>;

/// The labels by namespace; none as long as nobody could list them.
#[derive(Debug, Default)]
pub struct Namespaces {
    known: RwLock<Option<HashMap<String, Labels>>>,
}

impl Namespaces {
    /// The labels of `namespace`, if they can be read.
    pub fn labels(&self, namespace: &str) -> Option<Labels> {
        self.known.read().as_ref()?.get(namespace).cloned()
    }

    /// Puts the known labels to `next`; returns the namespaces for which that is news.
    pub fn replace(&self, next: Option<HashMap<String, Labels>>) -> Vec<String> {
        let mut known = self.known.write();
        let before = std::mem::replace(&mut *known, next).unwrap_or_default();
        let after = known.iter().flatten().map(|(name, _)| name);
        let names: HashSet<&String> = before.keys().chain(after).collect();
        let differ = |name: &&&String| known.as_ref().and_then(|known| known.get(**name)) != before.get(**name);
        names.iter().filter(differ).map(|name| (*name).clone()).collect()
    }

    /// Puts one namespace to `labels`; returns whether that is news.
    pub fn put(&self, name: &str, labels: Option<Labels>) -> bool {
        let mut known = self.known.write();
        let Some(known) = known.as_mut() else { return false };
        match labels {
            Some(labels) => known.insert(name.to_owned(), labels.clone()) != Some(labels),
            None => known.remove(name).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(labels: &[(&str, &str)]) -> Labels {
        labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_what_changes_is_news() {
        let namespaces = Namespaces::default();
        assert!(!namespaces.put("a", Some(labelled(&[]))), "nothing is known before a list has ended");
        let list = |tier: &str| HashMap::from([("a".to_owned(), labelled(&[("tier", tier)]))]);
        assert_eq!(namespaces.replace(Some(list("1"))), ["a"]);
        assert!(namespaces.replace(Some(list("1"))).is_empty());
        assert!(!namespaces.put("a", Some(labelled(&[("tier", "1")]))));
        assert!(namespaces.put("a", Some(labelled(&[("tier", "2")]))));
        assert_eq!(namespaces.labels("a"), Some(labelled(&[("tier", "2")])));
        assert_eq!(namespaces.replace(None), ["a"], "what cannot be read any more is news too");
        assert_eq!(namespaces.labels("a"), None);
    }
}
