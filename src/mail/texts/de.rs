//! The text in German.

use super::text::Text;

pub(super) const TEXT: Text = Text {
    tag: "de",
    subject: |org| format!("{org} lädt Sie als Gast ein"),
    reminder: |org| format!("Erinnerung: {org} lädt Sie als Gast ein"),
    hello: |name| format!("Guten Tag {name},"),
    hello_nobody: "Guten Tag,",
    invited: |org, email| {
        format!("{org} hat Sie eingeladen, der Organisation als Gast beizutreten. Die Einladung gilt für {email}.")
    },
    reminded: |org, email| {
        format!(
            "Wir möchten Sie daran erinnern: {org} hat Sie eingeladen, der Organisation als Gast beizutreten, und Sie haben die Einladung noch nicht angenommen. Sie gilt für {email}."
        )
    },
    note: "Nachricht zur Einladung:",
    accept: "Einladung annehmen",
    open: "Öffnen Sie diesen Link, um die Einladung anzunehmen:",
    copy: "Falls die Schaltfläche nicht funktioniert, kopieren Sie diesen Link in Ihren Browser:",
    first: |email| {
        format!(
            "Melden Sie sich beim ersten Mal mit {email} an. Gehört zu dieser Adresse ein Geschäfts-, Schul- oder Unikonto (Microsoft Entra) oder ein Microsoft-Konto, melden Sie sich einfach damit an. Andernfalls können Sie ein Konto erstellen oder erhalten einen Einmalcode per E-Mail."
        )
    },
    personal: "Der Link ist nur für Sie bestimmt. Bitte leiten Sie ihn nicht weiter.",
    ignore: |org| {
        format!(
            "Wenn Sie {org} nicht kennen oder diese Einladung nicht erwartet haben, können Sie diese E-Mail ignorieren. Solange Sie die Einladung nicht annehmen, geschieht nichts."
        )
    },
};
