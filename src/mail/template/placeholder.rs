//! The placeholders that a template may hold, and the one that was meant when a name is not among them.

/// A place in a template that a value goes into.
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

    /// The placeholder whose name is most like `name`, if any is like it at all.
    pub(super) fn nearest(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let distance = |placeholder: &Self| distance(&name, &placeholder.name().to_lowercase());
        let nearest = Self::ALL.into_iter().min_by_key(distance)?;
        (distance(&nearest) <= nearest.name().len() / 2).then_some(nearest)
    }
}

/// How many characters must be put in, taken out or changed to make `b` of `a`.
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
