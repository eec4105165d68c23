//! A person types each command of the docs: those about guests in the demo's world, those about the installation on a cluster of
//! its own. What cannot be typed there is named with its reason.

mod collected;
mod shell;

use serde_json::{Value, json};
use testbed::stories::{SOON, TENANT, simulator};
use testbed::world::{Ref, World};
use testbed::{ControlPlane, demo};

use collected::Typed;
use shell::Shell;

/// Where a command is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Where {
    /// In the demo, and when: the commands that end something come last.
    Demo(u8),
    /// On a cluster that is installed by the docs.
    Installed,
    /// Nowhere here, for this reason.
    Not(&'static str),
}

/// The first rule whose file and words fit.
const RULES: [(&str, &str, Where); 20] = [
    ("docs/connect-a-tenant.md", "kubectl -n guestlist-system exec", Where::Not("no pod runs without a kubelet")),
    ("docs/probe.md", "guestlist ", Where::Not("tests/probe plays it with a person at the terminal")),
    ("docs/reliability.md", "guestlist check tenant NAME --probe", Where::Not("tests/probe plays it")),
    ("docs/replicas.md", "", Where::Not("one operator runs in the demo; e2e, leaders, reads the lease")),
    ("docs/who-may-invite.md", "kubectl patch ginv", Where::Not("policy, approved, types it as an approver")),
    ("docs/move-and-restore.md", "kubectl scale", Where::Installed),
    ("docs/own-mail.md", "kubectl -n guestlist-system create", Where::Installed),
    ("docs/scaling.md", "helm", Where::Not("chart, life, installs one release beside another")),
    ("docs/install.md", "", Where::Installed),
    ("charts/guestlist/README.md", "helm", Where::Installed),
    ("README.md", "kubectl create namespace", Where::Installed),
    ("docs/guests.md", "kubectl create clusterrolebinding", Where::Installed),
    ("docs/lists.md", "kubectl delete glist", Where::Demo(3)),
    ("docs/end-of-access.md", "kubectl delete ginv -n", Where::Demo(3)),
    ("docs/end-of-access.md", "kubectl delete glist -A", Where::Demo(4)),
    ("docs/end-of-access.md", "kubectl delete ginv -A", Where::Demo(5)),
    ("docs/end-of-access.md", "kubectl delete etenant", Where::Demo(7)),
    ("docs/end-of-access.md", "kubectl delete -f crds/", Where::Demo(8)),
    ("docs/guests.md", "kubectl delete guest", Where::Demo(3)),
    ("", "", Where::Demo(2)),
];

fn place(typed: &Typed) -> Where {
    let fits = |(file, begins, _): &&(&str, &str, Where)| {
        (file.is_empty() || typed.file == *file) && typed.text.lines().any(|line| line.trim().starts_with(begins))
    };
    RULES.iter().find(fits).map(|(_, _, place)| *place).unwrap()
}

/// A shell in which the docs' words stand for what there is in this world.
async fn in_demo(world: &World) -> Shell {
    let named = async |name: &str| {
        let guest = world.get(&Ref::guest("partners", name)).await.unwrap();
        guest["status"]["guestName"].as_str().unwrap().to_owned()
    };
    let words = [
        ("adele-fabrikam-com-7c1f...", named("adele").await),
        ("old-fabrikam-com-e77d...", named("quiet").await),
        ("ginv -n NAMESPACE NAME", "ginv -n partners adele".into()),
        ("glist -n NAMESPACE NAME", "glist -n partners analysts".into()),
        ("clientSecret=...", "clientSecret=secret".into()),
        (" -A -w", " -A".into()),
    ];
    Shell::new(&world.plane, &words)
}

/// What the docs take for granted: a list, a link, somebody who accepts, a file to import, and a cluster to move to.
async fn prepare(world: &World, shell: &Shell, other: &ControlPlane) {
    let list = std::fs::read_to_string(testbed::workspace::path("examples/lists/analysts.yaml")).unwrap();
    world.apply(&list).await.unwrap();
    let invited = |list: &Value| list["status"]["guests"]["invited"] == 3;
    let list = Ref::new("guestlist.dev/v1alpha1", "GuestList", "partners", "analysts");
    world.wait_for(&list, "be invited", invited, SOON).await.unwrap();
    simulator(world).redeem(TENANT, "adele@fabrikam.com", None).unwrap();
    let link = json!({"spec": {"redeemUrlSecretRef": {"name": "adele-link"}}}).to_string();
    world.kubectl(&["patch", "ginv", "-n", "partners", "sam", "--type=merge", "-p", &link]).await.unwrap();
    let secret = Ref::new("v1", "Secret", "partners", "adele-link");
    let begun = std::time::Instant::now();
    while world.get(&secret).await.is_err() {
        assert!(begun.elapsed() < SOON, "no link: {}", world.get(&Ref::guest("partners", "sam")).await.unwrap());
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    shell.write("guests.csv", "email,displayName\nzoe@fabrikam.com,Zoe\n");
    shell.add_cluster("new", other.kubeconfig_path());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_about_guests_works_in_the_demo() {
    let (world, other) = (demo::ready().await.unwrap(), ControlPlane::start().await.unwrap());
    let shell = in_demo(&world).await;
    prepare(&world, &shell, &other).await;
    for (line, what) in demo::NEXT {
        shell.types("the demo", line).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    }
    let released = |guest: &Value| guest["record"]["state"] == "Released";
    let quiet = Ref::new("guestlist.dev/v1alpha1", "GuestRecord", "", shell.word("old-fabrikam-com-e77d..."));
    world.wait_for(&quiet, "be released", released, SOON).await.unwrap();

    let mut all: Vec<(Where, Typed)> = collected::all().into_iter().map(|typed| (place(&typed), typed)).collect();
    all.retain(|(place, _)| matches!(place, Where::Demo(_)));
    all.sort_by_key(|(place, _)| *place);
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|(_, typed)| seen.insert(typed.text.clone()));
    for (_, typed) in &all {
        shell.types(&typed.file, &typed.text).await.unwrap_or_else(|error| panic!("{error}"));
    }
    println!("typed: {} commands of the docs in the demo", all.len() + demo::NEXT.len());
    assert!(all.len() > 35, "{}", all.len());
    let log = world.operator().unwrap().log();
    assert!(!log.contains('\u{1b}'), "colours in a file: {}", world.operator().unwrap().log_tail(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_about_the_installation_works_on_a_new_cluster() {
    let mut all = collected::all();
    all.retain(|typed| place(typed) == Where::Installed);
    let (ways, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|typed| typed.text.contains("helm install"));
    let (ends, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|typed| typed.text.contains("helm uninstall"));
    assert!(ways.len() >= 4 && ends.len() >= 2 && rest.len() >= 5, "{ways:?} {ends:?} {rest:?}");
    println!("typed: {} ways to install, {} to uninstall, {} commands between", ways.len(), ends.len(), rest.len());
    let mut ends = ends.iter();
    for (number, way) in ways.iter().enumerate() {
        let plane = ControlPlane::start().await.unwrap();
        let shell = Shell::new(&plane, &installs());
        // Two pages bind the same role: each on a cluster of its own.
        let between = rest.iter().filter(|one| number == usize::from(one.file == "docs/guests.md"));
        for one in [way].into_iter().chain(between).chain(ends.next()) {
            shell.types(&one.file, &one.text).await.unwrap_or_else(|error| panic!("{error}"));
        }
    }
    assert!(ends.next().is_none());
}

/// The chart of this checkout stands for the released one. Nobody starts a pod here, so nobody waits for one.
fn installs() -> Vec<(&'static str, String)> {
    let id = "00000000-0000-0000-0000-000000000001".to_owned();
    vec![
        ("oci://ghcr.io/guestlist-dev/charts/guestlist", "./charts/guestlist".into()),
        (" --wait", String::new()),
        ("TENANT-ID", id.clone()),
        ("CLIENT-ID", id.clone()),
        ("tenant.tenantId=...", format!("tenant.tenantId={id}")),
        ("clientId=...", format!("clientId={id}")),
        ("clientSecret=...", "clientSecret=secret".into()),
        ("get etenant -w", "get etenant".into()),
    ]
}

#[test]
fn what_is_not_typed_is_named_once() {
    let all = collected::all();
    for (file, begins, place) in RULES {
        let fits = |typed: &&Typed| {
            (file.is_empty() || typed.file == file) && typed.text.lines().any(|line| line.trim().starts_with(begins))
        };
        assert!(
            all.iter().any(|typed| fits(&typed)),
            "no command of the docs needs the rule {file:?} {begins:?}: {place:?}"
        );
    }
}
