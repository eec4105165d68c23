//! Object ids. Graph writes them as GUIDs with hyphens. A write must name its object by such an id and nothing else.
//! With an empty id the URL would have another meaning, and a `DELETE` could delete the wrong object.

use super::{Class, GraphError, Reach};

/// Whether `text` has the form of an object id.
pub fn is_object_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// Refuses a write before it is sent if an id does not have the form of an object id.
pub(super) fn object_ids(operation: &'static str, ids: &[&str]) -> Result<(), GraphError> {
    if ids.iter().all(|id| is_object_id(id)) {
        return Ok(());
    }
    // The message leaves out the wrong text: it may be an address.
    Err(GraphError::local(operation, Class::Terminal, Reach::NotSent, "nothing was sent: it names no object id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_guid_is_an_object_id() {
        assert!(is_object_id("6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0"));
        for text in ["", "..", "me", "6ea91a8de32e41a1b7bdd2d185eed0e0", "{6ea91a8d-e32e-41a1-b7bd-d2d185eed0e}"] {
            assert!(!is_object_id(text), "{text}");
            assert_eq!(object_ids("deleteUser", &[text]).unwrap_err().reach, Reach::NotSent);
        }
    }
}
