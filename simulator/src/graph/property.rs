//! One property of users or groups: what a $filter does with it, what it holds, and who may write it.

/// What a $filter does with a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Not,
    In,
    Ge,
    Le,
    StartsWith,
    EndsWith,
    /// Any comparison with null.
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Texts,
    Bool,
    Time,
    Identities,
    /// A structured value that the simulator keeps as it came.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    ReadOnly,
    /// At most so many characters.
    Up(usize),
    /// By rules of its own.
    Own,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Returned without $select.
    pub(crate) default: bool,
    /// Operators of a plain query.
    pub(crate) plain: &'static [Op],
    /// Operators that need an advanced query.
    pub(crate) advanced: &'static [Op],
    pub(crate) write: Write,
    /// Kept outside the directory: 501 in a listing, and not to be set by an app.
    pub(crate) elsewhere: bool,
}

pub(crate) const fn property(
    name: &'static str,
    kind: Kind,
    plain: &'static [Op],
    advanced: &'static [Op],
    write: Write,
) -> Property {
    Property { name, kind, default: false, plain, advanced, write, elsewhere: false }
}

pub(crate) const fn shown(mut property: Property) -> Property {
    property.default = true;
    property
}

pub(crate) const fn unfiltered(name: &'static str, kind: Kind, write: Write) -> Property {
    property(name, kind, &[], &[], write)
}
