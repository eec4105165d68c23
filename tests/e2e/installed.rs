//! The stories again, told by the operator that Helm installed (GUESTLIST_INSTALLED=1). Arguments, environment and a token of the
//! account are the Deployment's, the rights are the chart's and nothing more; a story's own arguments come after the others.

use testbed::world::{World, WorldConfig, operator_rules};
use testbed::{ControlPlane, Folder, Grant};

#[path = "../chart/helm.rs"]
#[allow(dead_code, reason = "the chart's own tests use all of it")]
mod helm;

/// Whether this world is to be installed. One that has rights of its own is about those.
pub fn wanted(config: &WorldConfig) -> bool {
    let usual = matches!(&config.grants[..], [Grant::Rules(rules)] if *rules == operator_rules());
    usual && std::env::var_os("GUESTLIST_INSTALLED").is_some_and(|wish| !wish.is_empty())
}

/// The world of `config`, with the operator as the chart has it.
pub async fn world(config: WorldConfig) -> World {
    let plane = ControlPlane::start_with(Folder::temporary().unwrap(), &config.plane).await.unwrap();
    // Stories keep links, and one brings definitions of its own, before which no policy can name them.
    let mut settings = vec!["redeemLinkSecrets.enabled=true"];
    if !config.crds {
        settings.extend(["crds.enabled=false", "admissionPolicy.enabled=false"]);
    }
    helm::install(&plane, &helm::chart(), &settings).unwrap();

    let deployments = plane.api_of("apps/v1", "Deployment", helm::NAMESPACE).await.unwrap();
    let deployment = serde_json::to_value(deployments.get(helm::RELEASE).await.unwrap()).unwrap();
    let pod = &deployment["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let account = plane.sign_in(helm::NAMESPACE, pod["serviceAccountName"].as_str().unwrap()).await.unwrap();
    let env = container["env"].as_array().unwrap().iter().map(helm::environment).chain(config.operator_env).collect();
    // Pods have an address each; here all share one.
    let own_port = ["--http-address", "127.0.0.1:0"].map(String::from);
    let config = WorldConfig {
        crds: false,
        operator_command: Some(serde_json::from_value(container["args"].clone()).unwrap()),
        operator_args: own_port.into_iter().chain(config.operator_args).collect(),
        operator_env: env,
        account: Some(account),
        ..config
    };
    World::start_on(plane, config).await.unwrap()
}
