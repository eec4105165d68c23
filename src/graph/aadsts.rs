//! What Entra's error numbers mean and what to do about them ("Microsoft Entra authentication and authorization error
//! codes"). The numbers are no contract. They only choose a sentence, and an unknown number is shown unchanged.

/// The number and what to do.
const KNOWN: [(&str, &str); 24] = [
    ("AADSTS7000215", "The client secret is wrong: put the secret's value, not its id, into the Secret."),
    (
        "AADSTS7000222",
        "The client secret has expired: make a new one in Entra under App registrations and put it into the Secret.",
    ),
    ("AADSTS7000218", "Entra asks for a secret or a certificate and got none: look into the Secret."),
    (
        "AADSTS700016",
        "The directory does not know the application: check clientId and tenantId, and that the application was consented to in this directory.",
    ),
    (
        "AADSTS7000112",
        "The application is disabled in this directory: enable it in Entra under Enterprise applications.",
    ),
    ("AADSTS7000229", "The application has no service principal in this directory: grant it admin consent there."),
    ("AADSTS90002", "There is no such directory: check spec.tenantId, and spec.cloud if it is in a national cloud."),
    ("AADSTS900382", CLOUD),
    ("AADSTS900432", CLOUD),
    ("AADSTS90051", CLOUD),
    ("AADSTS900023", "tenantId is no directory's id or domain: check it in Entra under Overview."),
    (
        "AADSTS700027",
        "The certificate is not the application's: upload the one in the Secret (its public part, tls.crt) in Entra under App registrations, Certificates & secrets; for workload identity, let the cluster's issuer publish its keys.",
    ),
    (
        "AADSTS700024",
        "The assertion is not within its time: compare the node's clock with the real time, or renew the ServiceAccount's token file.",
    ),
    (
        "AADSTS700023",
        "The assertion was made for another sign-in: check spec.cloud, spec.endpoints.authority and spec.tenantId.",
    ),
    ("AADSTS700021", "The assertion was made for another application: check clientId."),
    (
        "AADSTS50027",
        "The assertion cannot be read by Entra: for workload identity, check that the token file holds a JWT.",
    ),
    ("AADSTS70021", FEDERATION),
    ("AADSTS700213", FEDERATION),
    ("AADSTS700211", FEDERATION),
    ("AADSTS700212", "The ServiceAccount's token is for another audience: project it for api://AzureADTokenExchange."),
    (
        "AADSTS53003",
        "A Conditional Access policy keeps the application out: let an administrator of Entra exclude it, or allow the cluster's addresses (Conditional Access for workload identities).",
    ),
    (
        "AADSTS500011",
        "The directory does not know this Microsoft Graph: check that spec.cloud, and spec.endpoints.graph if given, belong to the directory.",
    ),
    (
        "AADSTS65001",
        "Nobody has consented to the application in this directory: grant admin consent under App registrations.",
    ),
    ("AADSTS700082", "The sign-in of the Azure CLI is too old: run az login again."),
];

const CLOUD: &str = "The directory is in another cloud of Microsoft than the one that was asked: set spec.cloud of the EntraTenant to that of the directory.";

const FEDERATION: &str = "The application has no federated credential for this ServiceAccount: add one with the cluster's issuer, the subject system:serviceaccount:<namespace>:<name> and the audience api://AzureADTokenExchange, each to the letter.";

/// What to do about the error `code`, such as `AADSTS7000215`.
pub(crate) fn way_out(code: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(known, _)| *known == code).map(|(_, sentence)| *sentence)
}

/// The numbers of faults that pass by themselves: Entra's own services are away, slow or asked too often.
const PASSING: [&str; 5] = ["AADSTS90006", "AADSTS90012", "AADSTS90024", "AADSTS90033", "AADSTS90055"];

/// Whether the error `code` passes by itself.
pub(crate) fn passes(code: &str) -> bool {
    PASSING.contains(&code)
}

/// The first `AADSTS` number in a text from Entra.
pub(super) fn code_in(text: &str) -> Option<String> {
    let (_, after) = text.split_once("AADSTS")?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| format!("AADSTS{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_one_sentence() {
        for (at, (code, sentence)) in KNOWN.iter().enumerate() {
            assert_eq!(code_in(code).as_deref(), Some(*code), "a number and nothing else");
            assert!(sentence.ends_with('.') && sentence.contains(": "), "cause and way out: {sentence}");
            assert!(KNOWN[..at].iter().all(|(before, _)| before != code), "{code} twice");
            assert_eq!(way_out(code), Some(*sentence));
        }
        assert_eq!(way_out("AADSTS700"), None, "no number stands for a longer one");
    }

    /// Found by people in national clouds: they were told of a directory that is not there, and not where to say which cloud it is in.
    #[test]
    fn whatever_a_wrong_cloud_says_names_the_field() {
        for code in ["AADSTS90002", "AADSTS900382", "AADSTS900432", "AADSTS90051", "AADSTS700023", "AADSTS500011"] {
            assert!(way_out(code).is_some_and(|way| way.contains("spec.cloud")), "{code}");
            assert!(!passes(code), "{code}");
        }
        assert!(passes("AADSTS90033") && !passes("AADSTS7000215"));
    }

    #[test]
    fn a_number_is_found_in_what_az_prints() {
        let text = "ERROR: AADSTS700082: The refresh token has expired due to inactivity.\nPlease run: az login";
        assert_eq!(code_in(text).as_deref(), Some("AADSTS700082"));
        assert_eq!(code_in("ERROR: Please run 'az login' to setup account."), None);
        assert_eq!(code_in("AADSTS"), None);
    }
}
