//! Whoever applies the definitions is warned of nothing.

use crate::definitions::definition;
use crate::requests::{KINDS, alone, ask};

#[tokio::test(flavor = "multi_thread")]
async fn the_definitions_are_applied_without_a_warning() {
    let world = alone().await;
    for (kind, plural, _) in KINDS {
        let mut crd = definition(kind);
        let uri = format!(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.guestlist.dev?fieldManager=somebody&force=true&fieldValidation=Strict"
        );
        let answer = ask(&world, "PATCH", &uri, "application/apply-patch+yaml", &crd).await;
        assert_eq!((answer.code, &answer.warnings), (200, &Vec::new()), "{kind}: {}", answer.said());
        // The test would see one.
        let spec = &mut crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
        spec["properties"]["odd"] = serde_json::json!({"type": "integer", "format": "uint32"});
        let uri = format!("{uri}&dryRun=All");
        let answer = ask(&world, "PATCH", &uri, "application/apply-patch+yaml", &crd).await;
        assert!(answer.warnings.iter().any(|warning| warning.contains("uint32")), "{:?}", answer.warnings);
    }
}

/// Kubernetes takes the kind X + `List` for a list of X. So it would look for such an object in another place, and the garbage
/// collector would delete what the object owns.
#[test]
fn no_kind_reads_as_a_list_of_another() {
    let kinds: Vec<String> = guestlist::api::crds().into_iter().map(|crd| crd.spec.names.kind).collect();
    assert_eq!(kinds.len(), KINDS.len());
    for kind in &kinds {
        assert!(!kinds.contains(&format!("{kind}List")), "{kind} takes the name of its lists from another kind");
    }
}

/// kubectl looks a word up among all names of kinds and their categories: one that is both means more than it says, as in
/// `kubectl delete guestlist --all`.
#[test]
fn no_word_means_a_kind_and_all_kinds() {
    let names: Vec<_> = guestlist::api::crds().into_iter().map(|crd| crd.spec.names).collect();
    let (mut words, mut categories) = (Vec::new(), Vec::new());
    for names in names {
        words.extend([names.plural].into_iter().chain(names.singular).chain(names.short_names.into_iter().flatten()));
        categories.extend(names.categories.into_iter().flatten());
    }
    assert!(categories.len() >= KINDS.len() && categories.iter().all(|category| !words.contains(category)));
    let count = words.len();
    words.sort();
    words.dedup();
    assert_eq!(words.len(), count, "two kinds have one name: {words:?}");
}
