//! The parts of this command that the fuzz targets call: the table and the lists.

pub(crate) use super::lists::{Heading, yaml};
pub(crate) use super::table::{GuestRow, read};
