//! Whose a person is, for one claim. Another namespace's guest is nobody else's: only the namespace of the last owner, or a claim that
//! is granted more than to follow, takes a place that is vacant.

use super::{ClaimKey, Standing};
use crate::api::{DeletionPolicy, GuestRecord};

/// As many claims as the record of a person has room for: the owner and 64 who share.
const MOST_CLAIMS: usize = 65;

/// Which claims there are now, as far as that is known.
pub trait Claims {
    /// Whether all claims were listed.
    fn complete(&self) -> bool;
    /// Whether the claim with this key is there, also while it is being deleted.
    fn lives(&self, namespace: &str, name: &str, uid: &str) -> bool;
    /// Whether the claim with this key is there and is being deleted.
    fn leaves(&self, namespace: &str, name: &str, uid: &str) -> bool;
}

/// Whose the person of `guest` is for the claim `key`. `granted`: the platform team lets claims of other namespaces have them.
pub fn standing(key: &ClaimKey, guest: Option<&GuestRecord>, granted: bool, claims: &impl Claims) -> Standing {
    let Some(guest) = guest else { return Standing::Ours };
    if guest.alias_of.is_some() {
        return Standing::Taken { holder: None };
    }
    // Nobody is there and nothing may have left: whoever is entitled may begin.
    if is_vacant(guest) {
        return Standing::Ours;
    }
    let Some(owner) = &guest.owner else { return Standing::Found };
    let same_namespace = owner.namespace == key.namespace;
    let full =
        guest.claims.len() >= MOST_CLAIMS && !guest.claims.iter().any(|claim| claim.uid.as_ref() == Some(&key.uid));
    let shared = |vacant| if full { Standing::Taken { holder: None } } else { Standing::Shared { vacant } };
    match &owner.uid {
        Some(uid) if *uid == key.uid => Standing::Ours,
        // It waits for another claim of its namespace to take the person over, and ends them else.
        Some(uid) if same_namespace && claims.leaves(&owner.namespace, &owner.name, uid) => Standing::Ours,
        Some(uid) if same_namespace && claims.lives(&owner.namespace, &owner.name, uid) => {
            Standing::Taken { holder: Some(format!("{}/{}", owner.namespace, owner.name)) }
        }
        Some(uid) if claims.lives(&owner.namespace, &owner.name, uid) => shared(false),
        Some(_) if !claims.complete() => Standing::Unknown,
        _ if same_namespace => Standing::Ours,
        // It vanished, and something was to be undone at its end, or its send is not settled: the platform team decides.
        Some(_) if owner.ends.policy != DeletionPolicy::Retain && !granted => Standing::Taken { holder: None },
        None if guest.is_left_to_sharers() => shared(true),
        _ if guest.is_open() || guest.user.is_none() => Standing::Taken { holder: None },
        _ => Standing::Found,
    }
}

/// Whether nobody is there, nothing was sent, and nothing is being sent.
pub fn is_vacant(guest: &GuestRecord) -> bool {
    let invitation = &guest.invitation;
    guest.user.is_none() && !guest.is_open() && invitation.sent == 0 && invitation.owed_since.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{GuestUser, Origin, Owner};

    struct Live(&'static str);

    impl Claims for Live {
        fn complete(&self) -> bool {
            true
        }

        fn lives(&self, _: &str, _: &str, uid: &str) -> bool {
            uid == self.0
        }

        fn leaves(&self, _: &str, _: &str, _: &str) -> bool {
            false
        }
    }

    /// Found by the model: a process that had not heard that its claim was deleted and made again took the person from the new
    /// one, as another uid under its own name.
    #[test]
    fn of_two_uids_under_one_name_the_one_that_lives_has_the_person() {
        let key = |uid: &str| ClaimKey { namespace: "a".into(), name: "guest".into(), uid: uid.into() };
        let of = |uid: &str| {
            let mut guest = GuestRecord::new("t", "guest@example.com", "t");
            guest.user = Some(GuestUser::new("user".into(), Origin::Invited));
            guest.owner = Some(Owner {
                namespace: "a".into(),
                name: "guest".into(),
                uid: Some(uid.into()),
                ends: crate::api::Ends::default(),
            });
            guest
        };
        let live = Live("new");
        assert_eq!(standing(&key("new"), Some(&of("old")), false, &live), Standing::Ours);
        assert_eq!(
            standing(&key("old"), Some(&of("new")), false, &live),
            Standing::Taken { holder: Some("a/guest".into()) }
        );
    }
}
