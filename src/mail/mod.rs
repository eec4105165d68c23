//! The operator's own mail delivery: the texts, the letters made from them, and the SMTP session that sends a letter.
//! It does not depend on Kubernetes or Graph. It never repeats a session in which the server may have taken a letter.

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
