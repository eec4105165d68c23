//! The tenants and their connections.

mod connection;
mod declared;
mod directories;
mod mailer;
mod registry;
mod selector;
mod sweeps;
mod trouble;
mod troubles;

pub use connection::Connection;
pub use declared::{DeclaredTenants, TenantChange};
pub use directories::Directories;
pub use mailer::Mailer;
pub use registry::{TenantState, Tenants};
pub use selector::{TenantSelector, WrongSelector};
pub use sweeps::Sweeps;
pub use trouble::TenantTrouble;
