//! What users and groups have in common for a query: properties by Graph's names.

use serde_json::Value;

use super::group::Group;
use super::user::User;

pub(crate) trait Object {
    /// A property as Graph writes its value. A property that was never set is null.
    fn property(&self, name: &str) -> Value;
}

impl Object for User {
    fn property(&self, name: &str) -> Value {
        self.property(name)
    }
}

impl Object for Group {
    fn property(&self, name: &str) -> Value {
        self.property(name)
    }
}
