//! The part of the handle that is about the mail server and what it took.

use std::net::SocketAddr;

use crate::{Error, MailEntry, MailKind, Simulator};

impl Simulator {
    /// Where plain SMTP with STARTTLS is spoken, if it is.
    pub fn smtp_address(&self) -> Option<SocketAddr> {
        self.smtp.iter().find(|listening| !listening.implicit).map(|listening| listening.address)
    }

    /// Where SMTP inside TLS is spoken, if it is.
    pub fn smtps_address(&self) -> Option<SocketAddr> {
        self.smtp.iter().find(|listening| listening.implicit).map(|listening| listening.address)
    }

    /// The mails to an address (not the copies) that came by SMTP, in order.
    pub fn own_mails(&self, address: &str) -> Vec<MailEntry> {
        self.mails(address).into_iter().filter(|mail| mail.kind == MailKind::Own).collect()
    }

    /// Stops listening for SMTP and closes every such connection: "connection refused".
    pub async fn pause_smtp(&self) {
        for listening in &self.smtp {
            listening.pause().await;
        }
    }

    /// Listens for SMTP again on the same ports.
    pub async fn resume_smtp(&self) -> Result<(), Error> {
        for listening in &self.smtp {
            listening.resume(&self.state).await?;
        }
        Ok(())
    }
}
