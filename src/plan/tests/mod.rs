//! The proofs of the decision: the explorer enumerates every interleaving of faults, the mutations show that it would notice.

mod explorer;
mod moves;
mod mutations;
mod print;
mod process;
mod settles;
mod world;
