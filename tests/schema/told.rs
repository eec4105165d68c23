//! What people write out of habit is refused with the cause and the way out.

use serde_json::{Value, json};

use crate::requests::{alone, ask, object, path};

fn tenant(more: Value) -> Value {
    let mut spec = json!({
        "tenantId": "00000000-0000-0000-0000-000000000001",
        "credentials": {"workloadIdentity": {}},
        "access": [{}],
    });
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    spec
}

/// Kind, spec, the field and the sentence.
fn rows() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let guest = |field: &str, value: Value| {
        let mut spec = json!({"email": "bob@example.com"});
        spec[field] = value;
        spec
    };
    let day = "a day has no end: give the time and its zone too, such as 2027-06-30T18:00:00Z";
    let span = "a duration has no unit for days: write hours, such as 720h for 30 days";
    let country = "usageLocation is a country by its two letters, such as NL for the Netherlands";
    vec![
        ("GuestInvitation", guest("accessUntil", json!("2027-06-30")), "spec.accessUntil", day),
        (
            "GuestInvitation",
            guest("accessUntil", json!("2027-06-30T18:00:00")),
            "spec.accessUntil",
            "accessUntil is a time with its zone",
        ),
        (
            "GuestInvitation",
            guest("accessUntil", json!("2027-02-29T18:00:00Z")),
            "spec.accessUntil",
            "a day that there is not",
        ),
        ("GuestInvitation", guest("expiresAfter", json!("30d")), "spec.expiresAfter", span),
        (
            "GuestInvitation",
            guest("expiresAfter", json!("a month")),
            "spec.expiresAfter",
            "a duration is written like 90s, 5m or 720h; its units are ms, s, m and h",
        ),
        ("GuestInvitation", guest("expiresAfter", json!("0s")), "spec.expiresAfter", "longer than nothing"),
        ("GuestInvitation", guest("reminders", json!({"after": "30d"})), "spec.reminders.after", span),
        ("GuestInvitation", guest("reminders", json!({"after": "5s"})), "spec.reminders.after", "at least 1m"),
        (
            "GuestInvitation",
            guest("profile", json!({"usageLocation": "Netherlands"})),
            "spec.profile.usageLocation",
            country,
        ),
        (
            "GuestInvitation",
            guest("redeemUrlSecretRef", json!({"name": "Adele_Link"})),
            "spec.redeemUrlSecretRef.name",
            "the name of a Secret has small letters",
        ),
        (
            "GuestList",
            json!({"guests": [guest("accessUntil", json!("2027-06-30"))]}),
            "spec.guests[0].accessUntil",
            day,
        ),
        ("GuestList", json!({"guests": [guest("expiresAfter", json!("30d"))]}), "spec.guests[0].expiresAfter", span),
        (
            "GuestList",
            json!({"guests": [guest("reminders", json!({"after": "30d"}))]}),
            "spec.guests[0].reminders.after",
            span,
        ),
        (
            "GuestList",
            json!({"guests": [guest("profile", json!({"usageLocation": "Netherlands"}))]}),
            "spec.guests[0].profile.usageLocation",
            country,
        ),
        ("GuestList", json!({"template": {"expiresAfter": "30d"}, "guests": []}), "spec.template.expiresAfter", span),
        (
            "EntraTenant",
            tenant(json!({"tenantId": "contoso.onmicrosoft.com"})),
            "spec.tenantId",
            "tenantId is the directory's id, such as",
        ),
        (
            "EntraTenant",
            tenant(json!({"access": [{"require": {"expiresAfter": {"within": "30d"}}}]})),
            "spec.access[0].require.expiresAfter.within",
            span,
        ),
        ("EntraTenant", tenant(json!({"sweep": {"every": "1d"}})), "spec.sweep.every", span),
        (
            "EntraTenant",
            tenant(json!({"pacing": {"perGuest": {"interval": "1d"}}})),
            "spec.pacing.perGuest.interval",
            span,
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_out_of_habit_is_answered_by_a_sentence() {
    let world = alone().await;
    for (kind, spec, field, sentence) in rows() {
        let uri = format!("{}?dryRun=All&fieldManager=somebody&fieldValidation=Strict", path(kind));
        let answer = ask(&world, "POST", &uri, "application/json", &object(kind, "told", spec.clone())).await;
        let said = answer.said();
        assert_eq!(answer.code, 422, "{spec}: {said}");
        assert!(said.contains(&format!("{field}: ")) && said.contains(sentence), "{spec}: {said}");
        for no_sentence in ["should match", "no such overload", "rule error", "in body"] {
            assert!(!said.contains(no_sentence), "{spec}: {said}");
        }
    }
}
