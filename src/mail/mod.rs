//! The operator's own delivery: the texts, the letter made of them, and the one SMTP conversation that hands it over.
//! It knows nothing of Kubernetes nor of Graph, and it never repeats a conversation in which a letter may have been taken.

mod clean;
mod draft;
mod template;
mod texts;

pub use draft::{Draft, Values};
pub use template::{Part, Template, TemplateError};
pub use texts::builtin;
