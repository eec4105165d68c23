//! Sentences that the operator and the API server say in the same words.

/// A sentence with a hole, `{}`, for each value that it tells.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub &'static str);

impl Words {
    /// The sentence with `values` in its holes, in their order. A hole without a value is left empty.
    pub fn with(&self, values: &[&str]) -> String {
        let mut parts = self.0.split("{}");
        let mut said = parts.next().unwrap_or_default().to_owned();
        let mut values = values.iter();
        for part in parts {
            said += values.next().copied().unwrap_or_default();
            said += part;
        }
        said
    }

    /// The sentence as a CEL expression, with the CEL expressions `values` in its holes.
    pub fn cel(&self, values: &[&str]) -> String {
        let mut values = values.iter();
        let mut terms = Vec::new();
        for (number, part) in self.0.split("{}").enumerate() {
            if number > 0 {
                terms.extend(values.next().map(|value| (*value).to_owned()));
            }
            if !part.is_empty() {
                terms.push(quoted(part));
            }
        }
        terms.join(" + ")
    }
}

/// A CEL string.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_say_the_same() {
        let words = Words("the guest's {} is {}.");
        assert_eq!(words.with(&["name", "Bob"]), "the guest's name is Bob.");
        assert_eq!(words.cel(&["a", "b"]), r"'the guest\'s ' + a + ' is ' + b + '.'");
        assert_eq!(Words("{}{}").cel(&["a", "b"]), "a + b");
        assert_eq!(Words("is there").cel(&[]), "'is there'");
    }
}
