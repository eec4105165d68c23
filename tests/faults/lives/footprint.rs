//! What the leader takes of its machine, and that it does not grow. In the second half of a long life the leader lives on, so that what
//! it gathers can be measured.

use testbed::Operator;

/// What a process takes while all is at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footprint {
    pid: u32,
    /// Its resident memory, in MB.
    memory: u64,
    /// How many files and connections it has open.
    descriptors: u64,
}

impl Footprint {
    /// Of this process, now.
    pub fn of(operator: &Operator) -> Self {
        let pid = operator.pid();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        let memory = line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap() / 1024;
        let descriptors = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count();
        Self { pid, memory, descriptors: u64::try_from(descriptors).unwrap() }
    }

    /// Fails where the same process takes more at the end than in the middle of the life, by more than what comes and goes.
    pub fn has_not_grown(self, last: Self) {
        println!(
            "lives: memory {} MB, then {} MB; {} descriptors, then {}",
            self.memory, last.memory, self.descriptors, last.descriptors
        );
        assert_eq!(self.pid, last.pid, "the leader of the second half has lived on");
        assert!(last.memory <= self.memory + self.memory / 4 + 8, "memory grows: {self:?}, then {last:?}");
        assert!(last.descriptors <= self.descriptors + 16, "descriptors grow: {self:?}, then {last:?}");
    }
}
