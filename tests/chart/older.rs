//! While the served definitions are older than the operator it is not ready, and says which field is missing.

use std::time::{Duration, Instant};

use kube::api::PostParams;
use testbed::PlaneConfig;
use testbed::stories::helm::{self, ALONE};
use testbed::stories::{ALL, SOON, allowed, connected, is_blank};
use testbed::world::Ref;

use crate::installed::{address, plane, running};

const INVITATION: &str = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/invitation/properties";

async fn readiness(address: &str) -> (u16, String) {
    match reqwest::get(format!("http://{address}/readyz")).await {
        Ok(answer) => (answer.status().as_u16(), answer.text().await.unwrap()),
        Err(_) => (0, String::new()),
    }
}

async fn until_ready_is(address: &str, status: u16, sentence: &str) {
    let begun = Instant::now();
    loop {
        let (found, said) = readiness(address).await;
        if found == status && said.contains(sentence) {
            return;
        }
        assert!(begun.elapsed() < SOON, "/readyz should be {status} with {sentence:?}: {found} {said}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_definition_keeps_the_operator_from_being_ready() {
    let plane = plane(PlaneConfig::default()).await;
    let port = crate::installed::free_port();
    let http = format!("httpAddress=127.0.0.1:{port}");
    helm::install(&plane, &helm::chart(), &[ALONE, &http]).unwrap();
    let name = "guestinvitations.guestlist.dev";
    let crd = Ref::new("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", name);
    let api = plane.api_of(&crd.api_version, &crd.kind, "").await.unwrap();
    let mut served = api.get(name).await.unwrap();
    let invitation = served.data.pointer_mut(INVITATION).unwrap();
    let removed = invitation.as_object_mut().unwrap().remove("attempt").unwrap();
    let mut served = api.replace(name, &PostParams::default(), &served).await.unwrap();

    let world = running(plane, allowed(&ALL)).await;
    let address = address(&world.plane).await;
    until_ready_is(
        &address,
        503,
        "guestinvitations.guestlist.dev is older than this operator, it lacks .status.invitation.attempt",
    )
    .await;
    assert_eq!(reqwest::get(format!("http://{address}/livez")).await.unwrap().status(), 200, "alive all the same");
    assert!(is_blank(&world.get(&Ref::tenant("default")).await.unwrap()), "nothing is done before");

    served.data.pointer_mut(INVITATION).unwrap()["attempt"] = removed;
    let newest = api.get(name).await.unwrap();
    served.metadata.resource_version = newest.metadata.resource_version;
    api.replace(name, &PostParams::default(), &served).await.unwrap();
    until_ready_is(&address, 200, "ok").await;
    connected(&world).await;
}
