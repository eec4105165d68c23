//! The text in French.

use super::text::Text;

pub(super) const TEXT: Text = Text {
    tag: "fr",
    subject: |org| format!("{org} vous invite à rejoindre son organisation"),
    reminder: |org| format!("Rappel\u{a0}: {org} vous invite à rejoindre son organisation"),
    hello: |name| format!("Bonjour {name},"),
    hello_nobody: "Bonjour,",
    invited: |org, email| {
        format!(
            "{org} vous invite à rejoindre son organisation en qualité d’invité. Cette invitation est destinée à {email}."
        )
    },
    reminded: |org, email| {
        format!(
            "Nous vous rappelons que {org} vous a invité à rejoindre son organisation en qualité d’invité et que vous n’avez pas encore accepté. Cette invitation est destinée à {email}."
        )
    },
    note: "Message joint à l’invitation\u{a0}:",
    accept: "Accepter l’invitation",
    open: "Pour accepter l’invitation, ouvrez ce lien\u{a0}:",
    copy: "Si le bouton ne fonctionne pas, copiez ce lien dans votre navigateur\u{a0}:",
    first: |email| {
        format!(
            "La première fois, connectez-vous avec {email}. Si cette adresse correspond à un compte professionnel ou scolaire (Microsoft Entra) ou à un compte Microsoft, il suffit de vous connecter avec ce compte. Sinon, vous pourrez créer un compte ou recevoir un code à usage unique par e-mail."
        )
    },
    personal: "Ce lien est personnel\u{a0}: merci de ne pas le transférer.",
    ignore: |org| {
        format!(
            "Si vous ne connaissez pas {org} ou si vous n’attendiez pas cette invitation, vous pouvez ignorer cet e-mail. Rien ne se passe tant que vous n’acceptez pas l’invitation."
        )
    },
};
