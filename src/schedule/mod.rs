//! When a request may leave: one scheduler per directory, in Microsoft Graph's own units. It knows what a request costs, what the directory's
//! quota leaves, whose turn it is, how fast invitations leave, and until when Graph has asked to wait. It makes no call itself.

mod cost;
mod in_common;
mod quota;
mod retry_after_gate;
mod scheduler;
mod send_pace;
mod send_pacer;
mod turns;
mod window;

pub use cost::{Cost, Resource};
pub use in_common::InCommon;
pub use quota::Bill;
pub use retry_after_gate::RetryAfterGate;
pub use scheduler::{Admission, Scheduler, Urgency};
pub use send_pacer::SendPacer;
pub use turns::{QueueTurn, Turns};
