//! What a process hands to the decision.

use std::collections::BTreeMap;

use super::place::{ADDRESSES, Claim, NAMES, Place, id, key, now, older, user};
use crate::api::{Address, DeletionPolicy, Existing, PerRelation};
use crate::plan::{
    Answer, Claims, Demanded, Desired, GraphClock, KeptLink, Look, Observed, Outcome, Post, SendAt, Task, Tenant,
    UserView, standing,
};
use crate::policy::Permission;

pub struct Seen<'a>(pub &'a [Claim; 2]);

impl Claims for Seen<'_> {
    fn complete(&self) -> bool {
        true
    }

    fn lives(&self, namespace: &str, _: &str, uid: &str) -> bool {
        (0..2).any(|c| NAMES[c] == namespace && uid == namespace && !self.0[c].gone)
    }

    fn leaves(&self, namespace: &str, _: &str, uid: &str) -> bool {
        (0..2).any(|c| NAMES[c] == namespace && uid == namespace && !self.0[c].gone && self.0[c].deleting)
    }
}

impl Place {
    pub fn desired(&self, c: usize) -> Desired {
        let mut desired = Desired::new(Address::new(ADDRESSES[c]));
        desired.uid = NAMES[c].into();
        desired.finalizer = self.claims[c].finalizer;
        desired.deleting = self.claims[c].deleting.then(|| now(c));
        (desired.policy, desired.policy_by_name) = (DeletionPolicy::Delete, true);
        desired.existing = [Existing::Follow, Existing::Own][c];
        desired
    }

    pub fn observed(&self, p: usize, c: usize) -> Observed {
        let pass = &self.passes[p][c];
        let elsewhere = older(&self.views[p], c).and_then(|record| record.user.as_ref()).map(|user| user.id.clone());
        let answer = pass.answer.clone().map(|(attempt, kind, by)| {
            let done =
                Answer::Done { invitation: "i".into(), user: id(by), graph_time: now(c), kept: KeptLink::default() };
            (Post::Send { attempt, kind }, done)
        });
        Observed {
            tenant: Tenant::Ready { send_at: SendAt::Now },
            permission: Permission::Granted,
            standing: standing(
                &key(c),
                self.views[p][c].as_ref().map(|guest| &guest.record),
                false,
                &Seen(&self.claims),
            ),
            elsewhere: elsewhere.map(|user| (user, NAMES[1 - c].to_owned())).into_iter().collect(),
            barred: BTreeMap::new(),
            demanded: Demanded::default(),
            held: None,
            new_id: format!("of {p}"),
            ticket: pass.ticket.clone(),
            look: pass.look.as_ref().map(|found| Look {
                taken_at: now(c),
                graph_time: now(c),
                users: found.iter().copied().map(user).collect(),
                deleted: Some(Vec::new()),
            }),
            user: match pass.fetched {
                None => UserView::Unknown,
                Some(None) => UserView::Missing,
                Some(Some(entry)) => UserView::Found(user(entry)),
            },
            graph_clock: GraphClock::default(),
            user_read_at: pass.fetched.map(|_| now(c)),
            patched: BTreeMap::new(),
            rewritten: None,
            successor: false,
            shared: PerRelation::default(),
            removing: PerRelation::default(),
            lost: PerRelation::default(),
            ends_stopped: None,
            no_link_kept: false,
            mail_trouble: None,
            answer,
            done: pass.deleted.clone().map(|user| (Task::Delete(user), Outcome::Done)),
        }
    }
}
