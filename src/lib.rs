//! Guestlist: guests of a Microsoft Entra tenant, declared in Kubernetes.
//! One way through the house: watch -> observe -> plan -> act -> report -> status; a room uses only the rooms above it.

pub mod api;
pub mod policy;

pub mod plan;

pub mod graph;

pub mod directory;

pub mod mail;

pub mod telemetry;

pub mod controller;

pub mod cli;

#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
