//! Groups and sponsors in the directory: find them by name, add the guest, remove what we added.

use jiff::Timestamp;

use crate::api::{GuestInvitation, Refusal, Tie, TieState};
use crate::graph::{Class, Graph, GraphError, Obstacle, Reach, Reference, is_object_id, refused_write};
use crate::plan::{Outcome, TieKind};

/// How long a group that cannot take guests is left alone.
const LATER: std::time::Duration = std::time::Duration::from_secs(3600);

/// Finds what `names` mean, and whether the user is tied to it already.
pub async fn find(
    graph: &Graph,
    kind: TieKind,
    user: &str,
    names: &[String],
    guest: &GuestInvitation,
) -> Result<Outcome, GraphError> {
    let present = match kind {
        TieKind::Group => graph.groups_of(user).await?,
        TieKind::Sponsor => graph.sponsors(user).await?,
    };
    let mut ties = Vec::with_capacity(names.len());
    for name in names {
        let found = match kind {
            TieKind::Group => group(graph, name).await?,
            TieKind::Sponsor => sponsor(graph, name).await?,
        };
        ties.push(match found {
            Ok(id) if present.contains(&id) => tie_of(name, Some(id), TieState::Present, None),
            Ok(id) => tie_of(name, Some(id), TieState::Adding, None),
            Err((reason, message)) => {
                tie_of(name, None, TieState::Refused, Some(refusal(guest, reason, message, LATER)))
            }
        });
    }
    Ok(Outcome::Ties(ties))
}

/// Adds the guest to each; what is there already was added by us a moment ago, for it is on record as being added.
pub async fn tie(
    graph: &Graph,
    kind: TieKind,
    user: &str,
    ties: &[Tie],
    guest: &GuestInvitation,
) -> Result<Outcome, GraphError> {
    let results = graph.add_references(&references(kind, user, ties)).await?;
    let news = ties.iter().zip(results).map(|(tie, result)| match result {
        Ok(_) => Tie { state: TieState::Added, refusal: None, ..tie.clone() },
        Err(error) => {
            let refusal = refused(kind, tie, &error, guest);
            // A user who was just made is not there for a reference for minutes, even if they were read.
            let waits = error.is_not_found() || matches!(error.class, Class::Transient | Class::Throttled);
            let state = if waits { TieState::Adding } else { TieState::Refused };
            Tie { state, refusal: Some(refusal), ..tie.clone() }
        }
    });
    Ok(Outcome::Ties(news.collect()))
}

/// Removes the guest from each.
pub async fn untie(graph: &Graph, kind: TieKind, user: &str, ties: &[Tie]) -> Result<Outcome, GraphError> {
    let results = graph.remove_references(&references(kind, user, ties)).await?;
    match results.into_iter().find_map(Result::err) {
        None => Ok(Outcome::Done),
        Some(error) if error.reach == Reach::Answered && error.class == Class::Terminal => {
            let (reason, message, retry_after) = refused_write(&error, permission(kind), "removing the guest");
            Ok(Outcome::Refused(crate::plan::Refused { reason, message, retry_after }))
        }
        Some(error) => Err(error),
    }
}

type Named = Result<String, (&'static str, String)>;

async fn group(graph: &Graph, name: &str) -> Result<Named, GraphError> {
    let groups = match graph.group(name).await? {
        Some(group) => vec![group],
        None if is_object_id(name) => Vec::new(),
        None => graph.groups_named(name).await?,
    };
    Ok(match groups.as_slice() {
        [] => Err((
            "GroupNotFound",
            format!("There is no group {name:?} in the directory. Name an existing one, by id or display name."),
        )),
        [group] => match group.obstacle() {
            Some(Obstacle::Dynamic) => Err((
                "DynamicGroup",
                format!(
                    "A rule decides who belongs to the group {name:?}. Name a group with assigned members, or change the rule."
                ),
            )),
            Some(Obstacle::OnPremises) => Err((
                "OnPremisesGroup",
                format!("The group {name:?} is synchronised from on-premises and can be changed only there."),
            )),
            Some(Obstacle::RoleAssignable) | None => Ok(group.id.clone()),
        },
        several => Err((
            "GroupAmbiguous",
            format!(
                "{} groups are named {name:?}. Give the id of one: {}.",
                several.len(),
                several.iter().map(|group| group.id.as_str()).collect::<Vec<_>>().join(", ")
            ),
        )),
    })
}

async fn sponsor(graph: &Graph, name: &str) -> Result<Named, GraphError> {
    let found = graph.principals_named(name).await?;
    Ok(match found.as_slice() {
        [] => Err((
            "SponsorNotFound",
            format!(
                "There is no user or group {name:?} in the directory. Name an existing one, by id, user principal name or display name."
            ),
        )),
        [one] => Ok(one.id.clone()),
        several => Err((
            "SponsorAmbiguous",
            format!("{} users or groups are named {name:?}. Give the id of one.", several.len()),
        )),
    })
}

fn refused(kind: TieKind, tie: &Tie, error: &GraphError, guest: &GuestInvitation) -> Refusal {
    let what = match kind {
        TieKind::Group => format!("adding the guest to the group {:?}", tie.name),
        TieKind::Sponsor => format!("adding the sponsor {:?}", tie.name),
    };
    let (reason, message, wait) = refused_write(error, permission(kind), &what);
    refusal(guest, &reason, message, wait)
}

fn permission(kind: TieKind) -> &'static str {
    match kind {
        TieKind::Group => "GroupMember.ReadWrite.All",
        TieKind::Sponsor => "User.ReadWrite.All",
    }
}

fn references(kind: TieKind, user: &str, ties: &[Tie]) -> Vec<Reference> {
    let ids = ties.iter().filter_map(|tie| tie.id.clone());
    ids.map(|id| match kind {
        TieKind::Group => Reference::Member { group: id, user: user.to_owned() },
        TieKind::Sponsor => Reference::Sponsor { user: user.to_owned(), sponsor: id },
    })
    .collect()
}

fn tie_of(name: &str, id: Option<String>, state: TieState, refusal: Option<Refusal>) -> Tie {
    Tie { name: name.to_owned(), id, state, refusal }
}

fn refusal(guest: &GuestInvitation, reason: &str, message: String, wait: std::time::Duration) -> Refusal {
    let generation = guest.metadata.generation.unwrap_or_default();
    Refusal::new(reason.to_owned(), message, generation, Timestamp::now(), wait)
}
