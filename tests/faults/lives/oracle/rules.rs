//! Who may invite whom, by the one rule of an EntraTenant: as the documentation says it, and by no code of the operator's.

use super::life::{Existing, Policy, Rules, Wish};

impl Rules {
    /// A rule that allows everything.
    pub fn open() -> Self {
        Self {
            labelled: false,
            domain: None,
            groups: true,
            existing: Existing::Own,
            profile: true,
            sponsors: true,
            deletes: true,
            links: true,
        }
    }

    /// Whether it allows this wish for this address in a namespace that has the label, or has not.
    pub fn allow(&self, labelled: bool, address: &str, wish: &Wish) -> bool {
        let of_domain = |domain: &String| address.rsplit_once('@').is_some_and(|(_, of)| of == domain);
        (labelled || !self.labelled)
            && self.domain.as_ref().is_none_or(of_domain)
            && (self.groups || wish.groups.is_empty())
            && wish.existing <= self.existing
            && (self.profile || wish.title.is_none())
            && (self.sponsors || !wish.sponsors)
            && (self.deletes || wish.policy != Policy::Delete)
            && (self.links || !wish.link)
    }
}
