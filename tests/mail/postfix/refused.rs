//! What a real server refuses, and what each refusal means for the next try.

use guestlist::mail::{MailErrorClass, Server, SmtpCredentials, Stage, Tls};

use crate::{
    letters::{fresh, letter, not_sent, smtp},
    postfix::{Postfix, greylist},
    proxy::{self, Cut},
};

#[tokio::test]
async fn a_wrong_password_is_told_apart_and_nothing_is_sent() {
    let postfix = Postfix::start("").await;
    let credentials = Some(SmtpCredentials { username: "operator".into(), password: "sesame".into() });
    for server in [postfix.submission(), postfix.submissions()] {
        let smtp = smtp(Server { credentials: credentials.clone(), ..server.clone() });
        let error = smtp.send(&letter("a", None), fresh()).await.unwrap_err();
        assert_eq!(not_sent(&error), (MailErrorClass::Auth, Stage::SignIn, Some(535)), "{error}");
        let checked = smtp.check().await.unwrap_err();
        assert_eq!((not_sent(&checked), checked.to_string()), (not_sent(&error), error.to_string()));
        // Without credentials the server says so itself, at the first recipient.
        let smtp = crate::letters::smtp(Server { credentials: None, ..server });
        let error = smtp.send(&letter("a", None), fresh()).await.unwrap_err();
        assert_eq!(not_sent(&error).1, Stage::Recipient, "{error}");
    }
    postfix.letters(0).await;
}

#[tokio::test]
async fn a_server_that_cannot_prove_its_name_gets_nothing() {
    let postfix = Postfix::start("").await;
    for server in [postfix.submission(), postfix.submissions()] {
        let nobody_knows_its_authority = Server { ca_bundle: None, ..server.clone() };
        let port = proxy::start((server.host.clone(), server.port), Cut::AfterDot).await;
        let goes_by_another_name = Server { host: "localhost".into(), port, ..server };
        for server in [nobody_knows_its_authority, goes_by_another_name] {
            let error = smtp(server).send(&letter("a", None), fresh()).await.unwrap_err();
            assert_eq!(not_sent(&error), (MailErrorClass::Config, Stage::Tls, None), "{error}");
            assert!(error.to_string().contains("the certificate must name this host"), "{error}");
        }
    }
    // The wrong way to TLS for the port.
    let swapped = smtp(Server { tls: Tls::Tls, ..postfix.submission() });
    let error = swapped.send(&letter("a", None), fresh()).await.unwrap_err();
    assert_eq!(not_sent(&error), (MailErrorClass::Config, Stage::Tls, None), "{error}");
    assert!(error.to_string().contains("tls: StartTls"), "{error}");
    postfix.letters(0).await;
}

#[tokio::test]
async fn a_greylist_is_passed_at_the_next_try() {
    let greylist = greylist::start().await;
    let postfix = Postfix::start(&format!(
        "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:{greylist}, permit_mynetworks, reject"
    ))
    .await;
    let smtp = smtp(postfix.relay());
    let error = smtp.send(&letter("a", None), fresh()).await.unwrap_err();
    assert_eq!(not_sent(&error), (MailErrorClass::Transient, Stage::Recipient, Some(450)), "{error}");
    assert!(error.to_string().contains("Greylisted"), "{error}");
    postfix.letters(0).await;
    smtp.send(&letter("a", None), fresh()).await.unwrap();
    postfix.letters(1).await;
}

#[tokio::test]
async fn a_put_off_after_the_letter_is_an_answer_too() {
    let greylist = greylist::start().await;
    let postfix =
        Postfix::start(&format!("smtpd_end_of_data_restrictions = check_policy_service inet:127.0.0.1:{greylist}"))
            .await;
    let smtp = smtp(postfix.relay());
    let error = smtp.send(&letter("a", None), fresh()).await.unwrap_err();
    assert_eq!(not_sent(&error), (MailErrorClass::Transient, Stage::Content, Some(450)), "{error}");
    postfix.letters(0).await;
    smtp.send(&letter("a", None), fresh()).await.unwrap();
    postfix.letters(1).await;
}

#[tokio::test]
async fn a_recipient_that_does_not_exist_is_refused_for_good_and_keeps_the_letter_from_all() {
    let postfix = Postfix::start("").await;
    let letter = letter("a", Some("nobody@fabrikam.example"));
    let error = smtp(postfix.relay()).send(&letter, fresh()).await.unwrap_err();
    assert_eq!(not_sent(&error), (MailErrorClass::Terminal, Stage::Recipient, Some(550)), "{error}");
    assert!(error.to_string().contains("nobody@fabrikam.example: 550 5.1.1"), "{error}");
    postfix.letters(0).await;
}

#[tokio::test]
async fn a_letter_that_a_filter_refuses_is_refused_for_good() {
    let postfix =
        Postfix::start("smtpd_end_of_data_restrictions = check_client_access static:{554 5.7.1 looks like spam}").await;
    let error = smtp(postfix.relay()).send(&letter("a", None), fresh()).await.unwrap_err();
    assert_eq!(not_sent(&error), (MailErrorClass::Terminal, Stage::Content, Some(554)), "{error}");
    postfix.letters(0).await;
}
