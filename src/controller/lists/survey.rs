//! Holds what a list wants against what stands: how each entry is, and what there is to do. Pure.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::wanted::{DeclaredGuest, WantedGuest};
use crate::api::Reason;
use crate::store::{Child, ChildTrouble, Family, Memory};

/// How an entry is.
#[derive(Debug)]
pub enum EntryStanding {
    /// As declared.
    InStep(Arc<Child>),
    /// To be written; the resource that stands, if one does.
    Behind(Option<Arc<Child>>),
    /// Its earlier resource is still being deleted; it is made again afterwards.
    Leaving,
    /// Not to be had as declared; the resource that stands, if one does.
    Refused(ChildTrouble, Option<Arc<Child>>),
}

/// A resource whose entry is gone.
#[derive(Debug, PartialEq, Eq)]
pub struct Leaver {
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

/// A list, surveyed.
#[derive(Debug)]
pub struct Survey {
    /// The entries in the list's order, each with its standing.
    pub entries: Vec<(WantedGuest, EntryStanding)>,
    /// To be deleted, by name.
    pub leavers: Vec<Leaver>,
}

impl Survey {
    /// Holds `wanted` against `family`.
    pub fn new(wanted: Vec<WantedGuest>, family: &Family, memory: &Memory, now: Timestamp) -> Self {
        let names: HashSet<&str> = wanted.iter().map(|wanted| wanted.name.as_str()).collect();
        let gone = family.children.iter().filter(|(name, child)| {
            !names.contains(name.as_str()) && !child.deleting && !memory.is_deleted(&child.uid)
        });
        let mut leavers: Vec<Leaver> =
            gone.map(|(name, child)| Leaver { name: name.clone(), uid: child.uid.clone() }).collect();
        leavers.sort_by(|a, b| a.name.cmp(&b.name));
        let entries = wanted.into_iter().map(|wanted| {
            let standing = standing(&wanted, family, memory, now);
            (wanted, standing)
        });
        Self { entries: entries.collect(), leavers }
    }

    /// The entries to write, each with the resource that stands.
    pub fn behind(&self) -> impl Iterator<Item = (&WantedGuest, &DeclaredGuest, Option<&Arc<Child>>)> {
        self.entries.iter().filter_map(|(wanted, standing)| match (&wanted.spec, standing) {
            (Ok(declared), EntryStanding::Behind(child)) => Some((wanted, declared, child.as_ref())),
            _ => None,
        })
    }

    /// Whether there is anything to do.
    pub fn has_work(&self) -> bool {
        !self.leavers.is_empty() || self.behind().next().is_some()
    }
}

fn standing(wanted: &WantedGuest, family: &Family, memory: &Memory, now: Timestamp) -> EntryStanding {
    let child = family.children.get(&wanted.name);
    let declared = match &wanted.spec {
        Ok(declared) => declared,
        Err(wrong) => {
            let trouble = ChildTrouble::new(Reason::EntryUnreadable, wrong.to_string());
            return EntryStanding::Refused(trouble, child.cloned());
        }
    };
    match child {
        None if family.taken.contains(&wanted.name) => {
            let message = format!(
                "There is a GuestInvitation {} already that this list did not make; it is left alone. Delete it, and the list makes its own: kubectl delete ginv {}",
                wanted.name, wanted.name
            );
            EntryStanding::Refused(ChildTrouble::new(Reason::NameTaken, message), None)
        }
        Some(child) if child.deleting || memory.is_deleted(&child.uid) => EntryStanding::Leaving,
        Some(child) if child.print == declared.print && child.list.is_some() => EntryStanding::InStep(child.clone()),
        child => match memory.refusal(&wanted.name, declared.print, child.map(|child| child.print), now) {
            Some(trouble) => EntryStanding::Refused(trouble.clone(), child.cloned()),
            None => EntryStanding::Behind(child.cloned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::wanted;
    use super::*;
    use crate::api::GuestList;
    use crate::store::RefusedWrite;
    use serde_json::json;

    fn wanted(emails: &[&str]) -> Vec<WantedGuest> {
        let guests: Vec<_> = emails.iter().map(|email| json!({"email": email})).collect();
        let list: GuestList = serde_json::from_value(json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestList",
            "metadata": {"name": "l", "namespace": "team"}, "spec": {"guests": guests},
        }))
        .unwrap();
        wanted::all(&list)
    }

    fn child(uid: &str, print: u64) -> Child {
        Child {
            list: Some("1".into()),
            list_name: "l".into(),
            uid: uid.into(),
            print,
            observed: true,
            deleting: false,
            state: None,
            trouble: None,
        }
    }

    /// A family in which every entry is as declared.
    fn settled(wanted: &[WantedGuest]) -> Family {
        let children = wanted
            .iter()
            .map(|wanted| (wanted.name.clone(), Arc::new(child(&wanted.email, wanted.spec.as_ref().unwrap().print))));
        Family { children: children.collect(), taken: HashSet::new() }
    }

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn only_what_differs_is_work() {
        let mut family = settled(&wanted(&["a@x.example", "b@x.example", "c@x.example"]));
        let survey = |emails: &[&str], family: &Family| Survey::new(wanted(emails), family, &Memory::default(), now());
        assert!(!survey(&["c@x.example", "a@x.example", "b@x.example"], &family).has_work(), "order does not count");
        let fewer_and_more = survey(&["a@x.example", "c@x.example", "d@x.example"], &family);
        assert_eq!(
            fewer_and_more.behind().map(|(wanted, ..)| wanted.email.as_str()).collect::<Vec<_>>(),
            ["d@x.example"]
        );
        assert_eq!(
            fewer_and_more.leavers.iter().map(|leaver| leaver.uid.as_str()).collect::<Vec<_>>(),
            ["b@x.example"]
        );
        let name = wanted(&["a@x.example"]).remove(0).name;
        family.children.insert(name, Arc::new(child("a@x.example", 7)));
        let edited = survey(&["a@x.example", "b@x.example", "c@x.example"], &family);
        assert_eq!(edited.behind().count(), 1, "an edit by hand is put right");
    }

    #[test]
    fn what_is_not_ours_is_left_alone_and_what_goes_is_waited_for() {
        let one = || wanted(&["a@x.example"]);
        let taken = Family { taken: HashSet::from([one()[0].name.clone()]), ..Family::default() };
        let survey = Survey::new(one(), &taken, &Memory::default(), now());
        assert!(!survey.has_work());
        assert!(
            matches!(&survey.entries[0].1, EntryStanding::Refused(trouble, None) if trouble.explanation.reason == Reason::NameTaken)
        );

        let family = settled(&one());
        let mut memory = Memory::default();
        memory.deleted("a@x.example");
        assert!(matches!(Survey::new(one(), &family, &memory, now()).entries[0].1, EntryStanding::Leaving));
        assert!(Survey::new(Vec::new(), &family, &memory, now()).leavers.is_empty(), "nobody is deleted twice");
    }

    #[test]
    fn who_lost_the_list_is_written_also_when_the_rest_is_as_declared() {
        let one = || wanted(&["a@x.example"]);
        let lost = |deleting| {
            let print = one()[0].spec.as_ref().unwrap().print;
            let lost = Child { list: None, deleting, ..child("u", print) };
            Family { children: HashMap::from([(one()[0].name.clone(), Arc::new(lost))]), ..Family::default() }
        };
        let survey = Survey::new(one(), &lost(false), &Memory::default(), now());
        assert!(survey.behind().all(|(.., child)| child.is_some_and(|child| child.uid == "u")) && survey.has_work());
        let leaving = Survey::new(one(), &lost(true), &Memory::default(), now());
        assert!(matches!(leaving.entries[0].1, EntryStanding::Leaving));
    }

    #[test]
    fn a_refused_write_is_repeated_when_something_changes_or_after_a_while() {
        let one = || wanted(&["a@x.example"]);
        let print = one()[0].spec.as_ref().unwrap().print;
        let trouble = ChildTrouble::new(Reason::EntryRefused, "no");
        let mut memory = Memory::default();
        let name = &one()[0].name;
        memory.refused(name, RefusedWrite { wanted: print, stands: None, at: now(), trouble });
        let has_work = |memory: &Memory, family: &Family, now| Survey::new(one(), family, memory, now).has_work();
        let nobody = Family::default();
        assert!(!has_work(&memory, &nobody, now()));
        assert!(has_work(&memory, &nobody, now().checked_add(RefusedWrite::AGAIN).unwrap()));
        let edited = Family { children: HashMap::from([(name.clone(), Arc::new(child("u", 7)))]), ..Family::default() };
        assert!(has_work(&memory, &edited, now()), "what stands is another one by now");
        memory.refused(
            name,
            RefusedWrite { wanted: 7, stands: None, at: now(), trouble: ChildTrouble::new(Reason::EntryRefused, "") },
        );
        assert!(has_work(&memory, &nobody, now()), "something else is wanted by now");
    }
}
