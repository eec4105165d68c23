//! The placeholders that a template may contain, and the nearest one to an unknown name.

/// A placeholder in a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placeholder {
    GuestDisplayName,
    GuestEmail,
    TenantDisplayName,
    RedeemUrl,
    Message,
}

impl Placeholder {
    pub(super) const ALL: [Self; 5] =
        [Self::GuestDisplayName, Self::GuestEmail, Self::TenantDisplayName, Self::RedeemUrl, Self::Message];

    /// The name between the braces.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::GuestDisplayName => "guest.displayName",
            Self::GuestEmail => "guest.email",
            Self::TenantDisplayName => "tenant.displayName",
            Self::RedeemUrl => "redeemUrl",
            Self::Message => "message",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|placeholder| placeholder.name() == name)
    }

    /// The placeholder that is most similar to `name`, by its own name or by a common other name. None if no
    /// placeholder is similar.
    pub(super) fn nearest(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let names = Self::ALL.map(|placeholder| (placeholder.name(), placeholder)).into_iter().chain(NICKNAMES);
        let near = names.map(|(known, placeholder)| (distance(&name, &known.to_lowercase()), known, placeholder));
        let (distance, known, placeholder) = near.min_by_key(|(distance, ..)| *distance)?;
        (distance <= known.len() / 2).then_some(placeholder)
    }
}

const NICKNAMES: [(&str, Placeholder); 6] = [
    ("name", Placeholder::GuestDisplayName),
    ("guest.name", Placeholder::GuestDisplayName),
    ("tenant.name", Placeholder::TenantDisplayName),
    ("organisation", Placeholder::TenantDisplayName),
    ("link", Placeholder::RedeemUrl),
    ("body", Placeholder::Message),
];

/// The edit distance: how many characters must be inserted, removed or changed to turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(&b) {
            let changed = diagonal + usize::from(a != *b);
            diagonal = *cell;
            left = changed.min(*cell + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
