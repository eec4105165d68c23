//! The handle by its subjects: what tests and the demo do with groups and with the mail server.

mod apps;
mod groups;
mod smtp;
