//! The model's clock: whole ticks.

use std::time::Duration;

use jiff::Timestamp;

use crate::plan::Timing;

/// One tick. The spans keep the relation of the real ones: settling > freshness + timeout.
pub const TICK: Duration = Duration::from_secs(60);
/// How long a request may be under way.
pub const TIMEOUT: u8 = 1;
/// How long the directory hides a user at most whom somebody is to off-board.
pub const LAG: u8 = 2;
pub const TIMING: Timing = Timing {
    freshness: TICK,
    request_timeout: Duration::from_secs(TICK.as_secs() * TIMEOUT as u64),
    settling: Duration::from_secs(TICK.as_secs() * 3),
};

const START: i64 = 1_000_000;

pub fn at(tick: u8) -> Timestamp {
    Timestamp::from_second(START + i64::from(tick) * TICK.as_secs() as i64).unwrap()
}

/// The tick that a time of the model is.
pub fn tick(at: Timestamp) -> u8 {
    u8::try_from((at.as_second() - START) / TICK.as_secs() as i64).unwrap()
}
