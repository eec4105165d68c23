//! The rows: each field that may change, and what its guests end in.

use std::time::Duration;

use serde_json::{Value, json};
use testbed::stories::variants;
use testbed::world::lay_over;

/// One field, or one field in one circumstance.
pub(super) struct Row {
    pub(super) what: String,
    /// What stands besides the field.
    pub(super) base: Value,
    pub(super) steps: Vec<Step>,
    /// What differs from a fresh guest because of what happened before, by JSON pointer; each use says why.
    pub(super) history: &'static [&'static str],
    /// The mails to the guest in the end.
    pub(super) mails: usize,
    /// The same for each fresh guest.
    pub(super) fresh_mails: Vec<usize>,
    /// Whether the guests are in the directory before.
    pub(super) known: bool,
    /// Laid over the spec of who is to end, until they have arrived: whoever ends before their sponsors are added ends differently.
    pub(super) until_arrived: Value,
}

#[derive(Clone)]
pub(super) struct Step {
    /// Laid over the spec.
    pub(super) patch: Value,
    /// The state that both end in.
    pub(super) state: &'static str,
    /// The step whose fresh guest it is like, if not its own.
    pub(super) like: usize,
}

impl Row {
    /// Set to `one`, changed to `two`, removed, reverted to `one`.
    pub(super) fn of(field: &str, one: &Value, two: &Value) -> Self {
        Self::with(
            field,
            json!({}),
            &[json!({field: one}), json!({field: two}), json!({field: null}), json!({field: one})],
        )
    }

    pub(super) fn with(what: &str, base: Value, patches: &[Value]) -> Self {
        let step = |(like, patch): (usize, &Value)| Step { patch: patch.clone(), state: "Invited", like };
        let steps: Vec<Step> = patches.iter().enumerate().map(step).collect();
        let fresh_mails = vec![1; steps.len()];
        let until_arrived = json!({});
        Self { what: what.into(), base, steps, history: &[], mails: 1, fresh_mails, known: false, until_arrived }
    }

    pub(super) fn on(mut self, circumstance: &str, base: Value) -> Self {
        self.what = format!("{} ({circumstance})", self.what);
        self.base = base;
        self
    }

    pub(super) fn ending(mut self, states: &[&'static str]) -> Self {
        self.steps.iter_mut().zip(states).for_each(|(step, state)| step.state = state);
        self
    }

    pub(super) fn until_arrived(mut self, patch: Value) -> Self {
        self.until_arrived = patch;
        self
    }

    /// Whether the guests of this step are kept from their end until they have arrived.
    pub(super) fn is_kept(&self, step: usize) -> bool {
        self.until_arrived != json!({}) && self.steps[step].state != "Invited"
    }

    pub(super) fn history(mut self, history: &'static [&'static str]) -> Self {
        self.history = history;
        self
    }

    pub(super) fn mails(mut self, mails: usize, fresh: &[usize]) -> Self {
        (self.mails, self.fresh_mails) = (mails, fresh.to_vec());
        self
    }

    /// The spec after a step; `NAME` stands for the guest's name.
    pub(super) fn spec(&self, step: usize, name: &str) -> Value {
        let mut spec = self.base.clone();
        for step in &self.steps[..=step] {
            lay_over(&mut spec, &step.patch);
        }
        let mut spec = for_name(&spec, name);
        spec["email"] = json!(address(name));
        spec
    }
}

/// What a mail that left before leaves behind: it cannot be unsent.
pub(super) const SENT: &[&str] = &[
    "/status/invitation/sent",
    "/status/invitation/lastSentAt",
    "/status/conditions/Ready/message",
    "/status/conditions/Invited",
];

/// Who was invited before they were held is in the directory.
pub(super) const HELD: &[&str] = &[
    "/user",
    "/status/state",
    "/status/guest",
    "/status/invitation",
    "/status/redemption",
    "/status/conditions/Invited",
    "/status/conditions/Redeemed",
];

pub(super) fn properties() -> Vec<Row> {
    let mut rows = vec![Row::of("displayName", &json!("One Gu"), &json!("Two Gu"))];
    for field in [
        "givenName",
        "surname",
        "jobTitle",
        "companyName",
        "department",
        "officeLocation",
        "employeeId",
        "mobilePhone",
        "businessPhone",
        "streetAddress",
        "city",
        "state",
        "postalCode",
        "country",
        "usageLocation",
        "preferredLanguage",
    ] {
        let (one, two) = match field {
            "usageLocation" => ("nl", "DE"),
            "preferredLanguage" => ("nl-NL", "de-DE"),
            _ => ("One 1", "Two 2"),
        };
        let set = |value: &str| json!({"profile": {field: value}});
        // Removed alone, and with everything around it.
        let none = if field < "m" { json!({"profile": {field: null}}) } else { json!({"profile": null}) };
        rows.push(Row::with(&format!("profile.{field}"), json!({}), &[set(one), set(two), none, set(one)]));
    }
    rows
}

pub(super) fn relations(groups: &[String]) -> Vec<Row> {
    let analysts = &groups[0];
    vec![
        Row::of("groups", &json!(["Analysts"]), &json!(["Readers", "Analysts"])),
        // The same group by another name is the same membership.
        Row::with(
            "groups by id",
            json!({}),
            &[
                json!({"groups": ["Analysts"]}),
                json!({"groups": [analysts]}),
                json!({"groups": null}),
                json!({"groups": ["Analysts"]}),
            ],
        ),
        Row::with(
            "groups by id and name",
            json!({}),
            &[
                json!({"groups": ["Analysts"]}),
                json!({"groups": ["Analysts", analysts]}),
                json!({"groups": [analysts]}),
                json!({"groups": null}),
            ],
        )
        .history(&["/status/groups/1/state"]),
        Row::of("sponsors", &json!(["boss@contoso.com"]), &json!(["Hosts", "boss@contoso.com"])),
    ]
}

pub(super) fn mailing() -> Vec<Row> {
    let mail = || json!({"delivery": "Mail"});
    let secret = |name: &str| json!({"name": format!("NAME-{name}")});
    let kept = || Row::of("redeemUrlSecretRef", &secret("one"), &secret("two"));
    let moved = || Row::of("redeemAs", &json!("NAME-one@adatum.com"), &json!("NAME-two@adatum.com"));
    vec![
        Row::of("redirectUrl", &json!("https://one.contoso.com/"), &json!("https://two.contoso.com/")),
        Row::of("message", &json!({"language": "nl"}), &json!({"language": "de", "cc": ["boss@contoso.com"]})),
        Row::with(
            "message.body",
            mail(),
            &[
                json!({"message": {"body": "One"}}),
                json!({"message": {"body": "Two"}}),
                json!({"message": null}),
                json!({"message": {"body": "One"}}),
            ],
        ),
        Row::of("reminders", &json!({"after": "720h"}), &json!({"after": "1000h", "limit": 1})),
        Row::of("delivery", &json!("None"), &json!("Microsoft"))
            .history(SENT)
            .mails(usize::from(variants().pending_repeat_mails), &[0, 1, 1, 0]),
        Row::with(
            "delivery by the operator",
            json!({}),
            &[
                json!({"delivery": "Microsoft"}),
                json!({"delivery": "Mail"}),
                json!({"delivery": null}),
                json!({"delivery": "Microsoft"}),
            ],
        ),
        Row::with("delivery no more", mail(), &[json!({}), json!({"delivery": "None"}), json!({"delivery": "Mail"})])
            .history(SENT)
            .mails(1, &[1, 0, 1]),
        moved(),
        moved().on("the operator mails", mail()),
        kept(),
        kept().on("nobody mails", json!({"delivery": "None"})).mails(0, &[0, 0, 0, 0]),
        kept().on("the operator mails", mail()),
    ]
}

/// How long all the guests of a table take to be invited and in their groups, on a machine that is busy with other things too.
pub(super) const ALL_ARRIVED: Duration = Duration::from_secs(75);

pub(super) fn endings() -> Vec<Row> {
    let mut rows = Vec::new();
    let late = json!("2099-01-01T00:00:00Z");
    let past = json!(format!("{:.0}", jiff::Timestamp::now()));
    for policy in ["Retain", "Disable", "Delete"] {
        let base = || {
            json!({
                "deletionPolicy": policy, "groups": ["Analysts"], "sponsors": ["boss@contoso.com"],
                "profile": {"companyName": "Fabrikam"},
            })
        };
        let expires = Row::of("expiresAfter", &json!("15s"), &json!("720h"));
        let expires = expires.on(policy, base()).ending(&["Expired", "Invited", "Invited", "Expired"]);
        rows.push(expires.until_arrived(json!({"expiresAfter": null})));
        let ends = Row::of("accessUntil", &past, &late);
        let ends = ends.on(policy, base()).ending(&["Withdrawn", "Invited", "Invited", "Withdrawn"]);
        rows.push(ends.until_arrived(json!({"accessUntil": null})));
    }
    rows.push(Row::of("deletionPolicy", &json!("Delete"), &json!("Disable")));
    let expired = Row::with(
        "deletionPolicy (expired)",
        json!({"expiresAfter": "15s", "groups": ["Analysts"]}),
        &[
            json!({"deletionPolicy": "Retain"}),
            json!({"deletionPolicy": "Disable"}),
            json!({"deletionPolicy": null}),
            json!({"expiresAfter": null}),
        ],
    );
    let expired = expired.ending(&["Expired", "Expired", "Expired", "Invited"]);
    rows.push(expired.until_arrived(json!({"expiresAfter": null})));
    rows.push(Row::of("existing", &json!("Follow"), &json!("Refuse")));
    // It is about the moment at which the guest is found: who was taken over stays so.
    let mut known = Row::of("existing", &json!("Refuse"), &json!("Follow"));
    known = known.on("known", json!({})).ending(&["Refused", "Invited", "Invited", "Invited"]);
    known.steps[3].like = 1;
    known.known = true;
    rows.push(known.mails(0, &[0, 0, 0, 0]));
    let held = Row::of("suspend", &json!(true), &json!(false)).history(HELD);
    rows.push(held.mails(1, &[0, 1, 1, 0]).ending(&["", "Invited", "Invited", ""]));
    rows
}

/// With the guest's own name.
pub(super) fn for_name(spec: &Value, name: &str) -> Value {
    serde_json::from_str(&spec.to_string().replace("NAME", name)).unwrap()
}

/// The address of the guest of that name.
pub(super) fn address(name: &str) -> String {
    format!("{name}@fabrikam.com")
}
