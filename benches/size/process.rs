//! What a process has used so far, as the kernel tells.

use std::time::{Duration, Instant};

/// What a process has used.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    pub at: Instant,
    pub cpu: Duration,
    pub peak_mib: f64,
    pub now_mib: f64,
    pub sockets: usize,
}

/// The clock ticks of `/proc/PID/stat` in a second.
const TICKS: f64 = 100.0;

/// What the process `pid` has used.
pub fn usage(pid: u32) -> Usage {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let mib = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1024.0
    };
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name stands in parentheses and may have spaces.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
    let descriptors = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let links = descriptors.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    Usage {
        at: Instant::now(),
        cpu: Duration::from_secs_f64((ticks(11) + ticks(12)) / TICKS),
        peak_mib: mib("VmHWM:"),
        now_mib: mib("VmRSS:"),
        sockets: links.filter(|link| link.to_string_lossy().starts_with("socket:")).count(),
    }
}
