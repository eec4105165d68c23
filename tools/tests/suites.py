"""The suites: which test executables each runs, beside which others, and what it needs."""

import dataclasses

# How many suites of each sort run at once. All sorts run at the same time.
SIDE_BY_SIDE = {
    # Two of them keep two processors busy.
    "heavy": 2,
    # They take so little of a processor that one at a time fits beside the heavy ones.
    "light": 1,
    # They only compute, and wait for nobody, so they stand back.
    "computing": 1,
}


@dataclasses.dataclass(frozen=True)
class Suite:
    """One row of the table that `make test` prints."""

    name: str
    # Test executables by cargo's names; or a command, when it has none.
    targets: tuple = ()
    command: tuple = ()
    # For the tests themselves, as `cargo test -- ...` takes them.
    arguments: tuple = ()
    # Tests side by side. Most wait for the operator, so there are more of them than processors.
    threads: int = 2
    # What it cannot do without, by the names of tools/setup_tests.py.
    needs: tuple = ()
    # Which of its tests are left out where something is missing, by that name.
    without: tuple = ()
    # Beside which others it runs: a key of SIDE_BY_SIDE.
    beside: str = "heavy"


EXPLORER = ("promise", "mutations", "settles", "binding", "sharing")
STORIES = "e2e"

# The longest first: the suites run side by side, and the last one to begin should be short.
ALL = (
    Suite("faults", ("faults",), arguments=("--skip", "soak"), threads=10),
    Suite("stories", (STORIES,), arguments=("--skip", "thousand"), threads=7),
    Suite("explorer", EXPLORER, beside="computing"),
    Suite("unit", ("lib:guestlist", "bin:guestlist", "lib:testbed", "lib:entra_simulator"), beside="computing"),
    Suite("policy", ("policy",), threads=5),
    Suite("chart", ("chart",), threads=5),
    Suite("soak", ("faults",), arguments=("soak",), beside="light"),
    Suite("mail", ("mail",), without=(("postfix", "postfix::"),), threads=4, beside="light"),
    Suite("credentials", ("credentials",), without=(("network", "metadata::"),), threads=4, beside="light"),
    Suite("probe", ("probe",), threads=4, beside="light"),
    Suite("schema", ("schema",), beside="light"),
    Suite("graph", ("graph",), beside="light"),
    Suite("simulator", ("it",), beside="light"),
    Suite("browser", ("browser",), needs=("browser",), beside="light"),
    Suite("sdk", ("sdk",), needs=("sdk",), beside="light"),
    Suite("testbed", ("control_plane", "interposer", "killed", "openapi", "operator", "pooled", "world"), threads=4, beside="light"),
    Suite("setup", command=("tools/tests/hidden.py",), beside="light"),
    Suite("image", command=("tools/image/test.sh",), needs=("image",), beside="light"),
    # The last of them: it takes the most of a processor, and few of the heavy ones are left then.
    Suite("scale", (STORIES,), arguments=("thousand",), beside="light"),
)

# Told again under another Graph, or by the operator that Helm installed.
AGAIN = (Suite("stories-again", (STORIES,), arguments=("--skip", "thousand", "--skip", "variants::"), threads=6),)

# A change of one line is told of within some three minutes: what is pure, the smaller scenarios of the search, all mutations,
# and a few stories.
QUICK = (
    Suite("unit", ("lib:guestlist",)),
    Suite("mutations", ("mutations", "settles")),
    Suite("promise", ("promise",), arguments=("crashes", "reminder", "resend_to", "resend_throttled", "visit_with", "every_scenario")),
    Suite("stories", (STORIES,), arguments=("life::resend", "life::existing", "followed::"), threads=6),
)
