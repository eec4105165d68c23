//! What the fuzz targets call of this command: the table and the lists, each by itself.

pub(crate) use super::lists::{Heading, yaml};
pub(crate) use super::table::{GuestRow, read};
