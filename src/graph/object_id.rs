//! Object ids: Graph writes them as GUIDs with hyphens, and nothing else may stand where a write names its object.
//! An empty id would make another address of the URL, and `DELETE` means whatever stands at it.

use super::{Class, GraphError, Reach};

/// Whether `text` is written as an object id is.
pub fn is_object_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// Refuses a write to what is no object id before anything is sent.
pub(super) fn object_ids(operation: &'static str, ids: &[&str]) -> Result<(), GraphError> {
    if ids.iter().all(|id| is_object_id(id)) {
        return Ok(());
    }
    // What came instead stays out of the message: it may be an address.
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
