//! Each kind of account, from the mailbox to the end page.

use crate::bench::Bench;
use crate::session::Session;

/// Signs in with a password; the browser is at the consent page then.
async fn sign_in(guest: &Session, email: &str, title: &str) {
    guest.inspect(&format!("sign-in-{}", email.split('@').nth(1).unwrap())).await;
    // The address is filled in already, and the focus is where something is to be typed.
    guest.tab_back_to("#email").await;
    guest.tab_to("#password").await;
    guest.keys("any will do").await;
    assert_eq!(guest.title().await, format!("{title} · Entra simulator"));
    guest.tab_to("button").await;
    guest.enter_to("Review permissions").await;
    guest.inspect("consent").await;
}

async fn accept(bench: &Bench, guest: &Session, email: &str, issuer: &str) {
    assert_eq!(bench.state(email), ("PendingAcceptance".to_owned(), None), "signing in is not consent");
    guest.tab_to("button[value=accept]").await;
    guest.enter_to("You’re signed in").await;
    guest.inspect("end").await;
    assert_eq!(guest.text("#target").await, "https://myapps.microsoft.com/");
    assert_eq!(bench.state(email), ("Accepted".to_owned(), Some(issuer.to_owned())));
}

async fn with_a_password(email: &str, title: &str, issuer: &str) {
    let guest = Session::start().await;
    let bench = Bench::new().await;
    bench.invite("somebody.else@adatum.com").await;
    bench.invite(email).await;
    bench.follow_the_mail(&guest, email, title).await;
    sign_in(&guest, email, title).await;
    accept(&bench, &guest, email, issuer).await;
    assert_eq!(bench.state("somebody.else@adatum.com").0, "PendingAcceptance");
}

#[tokio::test]
async fn an_entra_account() {
    with_a_password("adele@fabrikam.com", "Sign in", "ExternalAzureAD").await;
}

#[tokio::test]
async fn a_microsoft_account() {
    with_a_password("lee@outlook.com", "Sign in to your Microsoft account", "MicrosoftAccount").await;
}

#[tokio::test]
async fn a_google_account() {
    with_a_password("maya@gmail.com", "Sign in with Google", "google.com").await;
}

#[tokio::test]
async fn a_passcode_from_the_mailbox_in_another_tab() {
    let guest = Session::start().await;
    let (bench, email) = (Bench::new().await, "sam@northwind.example");
    bench.invite(email).await;
    bench.follow_the_mail(&guest, email, "Sign in").await;
    guest.inspect("send-code").await;
    guest.tab_to("button").await;
    guest.enter_to("Enter code").await;
    guest.inspect("passcode").await;

    guest.tab_to("#code").await;
    guest.keys("not it").await;
    guest.enter_to("Error: Enter code").await;
    guest.inspect_answer("passcode-wrong", 422).await;

    guest.tab_to("#look").await;
    guest.enter().await;
    let windows = guest.windows(2).await;
    guest.switch_to(&windows[1]).await;
    guest.wait_for_page(&format!("Mail for {email}")).await;
    // The log of requests begins only now that the tab is known.
    guest.reload().await;
    guest.inspect("mailbox-with-passcode").await;
    guest.tab_to("a.what").await;
    guest.enter_to("Your Contoso account verification code").await;
    guest.inspect("passcode-mail").await;
    let code = guest.text("#code").await;
    guest.switch_to(&windows[0]).await;

    guest.tab_back_to("#code").await;
    guest.keys(&code).await;
    guest.enter_to("Review permissions").await;
    guest.inspect("consent").await;
    accept(&bench, &guest, email, "mail").await;
}

#[tokio::test]
async fn a_guest_who_cancels_stays_pending_and_may_think_again() {
    let guest = Session::start().await;
    let (bench, email) = (Bench::new().await, "adele@fabrikam.com");
    bench.invite(email).await;
    bench.follow_the_mail(&guest, email, "Sign in").await;
    sign_in(&guest, email, "Sign in").await;
    guest.tab_to("button[value=cancel]").await;
    guest.enter_to("Not accepted").await;
    guest.inspect("cancelled").await;
    assert_eq!(bench.state(email), ("PendingAcceptance".to_owned(), None));

    guest.tab_to("main a").await;
    guest.enter_to("Review permissions").await;
    accept(&bench, &guest, email, "ExternalAzureAD").await;
}
