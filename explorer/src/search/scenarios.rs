//! The scenarios; `tests/promise.rs` has a test for each.

use super::scenario::Scenario;
use crate::world::setting::{Asks, Budget, Rival};

const NONE: Budget = Budget {
    crashes: 0,
    lost: 0,
    throttled: 0,
    deletes: 0,
    accepts: 0,
    edits: 0,
    leaves: 0,
    ends: 0,
    vanishes: 0,
    creates: 0,
    rules: 0,
    approvals: 0,
    hardens: 0,
    switches: 0,
    late: 0,
};

/// All of them.
pub fn scenarios() -> Vec<Scenario> {
    let held = [held(), held_at_the_end()].into_iter().flatten();
    let others = [faults(), known(), deleted(), visits(), rivals(), sharers(), ends(), accounts()];
    others.into_iter().flatten().chain(held).collect()
}

fn first(name: &'static str, budget: Budget) -> Scenario {
    Scenario::new(name, Asks::Invitation, budget)
}

fn visit(name: &'static str, budget: Budget) -> Scenario {
    Scenario::new(name, Asks::Visit, budget)
}

fn resend(name: &'static str, budget: Budget) -> Scenario {
    Scenario::new(name, Asks::Resend, budget)
}

fn reminder(name: &'static str, budget: Budget) -> Scenario {
    Scenario::new(name, Asks::Reminder, budget)
}

fn stay(name: &'static str, budget: Budget) -> Scenario {
    Scenario::new(name, Asks::Stay, budget)
}

/// The first mail, and what goes wrong with it.
fn faults() -> Vec<Scenario> {
    let one = Budget { crashes: 1, lost: 1, ..NONE };
    vec![
        first("two crashes", Budget { crashes: 2, ..NONE }),
        first("a crash and a loss", one),
        first("two losses", Budget { lost: 2, ..NONE }),
        first("a throttled request and a crash", Budget { throttled: 1, crashes: 1, ..NONE }),
        first("made again, with a crash", Budget { deletes: 1, crashes: 1, ..NONE }),
        first("made again, with a loss", Budget { deletes: 1, lost: 1, ..NONE }),
        first("a guest from before, out of sight", one).existing(false),
        first("a guest from before, in plain sight", Budget { edits: 1, ..one }).existing(true),
        first("an edit, with a crash", Budget { edits: 1, crashes: 1, ..NONE }),
        first("an edit, with a loss", Budget { edits: 1, lost: 1, ..NONE }).alone(),
    ]
}

/// One more mail to somebody who was mailed before.
fn known() -> Vec<Scenario> {
    vec![
        resend("a resend, with two crashes", Budget { crashes: 2, ..NONE }),
        resend("a resend, with a crash and a loss", Budget { crashes: 1, lost: 1, ..NONE }),
        resend("a resend, throttled, with a loss", Budget { throttled: 1, lost: 1, ..NONE }),
        resend("a resend, made again, with a loss", Budget { deletes: 1, lost: 1, ..NONE }),
        resend("a resend to a guest who accepts, with a crash", Budget { accepts: 1, crashes: 1, ..NONE }),
        reminder("a reminder, with a crash and a loss", Budget { crashes: 1, lost: 1, ..NONE }),
        reminder("a reminder to a guest who accepts, with a loss", Budget { accepts: 1, lost: 1, ..NONE }),
    ]
}

/// An administrator deletes the guest's user.
fn deleted() -> Vec<Scenario> {
    let loss = Budget { leaves: 1, lost: 1, ..NONE };
    vec![
        first("a guest who is deleted, with a crash and a loss", Budget { crashes: 1, ..loss }),
        first("a guest from before who is deleted, with a loss", loss).existing(false),
        resend("a resend to a guest who is deleted, with a loss", loss),
        reminder("a reminder to a guest who is deleted, with a loss", loss),
        resend("a resend, made again, to a guest who is deleted", Budget { leaves: 1, deletes: 1, ..NONE }),
        first("made again, of a guest who is deleted", Budget { leaves: 1, deletes: 1, ..NONE }),
        visit("a visit by a guest who is deleted, with a loss", Budget { deletes: 1, ..loss }).alone(),
        first("a guest who is deleted, and an edit", Budget { leaves: 1, edits: 1, ..NONE }),
    ]
}

/// A resource that takes the user with it when it is deleted.
fn visits() -> Vec<Scenario> {
    let deleted = Budget { deletes: 1, ..NONE };
    vec![
        visit("a visit, with a crash", Budget { crashes: 1, ..deleted }),
        visit("a visit, with a loss", Budget { lost: 1, ..deleted }),
        visit("a visit by a guest from before, out of sight", Budget { crashes: 1, ..deleted }).existing(false),
        first("vanished and restored", Budget { vanishes: 1, ..NONE }).until(4),
        visit("vanished and restored, with a loss", Budget { vanishes: 1, lost: 1, ..NONE }).until(4),
        visit("deleted and applied again", Budget { deletes: 1, creates: 1, ..NONE }).until(4),
    ]
}

/// Another claim of the person.
fn rivals() -> Vec<Scenario> {
    let (stranger, renamed, twin) = (Rival::Stranger, Rival::Renamed, Rival::Twin);
    let again = Budget { deletes: 1, creates: 1, ..NONE };
    let both = Budget { deletes: 2, ..NONE };
    vec![
        first("two namespaces, with a crash", Budget { crashes: 1, ..NONE }).rival(stranger).until(4),
        visit("two namespaces, and one gives up", Budget { deletes: 1, ..NONE }).rival(stranger).until(2),
        first("two namespaces, and an edit", Budget { edits: 1, ..NONE }).rival(stranger).until(4),
        visit("two namespaces, one suspended", Budget { deletes: 1, ..NONE }).rival(Rival::Suspended).until(4),
        visit("renamed", again).rival(renamed).alone().until(4),
        visit("renamed, with two leaders", again).rival(renamed).until(1),
        visit("two names, deleted together", both).rival(twin).alone().until(4),
        visit("two names, deleted together, with two leaders", both).rival(twin).until(1),
        stay("a stay, renamed", again).rival(renamed).alone().until(4),
    ]
}

/// Those who share somebody whose owner has ended before anybody mailed them: the first of them mails.
fn sharers() -> Vec<Scenario> {
    let left = |name, budget| Scenario::new(name, Asks::Left, budget).rival(Rival::Stranger);
    vec![
        left("two who share, with a crash", Budget { crashes: 1, ..NONE }).until(3),
        left("two who share, with a loss", Budget { lost: 1, ..NONE }).until(3),
        left("two who share, and one leaves", Budget { deletes: 1, ..NONE }).until(3),
        left("two who share, and one vanishes", Budget { vanishes: 1, ..NONE }).until(3),
        left("two who share, and rules that change", Budget { rules: 1, ..NONE }).until(3),
        left("two who share a guest who is deleted", Budget { leaves: 1, ..NONE }).until(3),
    ]
}

/// Access that ends.
fn ends() -> Vec<Scenario> {
    vec![
        visit("access ends, with a crash", Budget { ends: 1, crashes: 1, ..NONE }),
        visit("access ends, and deleted", Budget { ends: 1, deletes: 1, ..NONE }).alone().until(4),
        visit("access ends, and an edit", Budget { ends: 1, edits: 1, ..NONE }).alone().until(4),
    ]
}

/// A claim that the rules or an approver come to refuse, and allow again.
fn held() -> Vec<Scenario> {
    let rules = Budget { rules: 1, ..NONE };
    let approvals = Budget { approvals: 1, ..NONE };
    let again = Budget { deletes: 1, creates: 1, rules: 1, ..NONE };
    vec![
        first("rules that change, with a crash", Budget { crashes: 1, ..rules }),
        first("rules that change, and change back, with a loss", Budget { rules: 2, lost: 1, ..NONE }).alone(),
        first("an approval withdrawn, with a crash", Budget { crashes: 1, ..approvals }),
        first("an approval withdrawn and given again, with a loss", Budget { approvals: 2, lost: 1, ..NONE }).alone(),
        resend("a resend, and rules that change, with a crash", Budget { crashes: 1, ..rules }),
        resend("a resend, and an approval withdrawn and given again", Budget { approvals: 2, ..NONE }),
        first("two namespaces, and rules that change", rules).rival(Rival::Stranger).until(3),
        visit("two names, and rules that change", Budget { deletes: 1, ..rules }).rival(Rival::Twin).alone().until(4),
        visit("renamed, and rules that change", again).rival(Rival::Renamed).alone().until(3),
    ]
}

/// A claim that is held, or suspended, when it comes to its end.
fn held_at_the_end() -> Vec<Scenario> {
    let deleted = Budget { deletes: 1, ..NONE };
    let hardened = Budget { hardens: 1, ..deleted };
    vec![
        visit("a visit, and rules that change", Budget { rules: 1, ..deleted }).until(4),
        visit("a visit, and an approval withdrawn", Budget { approvals: 1, ..deleted }).until(4),
        visit("a visit, and an edit", Budget { edits: 1, ..deleted }).until(3),
        visit("access ends, and an approval withdrawn", Budget { ends: 1, approvals: 1, ..NONE }).approved().until(4),
        visit("a policy hardened, and an approval", Budget { approvals: 1, ..hardened })
            .retaining()
            .approved()
            .until(4),
        visit("a policy hardened, and rules that change", Budget { rules: 1, ..hardened }).retaining().alone().until(4),
    ]
}

/// Accounts that are disabled, by the operator and by others.
fn accounts() -> Vec<Scenario> {
    let deleted = Budget { deletes: 1, ..NONE };
    let back = Budget { ends: 2, ..NONE };
    vec![
        stay("a stay, with a crash", Budget { crashes: 1, ..deleted }),
        stay("a stay, with a loss", Budget { lost: 1, ..deleted }).alone(),
        stay("a stay, made again, and somebody switches the account", Budget { creates: 1, switches: 1, ..deleted })
            .alone(),
        stay("a stay of a guest from before, out of sight", Budget { ends: 1, crashes: 1, ..NONE }).existing(false),
        stay("a stay of a managed guest, and somebody switches the account", Budget { switches: 1, ..back })
            .existing(true)
            .managed()
            .alone(),
        visit("a visit by a managed guest, with a crash", Budget { crashes: 1, ..deleted }).existing(true).managed(),
        stay("a stay that vanished and was restored", Budget { vanishes: 1, ends: 1, ..NONE }).alone(),
        stay("a stay that is prolonged, with a crash", Budget { crashes: 1, ..back }).alone(),
        stay("a stay that is prolonged, with a loss", Budget { lost: 1, ..back }).alone(),
        stay("a stay that is prolonged, with two leaders", back).until(3),
        stay("a stay that is prolonged, and somebody switches the account", Budget { switches: 1, ..back }).alone(),
        stay("a stay that is prolonged, and rules that change twice", Budget { rules: 2, ..back }).alone(),
        stay("a stay that is prolonged, and an edit", Budget { edits: 1, ..back }).alone(),
        stay("a stay that is prolonged and ends, with a late request", Budget { ends: 3, late: 1, ..NONE }).alone(),
        stay("a stay, made again, with a late request", Budget { creates: 1, late: 1, ..deleted }).alone(),
        visit("a visit that is prolonged and ends, with a late request", Budget { ends: 3, late: 1, ..NONE }).alone(),
        visit("a visit that is prolonged, with a crash", Budget { crashes: 1, ..back }).alone(),
        visit("a visit that is prolonged, and rules that change", Budget { rules: 1, ..back }).alone(),
        first("somebody disables the account, with a loss", Budget { switches: 1, lost: 1, ..NONE }),
        resend("a resend, and somebody disables the account, with a crash", Budget { switches: 1, crashes: 1, ..NONE }),
    ]
}
