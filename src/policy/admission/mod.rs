//! The table as ValidatingAdmissionPolicies, one for GuestInvitations and one for GuestLists, in the file
//! `admission/guest-access.yaml`. They differ in the question, not in how they decide.

mod asked;
mod cel;
mod manifest;

use manifest::{Manifest, Part, part};

/// The text of `admission/guest-access.yaml`.
pub fn guest_access() -> String {
    format!("{HEAD}{}---\n{LISTS_HEAD}{}", guests().yaml(), lists().yaml())
}

const HEAD: &str = "\
# Generated from src/policy by `make generate`; never edited by hand.
#
# Who may invite whom, told by the API server at once: spec.access of the EntraTenant, read as src/policy reads it.
# The operator judges again and is the authority. What only it can decide passes here: maxGuests, because nothing can be
# counted at admission; whether an xn-- domain is the code of an international one (they are compared as they are written); the
# own address of a user who is found; and, for the entries of a list, require.accessUntil.within.
#
# Nobody is exempt. What the operator writes for the entries of a GuestList is judged here too, so a list gives no rights that
# its author does not have; the list's own policy only says so earlier. What asks for nothing new is not judged: a change of
# anything that the rules do not speak of, a group taken away, a finalizer, a deletion.
";

const LISTS_HEAD: &str = "\
# The entries of a list, each with what its template says. Of a list that changes only the entries that are new or changed
# are judged. Ignore: a thousand entries against very many rules cost more than the API server allows one expression; then
# this policy is silent, and each entry is judged alone when the operator writes its GuestInvitation.
";

fn guests() -> Manifest {
    Manifest {
        name: "guestlist-guest-access",
        failure_policy: "Fail",
        resource: "guestinvitations",
        asks_for_something_new: asked::guest_asks_for_something_new(),
        variables: [vec![part("asked", asked::guest())], judged()].concat(),
        message: cel::refusal("GuestInvitation"),
        binding: "  # Every EntraTenant in turn; one that the guest does not name passes. Without any the operator says what is missing.\n",
    }
}

fn lists() -> Manifest {
    Manifest {
        name: "guestlist-list-access",
        failure_policy: "Ignore",
        resource: "guestlists",
        asks_for_something_new: asked::list_asks_for_something_new(),
        variables: [asked::list(), judged()].concat(),
        message: cel::refusal("GuestList"),
        binding: "",
    }
}

/// The variables of the decision, from `variables.asked` to `variables.lacks`.
fn judged() -> Vec<Part> {
    let mut judged = vec![
        part("labels", "namespaceObject.metadata.?labels.orValue({})".into()),
        part("rules", "params.spec.?access.orValue([])".into()),
        part("here", cel::here()).because("What a rule leaves out is filled in."),
    ];
    judged.extend(cel::defaults());
    judged.extend(cel::worked_out_before());
    judged.extend([
        part("guests", cel::guests()),
        part("refused", cel::refused()).because("One rule has to allow a guest as a whole, and none may deny."),
        part("first", "variables.refused[0]".into())
            .because("Only for the message: which criterion leaves no rule over for the first of them."),
        part("domains", cel::of_the_first(super::domain::CEL_TOLD)),
    ]);
    judged.extend(cel::narrowed());
    judged.push(part("lacks", cel::lacks()));
    judged
}
