//! What the queries need to know of a type of objects: its names, its properties, and which of them need little permission.
//! Users and groups are asked by the same strict rules, each with its own table.

use super::property::Property;

#[derive(Debug)]
pub(crate) struct Schema {
    /// As in `microsoft.graph.user`.
    pub(crate) kind: &'static str,
    /// As errors call it.
    pub(crate) resource: &'static str,
    pub(crate) properties: &'static [Property],
    /// What the ReadBasic permissions may read (page "Microsoft Graph permissions reference").
    pub(crate) basic: &'static [&'static str],
    /// What leads to other objects. A $select may name it, and only $expand shows it.
    pub(crate) navigation: &'static [&'static str],
}

impl Schema {
    pub(crate) fn navigates(&self, name: &str) -> bool {
        self.navigation.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Finds a property; Graph does not mind the case of names in a query.
    pub(crate) fn find(&self, name: &str) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }
}
