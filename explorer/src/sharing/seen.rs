//! What a process hands to the decision.

use std::collections::BTreeMap;

use super::Without;
use super::place::{Brought, Claim, NAMES, Place, START, at, group, key, user};
use crate::api::{Address, DeletionPolicy, Explanation, GuestRecord, PerRelation, Reason, Relation, RelationKind};
use crate::plan::{
    Claims, Demanded, Desired, GraphClock, Observed, Outcome, Record, SendAt, Standing, Task, Tenant, UserView,
    standing,
};
use crate::policy::Permission;

pub struct Seen<'a>(pub &'a [Claim; 3]);

impl Seen<'_> {
    fn of(&self, namespace: &str, uid: &str) -> Option<&Claim> {
        (0..3).find(|c| NAMES[*c] == namespace && uid == namespace).map(|c| &self.0[c]).filter(|claim| !claim.gone)
    }
}

impl Claims for Seen<'_> {
    fn complete(&self) -> bool {
        true
    }

    fn lives(&self, namespace: &str, _: &str, uid: &str) -> bool {
        self.of(namespace, uid).is_some()
    }

    fn leaves(&self, namespace: &str, _: &str, uid: &str) -> bool {
        self.of(namespace, uid).is_some_and(|claim| claim.deleting)
    }
}

impl Place {
    pub fn desired(&self, c: usize) -> Desired {
        let mut desired = Desired::new(Address::new("guest@example.com"));
        desired.uid = NAMES[c].into();
        desired.finalizer = self.claims[c].finalizer;
        desired.deleting = self.claims[c].deleting.then(|| at(START));
        if c == 0 {
            desired.policy = if self.scenario.deletes { DeletionPolicy::Delete } else { DeletionPolicy::Disable };
            desired.policy_by_name = true;
        }
        desired.relations[RelationKind::Groups] = vec![self.scenario.wanted(c).to_owned()];
        desired
    }

    pub fn record(&self, c: usize) -> Record {
        let mut record = Record::of(&self.views[c], &key(c));
        record.others.share &= self.without != Without::Sharers;
        record.others.ending &= self.without != Without::BegunEnds;
        if self.without == Without::BegunEnds && record.bond == crate::plan::Bond::None {
            record.ending = None;
        }
        if self.without == Without::LateAdds && record.relations[RelationKind::Groups].iter().any(Relation::is_going) {
            record.relations[RelationKind::Groups].iter_mut().for_each(|relation| relation.begun_at = None);
        }
        record
    }

    pub fn observed(&self, c: usize) -> Observed {
        let (view, pass) = (&self.views[c], &self.passes[c]);
        let standing = standing(&key(c), Some(view), false, &Seen(&self.claims));
        let refused =
            matches!(standing, Standing::Shared { .. }) && !self.claims[c].allowed && self.without != Without::TheRule;
        let permission = match refused {
            true => Permission::Refused(Explanation::new(Reason::NotAllowed, "No rule.")),
            false => Permission::Granted,
        };
        let others = |so: fn(&Relation) -> bool| of_others(view, c, so);
        Observed {
            tenant: Tenant::Ready { send_at: SendAt::Now },
            permission,
            standing,
            elsewhere: BTreeMap::new(),
            barred: BTreeMap::new(),
            demanded: Demanded::default(),
            held: self.revoked.then_some(Reason::Revoked),
            new_id: "new".into(),
            ticket: None,
            look: None,
            user: match pass.fetched {
                None => UserView::Unknown,
                Some(None) => UserView::Missing,
                Some(Some(entry)) => UserView::Found(user(entry)),
            },
            graph_clock: GraphClock::default(),
            user_read_at: pass.fetched.map(|_| at(self.now)),
            patched: BTreeMap::new(),
            rewritten: None,
            successor: false,
            shared: match self.without {
                Without::SharedGroups => PerRelation::default(),
                _ => others(|relation| !relation.is_going()),
            },
            removing: match self.without {
                Without::Removals => PerRelation::default(),
                _ => others(Relation::is_going),
            },
            lost: self.lost(c),
            ends_stopped: None,
            no_link_kept: false,
            mail_trouble: None,
            answer: None,
            done: pass.done.clone().map(done),
        }
    }
}

impl Place {
    /// What a sweep shows: the groups that stand on the claim's record, and in which the user is not.
    fn lost(&self, c: usize) -> PerRelation<Vec<String>> {
        let Some(user) = self.user.filter(|_| self.scenario.late > 0 && self.without != Without::Sweeps) else {
            return PerRelation::default();
        };
        let record = Record::of(&self.views[c], &key(c));
        PerRelation::of(|kind| {
            let lost = record.relations[kind]
                .iter()
                .filter(|relation| relation.stands() && !user.groups[group(&relation.name)]);
            lost.filter_map(|relation| relation.id.clone()).collect()
        })
    }
}

/// The task that brought this, with its outcome.
pub fn done(brought: Brought) -> (Task, Outcome) {
    let (kind, user) = (RelationKind::Groups, || "user".to_owned());
    match brought {
        Brought::Found(news) => {
            let names = news.iter().map(|relation| relation.name.clone()).collect();
            (Task::FindRelated { kind, user: user(), names }, Outcome::Relations(news))
        }
        Brought::Added(relations) => {
            (Task::AddRelations { kind, user: user(), relations: relations.clone() }, Outcome::Relations(relations))
        }
        Brought::Removed(relations) => (Task::RemoveRelations { kind, user: user(), relations }, Outcome::Done),
        Brought::Disabled => (Task::Enable { user: user(), enabled: false }, Outcome::Done),
        Brought::Enabled => (Task::Enable { user: user(), enabled: true }, Outcome::Done),
        Brought::Deleted => (Task::Delete(user()), Outcome::Done),
    }
}

/// The groups of other claims on record, in these states.
pub fn of_others(view: &GuestRecord, c: usize, so: fn(&Relation) -> bool) -> PerRelation<Vec<String>> {
    let others = || view.claims.iter().filter(|claim| claim.uid.is_some() && claim.namespace != NAMES[c]);
    PerRelation::of(|kind| {
        let all = others().flat_map(|claim| kind.recorded(&claim.relations));
        all.filter(|relation| so(relation)).filter_map(|relation| relation.id.clone()).collect()
    })
}
