//! The relations that the records name, held against the directory: somebody may have taken a guest out of a group.

use std::collections::{HashMap, HashSet};

use crate::api::{PerRelation, RelationKind};
use crate::graph::{Graph, GraphError};
use crate::packed::Id;

/// The relations on record, by kind and by the other object's id: the users who have each.
pub type Related = PerRelation<HashMap<String, HashSet<Id>>>;

/// The relations on record that the directory does not show, by user: the ids of the other objects, by kind.
pub type Lost = HashMap<Id, PerRelation<Vec<String>>>;

/// Which of the relations in `related` are not there any more. A kind that the application may not read is left out.
///
/// # Errors
/// When Graph cannot be asked to the end.
pub async fn lost(graph: &Graph, related: &Related) -> Result<Lost, GraphError> {
    let mut lost = Lost::new();
    for kind in RelationKind::ALL {
        let missing = match Graph::lists_users_of(kind) {
            true => by_target(graph, kind, &related[kind]).await,
            false => by_user(graph, kind, &related[kind]).await,
        };
        match missing {
            Ok(missing) => {
                for (user, target) in missing {
                    lost.entry(user).or_default()[kind].push(target);
                }
            }
            Err(error) if error.status == Some(403) => {
                tracing::debug!(kind = kind.field(), %error, "these relations cannot be read, so nobody sees who loses one");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(lost)
}

async fn by_target(
    graph: &Graph,
    kind: RelationKind,
    related: &HashMap<String, HashSet<Id>>,
) -> Result<Vec<(Id, String)>, GraphError> {
    let mut lost = Vec::new();
    for (target, users) in related {
        let mut missing: HashSet<&Id> = users.iter().collect();
        let take = |page: Vec<String>| {
            for id in page {
                missing.remove(&Id::from(id.as_str()));
            }
        };
        // With the object all of its relations are gone; there is nothing to be put right.
        if graph.each_user_of(kind, target, take).await? {
            lost.extend(missing.into_iter().map(|user| (user.clone(), target.clone())));
        }
    }
    Ok(lost)
}

async fn by_user(
    graph: &Graph,
    kind: RelationKind,
    related: &HashMap<String, HashSet<Id>>,
) -> Result<Vec<(Id, String)>, GraphError> {
    let mut wanted: HashMap<&Id, Vec<&String>> = HashMap::new();
    for (target, users) in related {
        users.iter().for_each(|user| wanted.entry(user).or_default().push(target));
    }
    let users: Vec<String> = wanted.keys().map(ToString::to_string).collect();
    let mut lost = Vec::new();
    for (user, stands) in graph.related_of(kind, &users).await? {
        let user = Id::from(user.as_str());
        let missing = wanted.get(&user).into_iter().flatten().filter(|target| !stands.contains(**target));
        lost.extend(missing.map(|target| (user.clone(), (*target).clone())));
    }
    Ok(lost)
}
