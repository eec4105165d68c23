//! A person whom several namespaces share: nothing that an entitled claim wants is lost, nothing is left that nobody wants, and nobody
//! ends them while another one has them.

use explorer::sharing::{SharingFinding, SharingScenario, Without, explore_sharing};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BASE: SharingScenario = SharingScenario {
    deletes: true,
    ends: 2,
    vanishes: 0,
    flips: 0,
    revokes: false,
    claims: 2,
    joined: false,
    apart: false,
    late: 0,
    waits: 0,
};
/// A request of a process that stands still, beside two claims that want different groups.
const LATE: SharingScenario = SharingScenario { deletes: false, apart: true, late: 1, waits: 1, ..BASE };

const SCENARIOS: [(&str, SharingScenario); 11] = [
    ("owner and sharer end", BASE),
    ("disabled at the end", SharingScenario { deletes: false, ..BASE }),
    ("the rule is taken away", SharingScenario { flips: 2, ..BASE }),
    ("somebody vanishes", SharingScenario { vanishes: 2, ends: 1, ..BASE }),
    ("a late request", LATE),
    ("a late request for a group that both want", SharingScenario { apart: false, waits: 0, ..LATE }),
    ("the rule is taken away, and a late request", SharingScenario { flips: 2, ends: 1, deletes: true, ..LATE }),
    ("revoked, and a late request", SharingScenario { ends: 1, revokes: true, waits: 0, ..LATE }),
    ("revoked", SharingScenario { revokes: true, flips: 1, ..BASE }),
    ("three, two of whom end", SharingScenario { claims: 3, ends: 3, joined: true, ..BASE }),
    (
        "three, one of whom vanishes",
        SharingScenario { claims: 3, ends: 2, vanishes: 1, joined: true, deletes: false, ..BASE },
    ),
];

#[test]
fn a_shared_person_keeps_what_is_wanted_and_ends_with_the_last() {
    let mut all = 0;
    for (name, scenario) in SCENARIOS {
        let (states, finding) = explore_sharing(scenario, Without::Nothing);
        println!("{name}: {states} states");
        assert!(finding.is_none(), "{name}: {finding:?}");
        all += states;
    }
    println!("explored {all} states");
    assert!(all > 10_000, "the model has lost its moves: only {all} states");
}

#[test]
fn each_rule_that_is_left_out_is_found() {
    for without in [
        Without::Sharers,
        Without::SharedGroups,
        Without::Removals,
        Without::BegunEnds,
        Without::TheRule,
        Without::Vanishing,
        Without::LateAdds,
        Without::Sweeps,
    ] {
        let found = SCENARIOS.iter().find_map(|(name, scenario)| {
            explore_sharing(*scenario, without).1.map(|(finding, path)| (*name, finding, path))
        });
        let (name, finding, path) = found.unwrap_or_else(|| panic!("nobody notices that {without:?} is left out"));
        println!("without {without:?}: {finding:?} ({name}) by {path:?}");
        assert_ne!(finding, SharingFinding::Restless, "{without:?}");
    }
}
