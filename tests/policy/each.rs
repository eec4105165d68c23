//! Each rule by itself: what it refuses is refused at admission, and by the operator with the admission policies absent. Each has a
//! namespace of its own, and one tenant has them all.

use std::collections::BTreeSet;

use guestlist::api::{Explanation, Reason};
use guestlist::policy::{Ruling, docs};
use jiff::Timestamp;
use serde_json::{Value, json};
use testbed::World;
use testbed::stories::{SOON, a_while, calls, condition, is_current, kstatus, mails, simulator};
use testbed::world::Ref;

use crate::ask::{self, Said};
use crate::rules;
use crate::table::alone;

/// One field of a rule.
struct Row {
    /// The field.
    field: &'static str,
    /// The rules of the namespace.
    rules: Vec<Value>,
    /// What of a spec they allow.
    allowed: Value,
    /// What they refuse, each with words of the sentence.
    refused: Vec<(Value, &'static str)>,
}

fn in_hours(hours: u64) -> String {
    let at = Timestamp::now() + std::time::Duration::from_secs(hours * 3600);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn table() -> Vec<Row> {
    let row = |field, rules: Value, allowed, refused| Row {
        field,
        rules: rules.as_array().cloned().unwrap_or_else(|| vec![rules]),
        allowed,
        refused,
    };
    let cc = |address: &str| json!({"message": {"cc": [address]}});
    vec![
        row(
            "emailDomains",
            json!({"emailDomains": ["fabrikam.com"]}),
            json!({}),
            vec![(json!({"email": "eve@evil.com"}), "has evil.com among its emailDomains")],
        ),
        row(
            "denyEmailDomains",
            json!([{"emailDomains": ["*.fabrikam.com", "fabrikam.com"]}, {"emailDomains": ["x.example"], "denyEmailDomains": ["lab.fabrikam.com"]}]),
            json!({}),
            vec![
                (json!({"email": "eve@lab.fabrikam.com"}), "denies lab.fabrikam.com"),
                (cc("eve@lab.fabrikam.com"), "denies fabrikam.com and lab.fabrikam.com"),
            ],
        ),
        row(
            "ccDomains",
            json!({"emailDomains": ["fabrikam.com"], "ccDomains": ["contoso.com"]}),
            cc("host@contoso.com"),
            vec![
                (cc("eve@evil.com"), "has evil.com of message.cc among its ccDomains"),
                (cc("eve@fabrikam.com"), "has fabrikam.com of message.cc among its ccDomains"),
            ],
        ),
        row("userTypes", json!({}), json!({}), vec![(json!({"userType": "Member"}), "has Member among its userTypes")]),
        row(
            "groups",
            json!({"groups": ["Analysts"]}),
            json!({"groups": ["Analysts"]}),
            vec![(
                json!({"groups": ["Analysts", "Admins"]}),
                "has all of the groups Analysts, Admins (listed: Analysts)",
            )],
        ),
        row(
            "redirectUrls",
            json!({"redirectUrls": ["https://wiki.contoso.com/app"]}),
            json!({"redirectUrl": "https://wiki.contoso.com/app/x"}),
            vec![(
                json!({"redirectUrl": "https://evil.com/app"}),
                "has a redirectUrl that https://evil.com/app lies below",
            )],
        ),
        row(
            "delivery",
            json!({"delivery": ["Microsoft"]}),
            json!({}),
            vec![(json!({"delivery": "None"}), "has None among its delivery")],
        ),
        row(
            "languages",
            json!({"languages": ["EN-us", "nl"]}),
            json!({"message": {"language": "NL"}}),
            vec![(json!({"message": {"language": "fr"}}), "has fr among its languages")],
        ),
        row(
            "existing",
            json!({}),
            json!({"existing": "Refuse"}),
            vec![
                (json!({"existing": "Manage"}), "has Manage among its existing"),
                (json!({"existing": "Own"}), "has Own"),
            ],
        ),
        row("redeemAs", json!({}), json!({}), vec![(json!({"redeemAs": "eve@fabrikam.com"}), "has redeemAs: Allowed")]),
        row(
            "redeemLinks",
            json!({}),
            json!({}),
            vec![(
                json!({"redeemUrlSecretRef": {"name": "link"}}),
                "has redeemLinks: Allowed, which redeemUrlSecretRef needs",
            )],
        ),
        row(
            "deletionPolicies",
            json!({"deletionPolicies": ["Disable"]}),
            json!({"deletionPolicy": "Disable"}),
            vec![
                (json!({"deletionPolicy": "Retain"}), "has Retain among its deletionPolicies"),
                (json!({}), "has Retain among its deletionPolicies"),
            ],
        ),
        row(
            "profile",
            json!({}),
            json!({"displayName": "A", "profile": {"givenName": "A", "surname": "B", "preferredLanguage": "nl-NL"}}),
            vec![
                (
                    json!({"profile": {"department": "Finance", "givenName": "A"}}),
                    "has all of givenName, department in its profile",
                ),
                (json!({"profile": {"businessPhone": "1"}}), "has all of businessPhone in its profile"),
            ],
        ),
        row(
            "sponsors",
            json!({"sponsors": ["host@contoso.com"]}),
            json!({}),
            vec![(json!({"sponsors": ["eve@contoso.com"]}), "has all of the sponsors eve@contoso.com")],
        ),
        row(
            "require.accessUntil",
            json!({"require": {"accessUntil": {"within": "720h"}}}),
            json!({"accessUntil": in_hours(719)}),
            vec![
                (json!({}), "allows a guest without accessUntil"),
                (json!({"accessUntil": in_hours(721)}), "allows an accessUntil so late"),
                (json!({"accessUntil": "9999-12-31T23:59:59Z"}), "allows an accessUntil so late"),
            ],
        ),
        row(
            "require.expiresAfter",
            json!({"require": {"expiresAfter": {"within": "720h"}}}),
            json!({"expiresAfter": "43200m"}),
            vec![
                (json!({}), "allows a guest without expiresAfter"),
                (json!({"expiresAfter": "720h0m0.001s"}), "allows an expiresAfter so long"),
            ],
        ),
        row(
            "require.sponsors",
            json!({"require": {"sponsors": 1}}),
            json!({"sponsors": ["boss@contoso.com"]}),
            vec![(json!({}), "allows a guest with 0 sponsors")],
        ),
    ]
}

impl Row {
    fn namespace(&self) -> String {
        format!("of-{}", self.field.replace('.', "-").to_lowercase())
    }

    fn spec(&self, part: &Value, number: usize) -> Value {
        let mut spec = json!({"email": format!("{}{number}@fabrikam.com", self.namespace())});
        for (field, value) in part.as_object().unwrap() {
            spec[field] = value.clone();
        }
        spec
    }
}

/// The rules of all rows, each for the namespace of its row.
fn access(table: &[Row]) -> Vec<Value> {
    let mut all = Vec::new();
    for row in table {
        for rule in &row.rules {
            let mut rule = rule.clone();
            rule["namespaces"] = json!({"matchLabels": {"kubernetes.io/metadata.name": row.namespace()}});
            all.push(rule);
        }
    }
    all
}

#[test]
fn the_rows_have_every_field_of_a_rule() {
    let rows = table().iter().map(|row| row.field).collect::<BTreeSet<_>>();
    // These have stories of their own.
    let others = ["namespaces", "share", "maxGuests", "approval"];
    assert_eq!(docs::fields().collect::<BTreeSet<_>>(), &rows | &BTreeSet::from(others));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rule_is_kept_at_admission() {
    let (world, table) = (alone(true).await, table());
    let tenant = ask::tenant("default", &access(&table), &Value::Null);
    world.apply(&tenant.to_string()).await.unwrap();
    ask::admit(&world, "admission/guest-access.yaml").await;
    ask::namespace(&world, "team", &[]).await;
    ask::in_force(&world, "team").await;
    for row in &table {
        let namespace = row.namespace();
        let labels = ask::namespace(&world, &namespace, &[]).await;
        let asked = |spec: Value| {
            let (world, namespace) = (&world, &namespace);
            async move { ask::server(world, &ask::guest(namespace, "guest", &spec)).await }
        };
        assert_eq!(asked(row.spec(&row.allowed, 0)).await, Said::Yes, "{}", row.field);
        for (number, (part, words)) in row.refused.iter().enumerate() {
            let spec = row.spec(part, number + 1);
            let Said::Policy(said) = asked(spec.clone()).await else { panic!("{}: {spec} is admitted", row.field) };
            assert!(said.contains(words) && said.contains(&format!("namespace {namespace} ")), "{}: {said}", row.field);
            let ruling = ask::operator(&tenant, (&namespace, &labels), &spec, Some(Timestamp::now()));
            let Ruling::Refused(Explanation { reason: Reason::NotAllowed, message }) = ruling else {
                panic!("{}: {ruling:?}", row.field)
            };
            assert!(message.contains(words), "{}: {message}", row.field);
        }
    }
}

/// Waits until the guest is Ready for this reason; returns its sentence.
async fn until(world: &World, guest: &Ref, reason: &str) -> String {
    let is = |guest: &Value| condition(guest, "Ready").1 == reason && is_current(guest);
    let guest = world.wait_for(guest, &format!("be {reason}"), is, SOON).await.unwrap();
    kstatus(&guest);
    condition(&guest, "Ready").2
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rule_is_kept_by_the_operator_alone() {
    let table = table();
    let world = rules::world(&json!(access(&table))).await;
    for row in &table {
        world.plane.namespace(&row.namespace()).await.unwrap();
    }
    let named = |number: usize| format!("guest{number}");
    for row in &table {
        for (number, (part, _)) in row.refused.iter().enumerate() {
            let number = number + 1;
            let guest = ask::guest(&row.namespace(), &named(number), &row.spec(part, number));
            world.apply(&guest.to_string()).await.unwrap();
        }
    }
    for row in &table {
        for (number, (_, words)) in row.refused.iter().enumerate() {
            let said = until(&world, &Ref::guest(&row.namespace(), &named(number + 1)), "NotAllowed").await;
            assert!(said.contains(words), "{}: {said}", row.field);
        }
    }
    a_while().await;
    let written = ["createInvitation", "updateUser", "addMember", "deleteUser"].map(|write| calls(&world, write));
    assert_eq!(written, [0; 4], "nothing is written, and nobody mailed");
    assert!(simulator(&world).users(testbed::stories::TENANT).iter().all(|user| user.creation_type.is_none()));

    for row in &table {
        let guest = ask::guest(&row.namespace(), &named(0), &row.spec(&row.allowed, 0));
        world.apply(&guest.to_string()).await.unwrap();
    }
    for row in &table {
        let invited = |guest: &Value| guest["status"]["state"] == "Invited";
        let place = Ref::guest(&row.namespace(), &named(0));
        world.wait_for(&place, "be Invited", invited, SOON).await.unwrap();
        assert_eq!(mails(&world, row.spec(&row.allowed, 0)["email"].as_str().unwrap()), 1, "{}", row.field);
    }
    assert_eq!(calls(&world, "createInvitation"), table.len());
}
