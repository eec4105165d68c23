//! What guests use of Microsoft Graph, as far as their resources tell, counted for each tenant.

use std::collections::HashMap;

use kube::ResourceExt;

use crate::api::{DeletionPolicy, GuestInvitation, PerRelation, Profile, RESET_REDEMPTION, RelationKind};
use crate::graph::{Feature, is_object_id};

/// What one guest uses, as far as their resource alone tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Uses {
    relations: PerRelation<bool>,
    by_name: PerRelation<bool>,
    profile: bool,
    reset: bool,
    deletion: Option<DeletionPolicy>,
}

impl Uses {
    /// What `guest` uses.
    pub fn of(guest: &GuestInvitation) -> Self {
        let spec = &guest.spec;
        let by_name = |text: &String| !is_object_id(text) && !text.contains('@');
        Self {
            relations: PerRelation::of(|kind| !kind.declared(spec).is_empty()),
            by_name: PerRelation::of(|kind| kind.declared(spec).iter().any(by_name)),
            profile: spec.profile.as_ref().is_some_and(|profile| !Profile::properties(profile).is_empty()),
            reset: guest.annotations().contains_key(RESET_REDEMPTION),
            deletion: spec.deletion_policy,
        }
    }

    /// The features that this takes; a guest that does not say what its deletion does has the `default`.
    pub fn features(self, default: Option<DeletionPolicy>) -> impl Iterator<Item = Feature> {
        let deletion = self.deletion.or(default).unwrap_or_default();
        let used = [
            (true, Feature::Invite),
            (true, Feature::Follow),
            (self.profile, Feature::Profile),
            (self.reset, Feature::Reset),
            (deletion == DeletionPolicy::Disable, Feature::Disable),
            (deletion == DeletionPolicy::Delete, Feature::Delete),
        ];
        let relations = RelationKind::ALL.into_iter().flat_map(move |kind| {
            let find = Feature::FindRelated(kind);
            [(self.relations[kind], Feature::Relation(kind)), (self.by_name[kind] && !find.is_implied(), find)]
        });
        used.into_iter().chain(relations).filter_map(|(used, feature)| used.then_some(feature))
    }
}

/// How many guests use the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UseCounts {
    guests: HashMap<Uses, usize>,
}

impl UseCounts {
    /// Counts one guest more.
    pub fn add(&mut self, uses: Uses) {
        *self.guests.entry(uses).or_default() += 1;
    }

    /// Counts one guest less.
    pub fn remove(&mut self, uses: Uses) {
        if let Some(count) = self.guests.get_mut(&uses) {
            *count -= 1;
            if *count == 0 {
                self.guests.remove(&uses);
            }
        }
    }

    /// What guests use, each with the number of guests that use just this.
    pub fn iter(&self) -> impl Iterator<Item = (Uses, usize)> {
        self.guests.iter().map(|(uses, count)| (*uses, *count))
    }
}

impl FromIterator<Uses> for UseCounts {
    fn from_iter<T: IntoIterator<Item = Uses>>(guests: T) -> Self {
        let mut counts = Self::default();
        guests.into_iter().for_each(|uses| counts.add(uses));
        counts
    }
}
