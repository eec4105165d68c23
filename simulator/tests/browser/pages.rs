//! The pages beside the straight way: nothing there yet, nothing found, a wrong entry, a dead link.

use entra_simulator::Fallback;

use crate::bench::Bench;
use crate::session::Session;

#[tokio::test]
async fn an_empty_mailbox_says_what_to_type() {
    let guest = Session::start().await;
    let bench = Bench::new().await;
    guest.open(&bench.page("/")).await;
    guest.wait_for_page("Inbox").await;
    guest.inspect("empty").await;
    guest.inspect_walk().await;
    assert_eq!(guest.text("code").await, "kubectl apply -f examples/guests/");

    bench.invite("adele@fabrikam.com").await;
    guest.tab_to("main a.button").await;
    guest.enter().await;
    guest.wait_for("a.what").await;
    guest.inspect("one").await;
    assert!(guest.text("a.what").await.contains("adele@fabrikam.com"));
    guest.open(&bench.page("mailbox?to=nobody")).await;
    guest.inspect("nothing-found").await;
}

#[tokio::test]
async fn a_full_mailbox_can_be_walked_through_and_the_skip_link_skips() {
    let guest = Session::start().await;
    let bench = Bench::new().await;
    let long =
        "a.person.with.a.very.long.name.in.a.very.long.department.of.them@a-very-long-domain-name-of-a-company.example";
    for email in ["adele@fabrikam.com", "lee@outlook.com", "maya@gmail.com", "sam@northwind.example", long] {
        bench.invite(email).await;
    }
    guest.open(&bench.page("mailbox")).await;
    guest.inspect("full").await;
    guest.inspect_walk().await;

    guest.open(&bench.page("mailbox")).await;
    guest.tab_to("a.skip").await;
    guest.enter().await;
    guest.tab().await;
    assert!(guest.is_at("main #to").await, "the first stop of the content");
    guest.tab_to("a.what").await;
    assert!(guest.text("a.what").await.contains(long), "newest first");
    guest.enter_to("Contoso invited you to collaborate with contoso.onmicrosoft.com").await;
    guest.inspect("long-mail").await;
}

#[tokio::test]
async fn a_wrong_entry_is_complained_of_beside_its_field() {
    let guest = Session::start().await;
    let bench = Bench::new().await;
    bench.sim.update_settings(|settings| settings.accounts.fallback = Fallback::MicrosoftAccount);
    bench.invite("lee@little.example").await;
    bench.follow_the_mail(&guest, "lee@little.example", "Create a Microsoft account").await;
    guest.inspect("create-account").await;
    guest.tab_back_to("#email").await;
    guest.keys("else@where.org").await;
    guest.tab_to("#password").await;
    guest.keys("new").await;
    guest.enter_to("Error: Create a Microsoft account").await;
    guest.inspect_answer("other-address", 422).await;
    let described = "return document.activeElement.getAttribute('aria-describedby')";
    assert_eq!(guest.script(described, serde_json::json!([])).await, "complaint", "the focus is on what is wrong");
    guest.inspect_walk().await;
}

#[tokio::test]
async fn dead_ends_are_pages_too() {
    let guest = Session::start().await;
    let bench = Bench::new().await;
    guest.open(&bench.page("mailbox/999")).await;
    guest.inspect_answer("no-such-mail", 404).await;
    guest.open(&bench.page("redeem?rd=nonsense")).await;
    guest.inspect_answer("dead-link", 404).await;

    // That nothing runs is not left to the template alone.
    let answer = bench.client.get(bench.page("mailbox")).send().await.unwrap();
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
}
