//! Whether a request proves to come from the app: by secret, by certificate, or by another issuer's token.
//! An assertion whose issuer is the app itself is certificate-signed; any other is a federated token.

use jiff::Timestamp;

use super::assertion::Assertion;
use super::errors::SignInError;
use super::form::Form;
use super::keys;
use crate::config::AppConfig;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// `issuers` are the authority and tenant, by each name, that an assertion may be made for.
pub(super) fn check(app: &AppConfig, form: &Form, issuers: &[String], now: Timestamp) -> Result<(), SignInError> {
    if let Some(assertion) = form.get("client_assertion") {
        let kind = form.need("client_assertion_type")?;
        if kind != JWT_BEARER {
            return Err(SignInError::assertion_type(kind));
        }
        let assertion = Assertion::read(assertion).ok_or_else(SignInError::malformed_assertion)?;
        return if assertion.issuer.eq_ignore_ascii_case(&app.client_id) {
            by_certificate(app, &assertion, issuers, now)
        } else {
            by_federation(app, &assertion, now)
        };
    }
    let secret = form.get("client_secret").ok_or_else(SignInError::no_credential)?;
    let known = app.secrets.iter().find(|known| known.value == secret);
    let known = known.ok_or_else(|| SignInError::wrong_secret(&app.client_id))?;
    if known.expires.is_some_and(|expires| expires <= now) {
        return Err(SignInError::expired_secret(&app.client_id));
    }
    Ok(())
}

fn by_certificate(
    app: &AppConfig,
    assertion: &Assertion<'_>,
    issuers: &[String],
    now: Timestamp,
) -> Result<(), SignInError> {
    if !assertion.complete {
        return Err(SignInError::malformed_assertion());
    }
    if !assertion.subject.eq_ignore_ascii_case(&app.client_id) {
        return Err(SignInError::assertion_subject());
    }
    let ends = ["/oauth2/v2.0/token", "/oauth2/token", "/v2.0"];
    let meant =
        |audience: &String| issuers.iter().any(|issuer| ends.iter().any(|end| *audience == format!("{issuer}{end}")));
    if !assertion.audiences.iter().any(meant) {
        return Err(SignInError::assertion_audience());
    }
    if !assertion.valid_at(now) {
        return Err(SignInError::assertion_time());
    }
    if !matches!(assertion.algorithm.as_str(), "RS256" | "PS256") {
        return Err(SignInError::signature("The algorithm is not supported."));
    }
    if app.certificates.is_empty() && app.accept_unregistered_certificates {
        return Ok(());
    }
    keys::signed_by_certificate(assertion, &app.certificates, now).map_err(SignInError::signature)
}

fn by_federation(app: &AppConfig, assertion: &Assertion<'_>, now: Timestamp) -> Result<(), SignInError> {
    let audience = assertion.audiences.join(", ");
    let of_issuer: Vec<_> = app
        .federated
        .iter()
        .filter(|known| known.issuer == assertion.issuer)
        .filter(|known| known.audiences.iter().any(|audience| assertion.audiences.contains(audience)))
        .collect();
    if of_issuer.is_empty() {
        return Err(SignInError::no_federation(&assertion.issuer, &assertion.subject, &audience));
    }
    // Subjects are compared to the letter.
    let known = of_issuer.into_iter().find(|known| known.subject == assertion.subject);
    let known = known.ok_or_else(|| SignInError::no_federated_subject(&assertion.subject))?;
    if !assertion.valid_at(now) {
        return Err(SignInError::assertion_time());
    }
    match &known.jwks {
        Some(jwks) => keys::signed_by_jwks(assertion, jwks).map_err(SignInError::signature),
        None => Ok(()),
    }
}
