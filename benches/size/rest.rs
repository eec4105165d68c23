//! A restart over guests for whom there is nothing to do, and the operator at rest over them.

use std::time::{Duration, Instant};

use entra_simulator::Entry;
use testbed::stories::simulator;
use testbed::world::World;

use super::report::Report;
use super::settle::settled;
use super::{kubernetes, process, start};

/// How long the operator is watched at rest.
const REST: Duration = Duration::from_secs(65);

/// Nothing that takes a tenth of a core has ended before it has been quiet for so long.
const QUIET: Duration = Duration::from_secs(8);

pub async fn measure(count: usize, report: &mut Report) {
    let world = start::world("30s").await;
    settled(&world, count).await;
    simulator(&world).clear_journal();
    let revision = revision(&world).await;
    let listed = kubernetes::seconds_of_lists(&world).await;

    let work = format!("restart over {count} settled");
    let began = Instant::now();
    let operator = start::operator(&world);
    let pid = operator.pid();
    let (ended, at_rest) = until_quiet(pid, began).await;
    report.figure(&work, "until all is looked at", ended.as_secs_f64(), "s", "");
    let listed = kubernetes::seconds_of_lists(&world).await - listed;
    report.figure(&work, "the API server at lists", listed, "s", "page after page, and three kinds at once");
    report.figure(&work, "processor time", at_rest.cpu.as_secs_f64(), "s", "");
    let (calls, which) = start::http_calls(&world);
    let beside = format!("{} pages of 999; {which}", count.div_ceil(999));
    report.figure(&work, "calls of Graph", calls as f64, "", &beside);

    simulator(&world).clear_journal();
    let before = process::usage(pid);
    tokio::time::sleep(REST).await;
    let after = process::usage(pid);
    report.figure(&work, "peak memory", after.peak_mib, "MiB", "");
    report.figure(&work, "memory at rest", after.now_mib, "MiB", "");
    let each = (after.now_mib - BASE_MIB) * 1024.0 / count as f64;
    report.figure(&work, "a guest and its invitation", each, "KiB", &format!("beyond {BASE_MIB} MiB"));
    let share = (after.cpu - before.cpu).as_secs_f64() / after.at.duration_since(before.at).as_secs_f64() * 100.0;
    report.figure("at rest, a sweep every 30 s", "of a core", share, "%", "");
    let sweeps = sweeps(&world).max(1);
    let (calls, which) = start::http_calls(&world);
    report.figure("at rest, a sweep every 30 s", "calls of Graph a sweep", calls as f64 / sweeps as f64, "", &which);
    let written = self::revision(&world).await - revision;
    report.figure(&work, "writes of guests", written as f64, "", "");
    operator.kill();
}

/// What the operator takes with hardly any guests.
const BASE_MIB: f64 = 25.0;

/// Waits until the operator has little to do; returns when that began.
async fn until_quiet(pid: u32, began: Instant) -> (Duration, process::Usage) {
    let mut last = process::usage(pid);
    let mut calm: Option<(Duration, process::Usage)> = None;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = process::usage(pid);
        let busy = (now.cpu - last.cpu).as_secs_f64() / now.at.duration_since(last.at).as_secs_f64() > 0.1;
        last = now;
        match calm {
            _ if busy || now.now_mib < 15.0 => calm = None,
            None => calm = Some((began.elapsed(), now)),
            Some((since, usage)) if began.elapsed() - since > QUIET => return (since, usage),
            Some(_) => {}
        }
        assert!(began.elapsed() < Duration::from_secs(600), "no rest in ten minutes");
    }
}

/// A number that grows with each write of a GuestInvitation or a Guest.
async fn revision(world: &World) -> u64 {
    let mut newest = 0;
    for (kind, namespace) in [("GuestInvitation", "team"), ("GuestRecord", "")] {
        let api = world.plane.api_of("guestlist.dev/v1alpha1", kind, namespace).await.unwrap();
        let mut page = kube::api::ListParams::default().limit(500);
        loop {
            // The API server reads what was put into etcd from etcd's watch, and refuses to list before it has.
            let Ok(listed) = api.list_metadata(&page).await else {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            };
            let versions = listed.items.iter().filter_map(|object| object.metadata.resource_version.as_ref());
            newest = versions.filter_map(|version| version.parse::<u64>().ok()).fold(newest, u64::max);
            match listed.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => page = page.continue_token(&token),
                None => break,
            }
        }
    }
    newest
}

fn sweeps(world: &World) -> usize {
    let journal = simulator(world).journal();
    let first = journal.iter().filter(|entry| match entry {
        Entry::Request(request) => request.operation == "listUsers" && request.page == Some(1),
        Entry::Mail(_) => false,
    });
    first.count()
}
