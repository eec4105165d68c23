//! The text in Dutch.

use super::text::Text;

pub(super) const TEXT: Text = Text {
    tag: "nl",
    subject: |org| format!("{org} nodigt u uit als gast"),
    reminder: |org| format!("Herinnering: {org} nodigt u uit als gast"),
    hello: |name| format!("Beste {name},"),
    hello_nobody: "Hallo,",
    invited: |org, email| {
        format!(
            "{org} heeft u uitgenodigd om als gast deel te nemen aan de organisatie. De uitnodiging is bestemd voor {email}."
        )
    },
    reminded: |org, email| {
        format!(
            "Dit is een herinnering: {org} heeft u uitgenodigd om als gast deel te nemen aan de organisatie, en u heeft de uitnodiging nog niet geaccepteerd. De uitnodiging is bestemd voor {email}."
        )
    },
    note: "Bericht bij de uitnodiging:",
    accept: "Uitnodiging accepteren",
    open: "Open deze link om de uitnodiging te accepteren:",
    copy: "Werkt de knop niet? Kopieer dan deze link naar uw browser:",
    first: |email| {
        format!(
            "De eerste keer meldt u zich aan met {email}. Hoort bij dit adres een werk- of schoolaccount (Microsoft Entra) of een Microsoft-account, dan meldt u zich daar gewoon mee aan. Zo niet, dan kunt u een account aanmaken of ontvangt u per e-mail een eenmalige code."
        )
    },
    personal: "De link is persoonlijk; stuur hem niet door.",
    ignore: |org| {
        format!(
            "Kent u {org} niet of verwachtte u deze uitnodiging niet? Dan kunt u deze e-mail negeren. Er gebeurt niets zolang u de uitnodiging niet accepteert."
        )
    },
};
