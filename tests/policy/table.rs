//! Operator and admission give the same answer: thousands of generated cases, and a list of tricks by name.

use std::collections::BTreeMap;

use fastrand::Rng;
use futures::StreamExt;
use futures::stream::iter;
use guestlist::api::{Explanation, Reason};
use guestlist::policy::Ruling;
use jiff::Timestamp;
use serde_json::{Value, json};
use testbed::World;
use testbed::stories::only_plane;
use testbed::world::WorldConfig;

use crate::ask::{self, Said};
use crate::cases;

const TENANTS: usize = 16;
const NAMESPACES: usize = 8;
const IN_FLIGHT: usize = 12;

/// Its name and its labels.
type Namespace = (String, BTreeMap<String, String>);

struct Bench {
    world: World,
    tenants: Vec<Value>,
    namespaces: Vec<Namespace>,
}

/// A control plane with tenants, namespaces and the policy, and no operator.
pub async fn alone(crds: bool) -> World {
    let config = WorldConfig { crds, ..only_plane() };
    World::start(config).await.unwrap()
}

async fn bench(rng: &mut Rng, loose: bool) -> Bench {
    let world = alone(!loose).await;
    if loose {
        ask::loosen(&world).await;
    }
    let mut tenants = Vec::new();
    for number in 0..TENANTS {
        let tenant = ask::tenant(&format!("t{number}"), &cases::rules(rng), &cases::defaults(rng));
        world.apply(&tenant.to_string()).await.unwrap();
        tenants.push(tenant);
    }
    let mut namespaces = Vec::new();
    for number in 0..NAMESPACES {
        let name = format!("n{number}");
        let labels = ask::namespace(&world, &name, &cases::labels(rng)).await;
        namespaces.push((name, labels));
    }
    ask::admit(&world, "admission/guest-access.yaml").await;
    ask::in_force(&world, "n0").await;
    Bench { world, tenants, namespaces }
}

/// The same cases each time, unless POLICY_SEED says which.
fn seed() -> u64 {
    std::env::var("POLICY_SEED").map_or(18, |seed| seed.parse().unwrap())
}

#[derive(Debug, Default)]
struct Tally {
    allowed: usize,
    by_policy: usize,
    by_schema: usize,
    /// CEL has no IDNA: that an xn-- name is no code, and that a name in another script is the same as an xn-- one, only the
    /// operator knows. The second comes only through an older definition.
    no_code: usize,
    other_script: usize,
}

/// Asks both for `cases` guests; they must agree: whether an address or a URL is wrong in itself, and what the rules say.
async fn agree(seed: u64, cases: usize, loose: bool) -> Tally {
    println!("POLICY_SEED={seed} repeats this; {cases} cases, with an older definition: {loose}");
    let mut rng = Rng::with_seed(seed);
    let bench = bench(&mut rng, loose).await;
    let asked: Vec<(&Value, &Namespace, Value)> = (0..cases)
        .map(|_| {
            let tenant = rng.choice(&bench.tenants).unwrap();
            let spec = cases::spec(&mut rng, tenant["metadata"]["name"].as_str().unwrap(), loose);
            (tenant, rng.choice(&bench.namespaces).unwrap(), spec)
        })
        .collect();
    let answers = iter(&asked).map(|(_, (namespace, _), spec)| {
        let object = ask::guest(namespace, "case", spec);
        let world = &bench.world;
        async move { (ask::server(world, &object).await, Timestamp::now()) }
    });
    let answers: Vec<(Said, Timestamp)> = answers.buffered(IN_FLIGHT).collect().await;
    let mut tally = Tally::default();
    for ((said, asked_at), (tenant, (namespace, labels), spec)) in answers.iter().zip(&asked) {
        let ruling = ask::operator(tenant, (namespace, labels), spec, Some(*asked_at));
        let fault = ask::fault(spec);
        let case = || {
            format!(
                "seed {seed}\n{tenant}\n{namespace} {labels:?}\n{spec}\noperator: {fault:?}, {ruling:?}\nAPI server: {said:?}"
            )
        };
        if let Said::Schema(_) = said {
            assert!(!loose && fault.is_some(), "only the definition refuses:\n{}", case());
            tally.by_schema += 1;
            continue;
        }
        if !loose && let Some(fault) = &fault {
            assert!(fault.message.contains("xn-- part"), "only the operator refuses:\n{}", case());
            tally.no_code += 1;
        }
        match (said, &ruling) {
            (Said::Yes, Ruling::Allowed { .. }) => tally.allowed += 1,
            (Said::Policy(message), Ruling::Refused(Explanation { reason: Reason::NotAllowed, message: ours })) => {
                tally.by_policy += 1;
                assert!(message.contains(&format!("namespace {namespace} ")), "{}", case());
                let same = ours.split_once("like this").map(|(_, rest)| rest.split_once(". Change").unwrap().0);
                assert!(loose || message.contains(same.unwrap()), "not in the same words\n{}", case());
            }
            (Said::Policy(_), Ruling::Allowed { .. }) | (Said::Yes, Ruling::Refused(_))
                if loose && !spec.to_string().is_ascii() =>
            {
                tally.other_script += 1;
            }
            _ => panic!("they do not agree:\n{}", case()),
        }
    }
    println!("{tally:?}");
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn operator_and_admission_agree() {
    let tally = agree(seed(), 6000, false).await;
    let each = [tally.allowed, tally.by_policy, tally.by_schema];
    assert!(each.into_iter().all(|count| count >= 500), "a table of one answer shows little: {tally:?}");
    assert!(tally.no_code >= 10, "{tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn they_agree_on_what_an_older_definition_lets_through() {
    let tally = agree(seed(), 4000, true).await;
    assert!(tally.allowed >= 200 && tally.by_policy >= 200, "{tally:?}");
    assert!(tally.other_script <= 200, "{tally:?}");
}

/// Each differs from what the rule allows in one thing.
fn tricks() -> Vec<(&'static str, Value)> {
    let at = |domain: &str| json!({"email": format!("eve@{domain}")});
    let to = |url: &str| json!({"email": "eve@fabrikam.com", "redirectUrl": url});
    vec![
        ("another domain", at("evil.com")),
        ("the domain as a part of another", at("evil-fabrikam.com")),
        ("the domain in front of another", at("fabrikam.com.evil.com")),
        ("a sub-domain of an exact one", at("sub.fabrikam.com")),
        ("the parent of a star", at("northwind.example")),
        ("the parent of a star with a dot", at(".northwind.example")),
        ("the end of a star's parent", at("evilnorthwind.example")),
        ("a Cyrillic letter", at("f\u{430}brikam.com")),
        ("its xn-- form", at("xn--fbrikam-5fg.com")),
        ("two at signs", at("fabrikam.com@evil.com")),
        ("a nul", at("evil.com\u{0}.fabrikam.com")),
        ("another address to sign in with", json!({"email": "eve@fabrikam.com", "redeemAs": "eve@evil.com"})),
        ("a member", json!({"email": "eve@fabrikam.com", "userType": "Member"})),
        ("a group", json!({"email": "eve@fabrikam.com", "groups": ["Analysts", "Admins"]})),
        ("a group in another case", json!({"email": "eve@fabrikam.com", "groups": ["analysts"]})),
        ("every group", json!({"email": "eve@fabrikam.com", "groups": ["*"]})),
        ("another delivery", json!({"email": "eve@fabrikam.com", "delivery": "None"})),
        (
            "the domain of one rule, the group of another",
            json!({"email": "eve@a.northwind.example", "groups": ["Analysts"]}),
        ),
        ("another host", to("https://evil.com/app")),
        ("the host in front of another", to("https://wiki.contoso.com.evil.com/app")),
        ("the host as a user name", to("https://wiki.contoso.com@evil.com/app")),
        ("the host as user name and password", to("https://wiki.contoso.com:443@evil.com/app")),
        ("a user name", to("https://evil.com@wiki.contoso.com/app")),
        ("a backslash for the slash", to("https://evil.com\\@wiki.contoso.com/app")),
        ("a fragment for the host", to("https://evil.com#@wiki.contoso.com/app")),
        ("a Ukrainian letter in the host", to("https://w\u{456}ki.contoso.com/app")),
        ("a dot behind the host", to("https://wiki.contoso.com./app")),
        ("an encoded dot in the host", to("https://wiki%2econtoso.com/app")),
        ("another scheme", to("http://wiki.contoso.com/app")),
        ("another port", to("https://wiki.contoso.com:8443/app")),
        ("a port with a nought", to("https://wiki.contoso.com:0443/app")),
        ("half a segment more", to("https://wiki.contoso.com/apple")),
        ("another case in the path", to("https://wiki.contoso.com/App")),
        ("a path parameter behind dots upwards", to("https://wiki.contoso.com/app/..;/secret")),
        ("dots upwards, encoded twice", to("https://wiki.contoso.com/app/%252e%252e/secret")),
        ("dots upwards, of which each letter is encoded", to("https://wiki.contoso.com/app/%25%32%65%25%32%65/secret")),
        ("dots upwards with a space behind", to("https://wiki.contoso.com/app/..%20/secret")),
        ("a port that there is not", to("https://wiki.contoso.com:65979/app")),
        ("an empty label", to("https://wiki..contoso.com/app")),
        ("dots upwards, as overlong UTF-8", to("https://wiki.contoso.com/app/%c0%ae%c0%ae/secret")),
        ("dots upwards", to("https://wiki.contoso.com/app/../secret")),
        ("encoded dots upwards", to("https://wiki.contoso.com/app/%2e%2E/secret")),
        ("half encoded dots upwards", to("https://wiki.contoso.com/app/.%2e/secret")),
        ("an encoded slash", to("https://wiki.contoso.com/app%2f..%2fsecret")),
        ("an encoded backslash", to("https://wiki.contoso.com/app%5C..%5Csecret")),
        ("a backslash in the path", to("https://wiki.contoso.com/app\\..\\secret")),
        ("a tab in the path", to("https://wiki.contoso.com/app/.\t./secret")),
        ("the path in a query", to("https://wiki.contoso.com/?/app")),
        ("no host", to("https:///wiki.contoso.com/app")),
        ("nothing but a host", to("//wiki.contoso.com/app")),
        ("a script", to("javascript:alert(1)//https://wiki.contoso.com/app")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_trick_gets_past_either() {
    let rules = [
        json!({
            "emailDomains": ["fabrikam.com"], "redirectUrls": ["https://wiki.contoso.com/app"], "groups": ["Analysts"],
            "delivery": ["Microsoft"],
        }),
        json!({"emailDomains": ["*.northwind.example"], "delivery": ["Microsoft"]}),
    ];
    let tenant = ask::tenant("default", &rules, &Value::Null);
    for loose in [false, true] {
        let world = alone(!loose).await;
        if loose {
            ask::loosen(&world).await;
        }
        let labels = ask::namespace(&world, "team", &[]).await;
        world.apply(&tenant.to_string()).await.unwrap();
        ask::admit(&world, "admission/guest-access.yaml").await;
        ask::in_force(&world, "team").await;
        for good in [
            json!({"email": "eve@fabrikam.com", "groups": ["Analysts"], "redirectUrl": "https://wiki.contoso.com/app/x"}),
            json!({"email": "eve@a.northwind.example", "redirectUrl": "https://anywhere.example"}),
        ] {
            assert_eq!(ask::server(&world, &ask::guest("team", "good", &good)).await, Said::Yes);
            assert_eq!(ask::operator(&tenant, ("team", &labels), &good, None), Ruling::Allowed { approval: false });
        }
        for (name, spec) in tricks() {
            let said = ask::server(&world, &ask::guest("team", "trick", &spec)).await;
            let refused = matches!(said, Said::Policy(_)) || (!loose && matches!(said, Said::Schema(_)));
            assert!(refused, "{name}, loose: {loose}: {spec} {said:?}");
            let ruling = ask::operator(&tenant, ("team", &labels), &spec, None);
            assert!(matches!(ruling, Ruling::Refused(_)), "{name}: {spec} {ruling:?}");
            assert!(matches!(said, Said::Policy(_)) || ask::fault(&spec).is_some(), "{name}: {spec}");
        }
    }
}
