//! From `spec.credentials` to a proof.

use jiff::Timestamp;

use super::secrets::{Secrets, read};
use crate::api::{ClientCertificate, ClientSecret, CredentialKind, Credentials, Reason};
use crate::graph::{Certificate, Proof};
use crate::store::TenantTrouble;

/// What the operator signs in with.
///
/// # Errors
/// What is wrong with the Secret, and how to put it right.
pub async fn proof(secrets: Secrets<'_>, credentials: &Credentials) -> Result<Proof, TenantTrouble> {
    match credentials.kind() {
        Some(CredentialKind::WorkloadIdentity(identity)) => {
            Ok(Proof::WorkloadIdentity { client_id: identity.client_id.clone(), token_file: None })
        }
        Some(CredentialKind::ManagedIdentity(identity)) => {
            Ok(Proof::ManagedIdentity { client_id: identity.client_id.clone() })
        }
        Some(CredentialKind::ClientSecret(wanted)) => client_secret(secrets, wanted).await,
        Some(CredentialKind::ClientCertificate(wanted)) => client_certificate(secrets, wanted).await,
        Some(CredentialKind::AzureCli) => Ok(Proof::AzureCli),
        None => Err(TenantTrouble::before_sign_in(
            Reason::NoCredentials,
            "Give spec.credentials exactly one kind: workloadIdentity, managedIdentity, clientSecret, clientCertificate or azureCli.",
        )),
    }
}

async fn client_secret(secrets: Secrets<'_>, wanted: &ClientSecret) -> Result<Proof, TenantTrouble> {
    let (name, key) = (&wanted.secret_ref.name, &wanted.secret_ref.key);
    let found =
        read(secrets, name, &format!("generic {name} --from-literal={key}=<the client secret's value>")).await?;
    let bytes = found.value(key, "clientSecret.secretRef.key")?;
    let text = String::from_utf8(bytes).map_err(|_| {
        TenantTrouble::before_sign_in(
            Reason::SecretUnreadable,
            format!("The key {key:?} of the {} is no text.", found.named),
        )
    })?;
    match text.trim() {
        "" => Err(TenantTrouble::before_sign_in(
            Reason::SecretKeyMissing,
            format!("The key {key:?} of the {} is empty: put the client secret's value there.", found.named),
        )),
        secret => Ok(Proof::ClientSecret { client_id: wanted.client_id.clone(), secret: secret.to_owned() }),
    }
}

async fn client_certificate(secrets: Secrets<'_>, wanted: &ClientCertificate) -> Result<Proof, TenantTrouble> {
    let name = &wanted.secret_ref.name;
    let (kind, keys) = match &wanted.secret_ref.key {
        Some(key) => (format!("generic {name} --from-file={key}=<a PEM file with both>"), [key.as_str(); 2]),
        None => (format!("tls {name} --cert=<a PEM file> --key=<a PEM file>"), ["tls.crt", "tls.key"]),
    };
    let found = read(secrets, name, &kind).await?;
    let field = "clientCertificate.secretRef.key";
    let (certificate, key) = (found.value(keys[0], field)?, found.value(keys[1], field)?);
    let certificate = Certificate::read(&certificate, &key).map_err(|error| {
        TenantTrouble::before_sign_in(Reason::CertificateUnusable, format!("The {}: {error}.", found.named))
    })?;
    let now = Timestamp::now();
    let renew = "Make a new one, upload its public part in Entra under App registrations, Certificates & secrets, and put both parts into the Secret.";
    if certificate.not_after <= now {
        let message = format!("The certificate in the {} expired at {}. {renew}", found.named, certificate.not_after);
        return Err(TenantTrouble::before_sign_in(Reason::CertificateExpired, message));
    }
    if certificate.not_before > now {
        let message = format!(
            "The certificate in the {} is not valid before {}: compare the node's clock with the real time, or wait.",
            found.named, certificate.not_before
        );
        return Err(TenantTrouble::before_sign_in(Reason::CertificateNotYetValid, message));
    }
    Ok(Proof::ClientCertificate { client_id: wanted.client_id.clone(), certificate })
}

/// Tells one proof from another without keeping the secret in one more place.
pub fn digest(proof: &Proof) -> String {
    match proof {
        Proof::ClientSecret { client_id, secret } => format!("secret {client_id} {:x}", hashed(secret)),
        Proof::ClientCertificate { client_id, certificate } => {
            format!("certificate {client_id} {}", certificate.thumbprint())
        }
        Proof::WorkloadIdentity { client_id, token_file } => format!("workload {client_id:?} {token_file:?}"),
        Proof::ManagedIdentity { client_id } => format!("managed {client_id:?}"),
        Proof::AzureCli => "az".into(),
    }
}

/// A number for a text that must not be kept.
pub fn hashed(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
