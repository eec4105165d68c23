//! The text in Spanish.

use super::text::Text;

pub(super) const TEXT: Text = Text {
    tag: "es",
    subject: |org| format!("{org} le invita a unirse a su organización"),
    reminder: |org| format!("Recordatorio: {org} le invita a unirse a su organización"),
    hello: |name| format!("Hola, {name}:"),
    hello_nobody: "Hola:",
    invited: |org, email| {
        format!("{org} le invita a unirse a su organización como persona invitada. Esta invitación es para {email}.")
    },
    reminded: |org, email| {
        format!(
            "Le recordamos que {org} le ha invitado a unirse a su organización como persona invitada y que todavía no ha aceptado la invitación. Esta invitación es para {email}."
        )
    },
    note: "Mensaje que acompaña a la invitación:",
    accept: "Aceptar la invitación",
    open: "Para aceptar la invitación, abra este enlace:",
    copy: "Si el botón no funciona, copie este enlace en su navegador:",
    first: |email| {
        format!(
            "La primera vez, inicie sesión con {email}. Si esta dirección pertenece a una cuenta profesional o educativa (Microsoft Entra) o a una cuenta Microsoft, basta con iniciar sesión con ella. Si no, podrá crear una cuenta o recibir un código de un solo uso por correo electrónico."
        )
    },
    personal: "El enlace es personal: por favor, no lo reenvíe.",
    ignore: |org| {
        format!(
            "Si no conoce a {org} o no esperaba esta invitación, puede ignorar este correo. No ocurrirá nada mientras no acepte la invitación."
        )
    },
};
