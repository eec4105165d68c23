//! Between the Guest, which has everything of a person, and the record that the decision for one claim rests on.

use super::others::{had, is_of_another};
use super::{Bond, ClaimKey, Others, Record};
use crate::api::{ClaimRecord, GuestRecord, GuestState, GuestUser, Origin, Owner, PerRelation, Reclaim, RelationKind};

impl Record {
    /// What `guest` holds for the claim `key`.
    pub fn of(guest: &GuestRecord, key: &ClaimKey) -> Self {
        let claim = guest.claims.iter().find(|claim| key.is(claim));
        let owns = guest.owner.as_ref().is_some_and(|owner| owner.uid.as_ref() == Some(&key.uid));
        let follows = claim.is_some_and(|claim| claim.uid.as_ref() == Some(&key.uid));
        let bond = match (owns, follows) {
            (true, _) => Bond::Owns,
            (false, true) if is_of_another(guest, key) => Bond::Shares,
            (false, true) => Bond::Follows,
            (false, false) => Bond::None,
        };
        let of_namespace = guest.owner.as_ref().filter(|owner| owner.namespace == key.namespace);
        Self {
            bond,
            guest: guest.user.clone().map(|user| seen_from(user, guest, key)),
            invitation: guest.invitation.clone(),
            mailed_at: guest.mailed_at.clone(),
            link_digest: guest.link_digest.clone(),
            redemption: guest.redemption.clone(),
            relations: PerRelation::of(|kind| {
                claim.map(|claim| kind.recorded(&claim.relations).to_vec()).unwrap_or_default()
            }),
            profile: guest.profile.clone(),
            profile_change: guest.profile_change,
            ends: of_namespace.map(|owner| owner.ends.clone()).unwrap_or_default(),
            ending: guest.ending,
            ended: guest.ended.clone(),
            disabled: guest.disabled,
            brought_back_at: guest.brought_back_at,
            refusal: guest.refusal.clone(),
            handled: claim.map(|claim| claim.last_handled.clone()).unwrap_or_default(),
            asked_mail_at: claim.and_then(|claim| claim.mailed_at),
            reclaim: guest.reclaim,
            others: Others::of(guest, key),
        }
    }

    /// The Guest's record after the claim `key` has put this into `before`.
    pub fn put(&self, before: &GuestRecord, key: &ClaimKey) -> GuestRecord {
        let mut next = before.clone();
        self.put_user(&mut next, key);
        if is_of_another_user(before, &next) {
            forget_relations(&mut next);
        }
        self.put_owner(&mut next, key);
        self.put_claim(&mut next, key);
        if self.bond != Bond::Follows {
            next.invitation = self.invitation.clone();
            next.mailed_at = self.mailed_at.clone();
            next.link_digest = self.link_digest.clone();
        }
        if !matches!(self.bond, Bond::Follows | Bond::Shares) {
            next.profile = self.profile.clone();
            next.profile_change = self.profile_change;
            next.ending = self.ending;
            next.ended = self.ended.clone();
            next.disabled = self.disabled;
            next.brought_back_at = self.brought_back_at;
        }
        next.refusal = self.refusal.clone();
        next.redemption = self.redemption.clone();
        next.reclaim = self.reclaim.filter(|_| self.bond != Bond::Owns);
        if had(before, key) && next.claim_uids().next().is_none() && next.is_left_to_sharers() {
            // The last of those to whom the owner left the person: the end that the owner declared is due.
            next.reclaim = next.reclaim.map(|reclaim| Reclaim { due: true, ..reclaim });
        }
        if next.claim_uids().next().is_some() {
            // It counts how long somebody is gone who is nobody's.
            next.gone_since = None;
        }
        // Whoever only follows them does not fill the place of an owner who vanished.
        let owner = |guest: &GuestRecord| guest.owner.as_ref().and_then(|owner| owner.uid.clone());
        let waits = before.state == GuestState::Ownerless && owner(before).is_some() && owner(before) == owner(&next);
        next.state = if waits { GuestState::Ownerless } else { state(&next) };
        next
    }

    fn put_user(&self, next: &mut GuestRecord, key: &ClaimKey) {
        match &self.guest {
            None => (next.user, next.made_in) = (None, None),
            Some(user) => {
                let same = next.user.as_ref().filter(|before| before.id == user.id);
                let theirs = same.is_some_and(|before| before.origin == Origin::Invited)
                    && next.made_in.as_ref().is_some_and(|made_in| *made_in != key.namespace);
                if theirs {
                    next.user = Some(GuestUser { origin: Origin::Invited, ..user.clone() });
                } else if self.bond == Bond::Shares {
                    // Whom a sharer's mail made anew, because somebody had deleted them, is whose they were.
                    let origin = next.user.as_ref().map_or(user.origin, |before| before.origin);
                    next.user = Some(GuestUser { origin, ..user.clone() });
                } else {
                    next.made_in = (user.origin == Origin::Invited).then(|| key.namespace.clone());
                    next.user = Some(user.clone());
                }
            }
        }
    }

    fn put_owner(&self, next: &mut GuestRecord, key: &ClaimKey) {
        let was = next.owner.as_ref().is_some_and(|owner| owner.uid.as_ref() == Some(&key.uid));
        match (self.bond, &mut next.owner) {
            (Bond::Owns, owner) => {
                // Whose place this was has nothing of the person any more.
                let before = owner.take().and_then(|before| before.uid).filter(|before| *before != key.uid);
                if before.is_some() {
                    next.claims.iter_mut().filter(|claim| claim.uid == before).for_each(|claim| claim.uid = None);
                    next.claims.retain(is_worth_keeping);
                }
                let (namespace, name) = (key.namespace.clone(), key.name.clone());
                *owner = Some(Owner { namespace, name, uid: Some(key.uid.clone()), ends: self.ends.clone() });
            }
            (Bond::Follows | Bond::Shares | Bond::None, Some(owner)) if was => owner.uid = None,
            _ => {}
        }
    }

    fn put_claim(&self, next: &mut GuestRecord, key: &ClaimKey) {
        let at = next.claims.iter().position(|claim| key.is(claim));
        // Whoever has let go, or never had anybody, leaves alone what a later claim of the same name has by now.
        let of_another = |claim: &ClaimRecord| claim.uid.as_ref().is_some_and(|uid| *uid != key.uid);
        if self.bond == Bond::None && at.is_some_and(|at| of_another(&next.claims[at])) {
            return;
        }
        let mut claim = at.map(|at| next.claims.remove(at)).unwrap_or_else(|| ClaimRecord {
            namespace: key.namespace.clone(),
            name: key.name.clone(),
            ..ClaimRecord::default()
        });
        for kind in RelationKind::ALL {
            let before = std::mem::take(kind.recorded_mut(&mut claim.relations));
            let now = &self.relations[kind];
            // A relation of ours that this claim wants no more belongs to another claim that wants it too.
            for relation in before.iter().filter(|before| !now.iter().any(|now| now.id == before.id)) {
                hand_on(next, kind, relation);
            }
            kind.recorded_mut(&mut claim.relations).clone_from(now);
        }
        claim.last_handled = self.handled.clone();
        claim.mailed_at = self.asked_mail_at;
        claim.uid = (self.bond != Bond::None).then(|| key.uid.clone());
        if is_worth_keeping(&claim) {
            next.claims.insert(at.unwrap_or(next.claims.len()), claim);
        }
    }
}

/// Whether the user of before is not the person's any more.
fn is_of_another_user(before: &GuestRecord, next: &GuestRecord) -> bool {
    before.user.as_ref().is_some_and(|user| next.user.as_ref().is_none_or(|next| next.id != user.id))
}

/// What any claim added was added to a user who is gone. Whoever comes after them has none of it.
fn forget_relations(next: &mut GuestRecord) {
    for claim in &mut next.claims {
        RelationKind::ALL.into_iter().for_each(|kind| kind.recorded_mut(&mut claim.relations).clear());
    }
    next.claims.retain(is_worth_keeping);
}

/// What is left of a claim that has ended is worth keeping only where something of it stands.
pub(super) fn is_worth_keeping(claim: &ClaimRecord) -> bool {
    claim.uid.is_some() || RelationKind::ALL.iter().any(|kind| !kind.recorded(&claim.relations).is_empty())
}

/// A user whom another namespace's invitation made was found, as this claim sees them.
fn seen_from(user: GuestUser, guest: &GuestRecord, key: &ClaimKey) -> GuestUser {
    let ours = guest.made_in.as_ref().is_none_or(|made_in| *made_in == key.namespace);
    GuestUser { origin: if ours { user.origin } else { Origin::Adopted }, ..user }
}

fn hand_on(next: &mut GuestRecord, kind: RelationKind, relation: &crate::api::Relation) {
    let ours = matches!(relation.state, crate::api::RelationState::Added | crate::api::RelationState::Adding);
    let heirs = next.claims.iter_mut().filter(|claim| claim.uid.is_some());
    let mut theirs = heirs.flat_map(|claim| kind.recorded_mut(&mut claim.relations).iter_mut());
    if let Some(heir) = theirs.find(|other| ours && other.id.is_some() && other.id == relation.id) {
        heir.state = crate::api::RelationState::Added;
        heir.begun_at = heir.begun_at.max(relation.begun_at);
    }
}

/// Where the person is, in one word.
pub fn state(guest: &GuestRecord) -> GuestState {
    let held = guest.owner.as_ref().is_some_and(|owner| owner.uid.is_some()) || guest.claim_uids().next().is_some();
    let accepted = guest.redemption.as_ref().is_some_and(crate::api::Redemption::has_accepted);
    match (&guest.user, &guest.ended) {
        _ if guest.alias_of.is_some() => GuestState::Alias,
        (_, Some(ended)) if ended.is_deletion() => GuestState::Gone,
        _ if guest.gone_since.is_some() => GuestState::Gone,
        (None, _) => GuestState::Pending,
        (Some(_), Some(_)) => GuestState::Ended,
        (Some(_), None) if !held => GuestState::Released,
        (Some(user), None) if user.internal => GuestState::Internal,
        (Some(_), None) if accepted => GuestState::Accepted,
        (Some(_), None) => GuestState::Invited,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Address, Explanation, Handled, Reason, Relation, RelationState};
    use crate::plan::{Desired, DirectoryUser, Refused, Step};

    /// Found by the model: the outcome of a mail came for a claim that had been deleted and made again meanwhile. Written down under
    /// its name, it took the new claim's handled request off the record, and the mail left once more.
    #[test]
    fn an_outcome_for_an_earlier_claim_leaves_the_later_one_of_its_name_alone() {
        let key = |uid: &str| ClaimKey { namespace: "a".into(), name: "guest".into(), uid: uid.into() };
        let mut before = GuestRecord::new("t", "guest@example.com", "t");
        let handled = Handled { resend: Some("please".into()), ..Handled::default() };
        let record = Record { bond: Bond::Owns, handled: handled.clone(), ..Record::default() };
        before = record.put(&before, &key("new"));
        let mut stale = Record::of(&before, &key("old"));
        assert_eq!(stale.bond, Bond::None);
        stale.invitation.sent = 1;
        let after = stale.put(&before, &key("old"));
        assert_eq!((after.invitation.sent, &after.claims, &after.owner), (1, &before.claims, &before.owner));
        assert_eq!(Record::of(&after, &key("new")).handled, handled);
    }

    /// Found by random lives: the person whom a claim only followed had been mailed by the operator for another claim, whose Secret with
    /// the link stood on record. The follower wanted it off, which a follower cannot write, and tried again without end.
    #[test]
    fn a_follower_decides_on_what_it_can_write() {
        let key = ClaimKey { namespace: "b".into(), name: "guest".into(), uid: "follower".into() };
        let mut before = GuestRecord::new("t", "guest@example.com", "t");
        before.invitation.redeem_url_secret = Some("guest-redeem-url".into());
        let shown = DirectoryUser { is_guest: true, ..DirectoryUser::new("user".into()) };
        let user = GuestUser::new("user".into(), Origin::Adopted);
        let desired = Desired::new(Address::new("guest@example.com"));
        let follows = Record { bond: Bond::Follows, guest: Some(user.clone()), ..Record::of(&before, &key) };
        let noted = shown.noted(&desired, &follows, &user);
        before = noted.put(&before, &key);
        assert_eq!(before.invitation.redeem_url_secret.as_deref(), Some("guest-redeem-url"));
        let again = Record::of(&before, &key);
        assert_eq!(shown.noted(&desired, &again, &user), again, "nothing is left to write");
        // What Graph refuses of its groups it remembers too.
        let now: jiff::Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let explanation = Explanation::new(Reason::PermissionMissing, "No.");
        let refused = Refused { explanation, retry_after: std::time::Duration::from_secs(60) };
        let Step::Write { record, .. } = again.refuse_change(&desired, &refused, now) else { panic!("a write") };
        assert_eq!(Record::of(&record.put(&before, &key), &key).refusal, record.refusal);
        assert!(record.refusal.is_some());
    }

    /// An administrator deleted a guest, who was then invited anew. A claim that followed them had added the first
    /// user to a group, took the second one for a member too, and later removed them from a group that it had never added them to.
    #[test]
    fn what_was_added_to_a_user_who_is_gone_is_forgotten_for_every_claim() {
        let key = |name: &str| ClaimKey { namespace: "a".into(), name: name.into(), uid: name.into() };
        let user = |id: &str| Some(GuestUser::new(id.into(), Origin::Invited));
        let group = |state| {
            let relation =
                Relation { name: "Readers".into(), id: Some("g".into()), state, begun_at: None, refusal: None };
            PerRelation::of(|kind| if kind == RelationKind::Groups { vec![relation.clone()] } else { Vec::new() })
        };
        let owns = Record { bond: Bond::Owns, guest: user("first"), ..Record::default() };
        let follows = Record { bond: Bond::Follows, relations: group(RelationState::Added), ..owns.clone() };
        let before = follows.put(&owns.put(&GuestRecord::new("t", "guest@example.com", "t"), &key("o")), &key("f"));
        assert_eq!(Record::of(&before, &key("f")).relations, group(RelationState::Added));
        for after in [user("second"), None] {
            let next = Record { guest: after, ..owns.clone() }.put(&before, &key("o"));
            assert_eq!(Record::of(&next, &key("f")).relations, PerRelation::default());
            assert_eq!(next.claim_uids().count(), 2, "both still have the person");
        }
        let same = Record { profile: vec!["jobTitle".into()], ..owns }.put(&before, &key("o"));
        assert_eq!(Record::of(&same, &key("f")).relations, group(RelationState::Added));
    }

    /// Found by random lives: each write of a claim that followed the person told Invited or Accepted, and the next pass over the Guest told
    /// Ownerless again.
    #[test]
    fn a_guest_stays_ownerless_until_somebody_owns_the_person() {
        let key = |uid: &str| ClaimKey { namespace: "a".into(), name: uid.into(), uid: uid.into() };
        let owns = Record {
            bond: Bond::Owns,
            guest: Some(GuestUser::new("user".into(), Origin::Adopted)),
            ..Record::default()
        };
        let mut before = owns.put(&GuestRecord::new("t", "guest@example.com", "t"), &key("vanished"));
        before.state = GuestState::Ownerless;
        let follows = Record { bond: Bond::Follows, ..owns.clone() }.put(&before, &key("follower"));
        assert_eq!(follows.state, GuestState::Ownerless);
        assert_eq!(owns.put(&follows, &key("follower")).state, GuestState::Invited);
    }

    /// A Guest whose user had been gone was taken by another claim, which invited the person anew. It told Gone ever after, and would have been
    /// forgotten 30 days after the first user was gone.
    #[test]
    fn whoever_is_somebodys_again_is_not_gone() {
        let key = ClaimKey { namespace: "a".into(), name: "guest".into(), uid: "new".into() };
        let mut before = GuestRecord::new("t", "guest@example.com", "t");
        before.user = Some(GuestUser::new("first".into(), Origin::Invited));
        before.gone_since = Some(jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(state(&before), GuestState::Gone);
        let second = GuestUser::new("second".into(), Origin::Invited);
        let invited = Record { bond: Bond::Owns, guest: Some(second), ..Record::default() }.put(&before, &key);
        assert_eq!((invited.gone_since, invited.state), (None, GuestState::Invited));
        let nobodys = Record { bond: Bond::None, ..Record::of(&before, &key) }.put(&before, &key);
        assert_eq!((nobodys.gone_since, nobodys.state), (before.gone_since, GuestState::Gone));
    }

    /// Found by the model: a claim took its attempt back, another namespace's took the place that was vacant then, and the first one
    /// went on as a follower of a person whom it had never been allowed to follow.
    #[test]
    fn whoever_loses_a_vacant_place_follows_nobody() {
        let key =
            |namespace: &str| ClaimKey { namespace: namespace.into(), name: "guest".into(), uid: namespace.into() };
        let blank = GuestRecord::new("t", "guest@example.com", "t");
        let owns = Record { bond: Bond::Owns, ..Record::default() };
        let taken = owns.put(&owns.put(&blank, &key("a")), &key("b"));
        assert_eq!(Record::of(&taken, &key("a")).bond, Bond::None);
        assert_eq!(taken.claim_uids().collect::<Vec<_>>(), ["b"]);
    }
}
