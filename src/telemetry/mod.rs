//! Logs and probes. No secret and no redeem link ever reaches a log, because errors are built without the bodies that
//! hold them.

mod cause;
mod logs;
mod probes;

pub use cause::Cause;
pub use logs::{LogFormat, init as init_logs};
pub use probes::{Readiness, serve};
