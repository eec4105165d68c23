//! The text in Portuguese, as in Portugal.

use super::text::Text;

pub(super) const TEXT: Text = Text {
    tag: "pt-PT",
    subject: |org| format!("Convite de {org}"),
    reminder: |org| format!("Lembrete: convite de {org}"),
    hello: |name| format!("Olá, {name},"),
    hello_nobody: "Olá,",
    invited: |org, email| {
        format!(
            "Recebeu um convite de {org} para participar na organização na qualidade de convidado. O convite destina-se a {email}."
        )
    },
    reminded: |org, email| {
        format!(
            "Relembramos que recebeu um convite de {org} para participar na organização na qualidade de convidado e que ainda não o aceitou. O convite destina-se a {email}."
        )
    },
    note: "Mensagem que acompanha o convite:",
    accept: "Aceitar o convite",
    open: "Para aceitar o convite, abra esta ligação:",
    copy: "Se o botão não funcionar, copie esta ligação para o seu navegador:",
    first: |email| {
        format!(
            "No primeiro acesso, inicie sessão com {email}. Se este endereço pertencer a uma conta profissional ou escolar (Microsoft Entra) ou a uma conta Microsoft, basta iniciar sessão com ela. Caso contrário, poderá criar uma conta ou receber um código de utilização única por e-mail."
        )
    },
    personal: "A ligação é pessoal: por favor, não a reencaminhe.",
    ignore: |org| {
        format!(
            "Se não conhece {org} ou não esperava este convite, pode ignorar este e-mail. Nada acontece enquanto não aceitar o convite."
        )
    },
};
