//! End to end: the shipped binary on a real etcd and kube-apiserver, against the simulator. The cluster and the journal are
//! the witnesses: each story counts mails, calls and writes, not only end states.

mod bad_input;
mod common;
mod crash;
mod followed;
mod identity;
mod outages;
mod rivals;
mod settled;
mod thousand;
