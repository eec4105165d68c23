//! A real etcd and kube-apiserver (no kubelet), the Entra simulator and the operator, started together.
//! The end-to-end tests and `make demo` stand on it; everything listens on loopback and ends with the process that started it.

pub mod binaries;
pub mod chart;
pub mod children;
pub mod control_plane;
pub mod demo;
mod error;
mod folder;
pub mod interposer;
pub mod openapi;
pub mod operator;
pub mod pki;
pub mod stories;
pub mod workspace;
pub mod world;

pub use binaries::Binaries;
pub use control_plane::{Asked, ControlPlane, Definitions, Grant, PlaneConfig, Pooled, ServiceAccount};
pub use error::{Error, Result};
pub use folder::Folder;
pub use interposer::{Effect, Effects, Interposer, Moment};
pub use operator::{Operator, OperatorConfig, find_operator};
pub use world::{Ref, TenantManifest, World, WorldConfig};

/// Chooses aws-lc-rs as the TLS provider of this process. May be called any number of times.
pub fn install_crypto() {
    // An error means that a provider is installed already, which is what is wanted.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
