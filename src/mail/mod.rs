//! The operator's own delivery: the texts, the letter made of them, and the one SMTP conversation that hands it over.
//! It knows nothing of Kubernetes nor of Graph, and it never repeats a conversation in which a letter may have been taken.

mod address;
mod clean;
mod draft;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod letter;
mod server;
mod smtp;
mod starttls;
mod talk;
mod template;
mod texts;
mod wire;

pub use address::Sender;
pub use draft::{Draft, Values};
pub use error::{MailError, MailErrorClass, Stage};
pub use letter::{Addressed, Letter, LetterError};
pub use server::{Server, SmtpCredentials, Tls, WrongAuthorities, WrongServer};
pub use smtp::SmtpClient;
pub use talk::Delivered;
pub use template::{LetterTemplate, TemplateError, TemplatePart};
pub use texts::builtin;
