//! $filter: its grammar, the rules about what may be asked in which mode, and its meaning.
//! A query that Graph would refuse is refused here, even if its meaning is clear.

mod check;
mod lex;
mod meaning;
mod parse;

pub(crate) use check::check;
pub(crate) use parse::parse;

/// A parsed $filter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare {
        path: Path,
        operator: Operator,
        value: Literal,
    },
    In {
        path: Path,
        values: Vec<Literal>,
    },
    Text {
        function: Function,
        path: Path,
        value: String,
    },
    /// `collection/any(variable:body)`.
    Any {
        collection: String,
        variable: String,
        body: Box<Filter>,
    },
}

/// A property, or a lambda's variable, or a property of one of these.
pub(crate) type Path = Vec<String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Ne,
    Ge,
    Le,
    Gt,
    Lt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    StartsWith,
    EndsWith,
    Contains,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Bool(bool),
    Null,
    /// A number or a time, as it was written.
    Bare(String),
}
