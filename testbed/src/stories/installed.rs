//! The operator as Helm installed it: the Deployment's arguments and environment, a token of its account, the chart's rights and
//! nothing more. There is no kubelet, so the world is the kubelet: it starts the container's process.
//!
//! With GUESTLIST_INSTALLED=1 the stories are told by it; a story's own arguments come after the others.

use serde_json::Value;

use super::helm::{self, NAMESPACE, RELEASE};
use crate::world::{World, WorldConfig, operator_rules};
use crate::{ControlPlane, Definitions, Grant, Pooled};

/// Whether this world is to be installed. One that has rights of its own is about those.
pub(super) fn wanted(config: &WorldConfig) -> bool {
    let usual = matches!(&config.grants[..], [Grant::Rules(rules)] if *rules == operator_rules());
    usual && std::env::var_os("GUESTLIST_INSTALLED").is_some_and(|wish| !wish.is_empty())
}

/// The world of `config`, with the operator as the chart has it.
pub(super) async fn world(config: WorldConfig) -> World {
    let plane = Pooled::take(&config.plane, Definitions::None).await.unwrap();
    // Stories mail and keep links, and one brings definitions of its own, before which no policy can name them.
    let mut settings = vec!["ownMail.enabled=true", "redeemLinkSecrets.enabled=true"];
    if !config.crds {
        settings.extend(["crds.enabled=false", "admissionPolicy.enabled=false"]);
    }
    helm::install(&plane, &helm::chart(), &settings).unwrap();

    let deployed = deployed(&plane).await;
    // Pods have an address each; here all share one.
    let own_port = ["--http-address", "127.0.0.1:0"].map(String::from);
    let config = WorldConfig {
        crds: false,
        operator_command: deployed.operator_command,
        operator_args: own_port.into_iter().chain(config.operator_args).collect(),
        operator_env: deployed.operator_env.into_iter().chain(config.operator_env).collect(),
        account: deployed.account,
        ..config
    };
    World::start_on(plane, config).await.unwrap()
}

/// A world whose operator is the one that is installed on the plane, with its definitions, arguments, environment and account.
///
/// # Panics
/// Where nothing is installed.
pub async fn deployed(plane: &ControlPlane) -> WorldConfig {
    let deployment = deployment(plane).await;
    let pod = &deployment["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    WorldConfig {
        crds: false,
        operator_command: Some(serde_json::from_value(container["args"].clone()).unwrap()),
        operator_env: container["env"].as_array().unwrap().iter().map(helm::environment).collect(),
        account: Some(plane.sign_in(NAMESPACE, pod["serviceAccountName"].as_str().unwrap()).await.unwrap()),
        ..WorldConfig::default()
    }
}

/// The Deployment as the API server has it.
///
/// # Panics
/// Where there is none.
pub async fn deployment(plane: &ControlPlane) -> Value {
    let api = plane.api_of("apps/v1", "Deployment", NAMESPACE).await.unwrap();
    serde_json::to_value(api.get(RELEASE).await.unwrap()).unwrap()
}
