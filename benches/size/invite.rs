//! Guests who are declared all at once.

use std::time::{Duration, Instant};

use entra_simulator::{Entry, RequestEntry};
use kube::api::{Api, DynamicObject, Patch, PatchParams};
use serde_json::json;
use testbed::stories::{guest, guests, simulator};
use testbed::world::World;

use super::report::Report;
use super::{kubernetes, process, start};

/// Graph takes so many invitations a second, and a burst of them at first ("Microsoft Graph service-specific throttling limits").
const QUOTA: f64 = 30.0;

/// How many writes are under way at once, as many as the operator has.
const AT_ONCE: usize = 16;

pub async fn measure(count: usize, report: &mut Report) {
    let world = start::world("30s").await;
    let operator = start::operator(&world);
    testbed::stories::connected(&world).await;
    let api = guests(&world).await;
    let patches = patches_a_second(&api, &world).await;
    simulator(&world).clear_journal();
    let asked = kubernetes::requests(&world).await;
    let before = process::usage(operator.pid());
    let began = Instant::now();
    let manifests: Vec<String> =
        (0..count).map(|n| guest(&format!("g{n:05}"), &format!("g{n:05}@fabrikam.com"), "")).collect();
    let applied = async {
        for chunk in manifests.chunks(50) {
            world.apply(&chunk.join("\n---\n")).await.unwrap();
        }
    };
    let mailed = async {
        let posts = || async { simulator(&world).count("createInvitation") >= count };
        start::wait(began, Duration::from_secs(1_200), posts).await;
        // Graph may have refused some of them.
        let mails = || async { mails(&world) >= count };
        start::wait(began, Duration::from_secs(1_200), mails).await
    };
    let ((), took) = tokio::join!(applied, mailed);
    let after = process::usage(operator.pid());
    let work = format!("{count} declared at once");
    let quota = (count as f64 - 20.0) / QUOTA;
    report.figure(&work, "until all are mailed", took.as_secs_f64(), "s", &format!("Graph's quota: {quota:.0} s"));
    report.figure(&work, "mails a guest", mails(&world) as f64 / count as f64, "", &answers(&world));
    let (calls, which) = start::http_calls(&world);
    report.figure(&work, "calls of Graph a guest", calls as f64 / count as f64, "", &which);
    report.figure(&work, "processor time", (after.cpu - before.cpu).as_secs_f64(), "s", "");
    report.figure(&work, "peak memory", after.peak_mib, "MiB", "");
    report.figure(&work, "open sockets", after.sockets as f64, "", "");
    let (each, which) = kubernetes::for_each(&asked, &kubernetes::requests(&world).await, count);
    report.figure(&work, "requests of the API server a guest", each, "", &which);
    let requests = each * count as f64 / took.as_secs_f64();
    report.figure(&work, "requests a second", requests, "", &format!("bare status patches: {patches:.0}"));
    operator.kill();
}

/// How many mails have left since the journal was cleared.
fn mails(world: &World) -> usize {
    simulator(world).journal().iter().filter(|entry| matches!(entry, Entry::Mail(_))).count()
}

/// How Graph answered the invitations.
fn answers(world: &World) -> String {
    let status = |request: &RequestEntry| request.status().map_or_else(|| "none".into(), |status| status.to_string());
    let answers = start::tally(simulator(world).requests("createInvitation").iter().map(status));
    let each: Vec<String> = answers.iter().map(|(status, count)| format!("{count} answered {status}")).collect();
    each.join(", ")
}

/// How many bare status patches the API server takes a second, from as many writers as the operator has.
async fn patches_a_second(api: &Api<DynamicObject>, world: &World) -> f64 {
    // Nobody works on a guest whose tenant does not exist, once that is told. Each writer has one of its own: two on one object wait for each other.
    for writer in 0..AT_ONCE {
        let (name, email) = (format!("patched{writer}"), format!("patched{writer}@fabrikam.com"));
        world.apply(&guest(&name, &email, "  tenantRef: {name: nowhere}\n")).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let began = Instant::now();
    let each = 25;
    let writers = (0..AT_ONCE).map(|writer| async move {
        for n in 0..each {
            let patch = json!({"status": {"profile": [format!("p{writer}-{n}")]}});
            let name = format!("patched{writer}");
            api.patch_status(&name, &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
        }
    });
    futures::future::join_all(writers).await;
    (AT_ONCE * each) as f64 / began.elapsed().as_secs_f64()
}
