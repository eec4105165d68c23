//! Private items of this module that the fuzz targets call.

pub(crate) use super::aadsts::{passes, way_out};
pub(crate) use super::retry_after::{http_date, parse as seconds_to_wait};
pub(crate) use super::token::answered as sign_in_answered;
pub(crate) use super::validity::validity;
