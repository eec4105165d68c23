//! Guestlist: guests of a Microsoft Entra tenant, declared in Kubernetes.
//! A resource goes one way: watch -> observe -> plan -> act -> report -> status. A room may import only rooms that stand earlier in
//! the order of docs/architecture.md; `tools/rooms.py` checks it.

#![warn(clippy::missing_errors_doc)]

pub mod packed;

pub mod api;
pub mod policy;

pub mod plan;

pub mod schedule;

pub mod graph;

pub mod directory;

pub mod mail;

pub mod telemetry;

pub mod store;

pub mod controller;

pub mod cli;

#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
