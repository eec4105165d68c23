//! The handle by its subjects: what tests and the demo do with groups and with the mail server.

mod groups;
mod smtp;
