//! The text in Portuguese, as in Brazil.

use super::text::Text;

pub(super) const TEXT: Text = Text {
    tag: "pt",
    subject: |org| format!("{org} convidou você para participar da organização"),
    reminder: |org| format!("Lembrete: {org} convidou você para participar da organização"),
    hello: |name| format!("Olá, {name}!"),
    hello_nobody: "Olá!",
    invited: |org, email| {
        format!("{org} convidou você para participar da organização como convidado. O convite é para {email}.")
    },
    reminded: |org, email| {
        format!(
            "Este é um lembrete: {org} convidou você para participar da organização como convidado, e você ainda não aceitou. O convite é para {email}."
        )
    },
    note: "Mensagem que acompanha o convite:",
    accept: "Aceitar o convite",
    open: "Para aceitar o convite, abra este link:",
    copy: "Se o botão não funcionar, copie este link para o seu navegador:",
    first: |email| {
        format!(
            "No primeiro acesso, entre com {email}. Se este endereço pertencer a uma conta corporativa ou de estudante (Microsoft Entra) ou a uma conta da Microsoft, basta entrar com ela. Caso contrário, você poderá criar uma conta ou receber um código de uso único por e-mail."
        )
    },
    personal: "O link é pessoal: por favor, não o encaminhe.",
    ignore: |org| {
        format!(
            "Se você não conhece {org} ou não esperava este convite, pode ignorar este e-mail. Nada acontece enquanto você não aceitar o convite."
        )
    },
};
