//! Everything at once: control plane, simulator, definitions, tenant and operator, each as the test wants it.
//! The way from the operator to both ports may be led through interposers, which share one list of effects.

use std::{path::PathBuf, sync::Arc};

use kube::api::DynamicObject;
use parking_lot::Mutex;

use crate::{
    Effects, Folder, Grant, Interposer, Operator, OperatorConfig, Result, ServiceAccount,
    control_plane::{Definitions, PlaneConfig, Pooled},
    interposer::{InterposerConfig, Write},
    operator::NAMESPACE,
};

mod entra;
mod judge;
mod kubectl;
mod memory;
mod rights;
mod tenant;
mod wait;

pub use entra::Entra;
pub use rights::operator_rules;
pub use tenant::{TenantManifest, lay_over};
pub use wait::Ref;

/// What a world is made of. The default is all of it, with nothing between the operator and its ports.
pub struct WorldConfig {
    /// The simulator's own configuration; none starts no simulator.
    pub entra: Option<entra_simulator::Config>,
    /// Whether all that Graph is asked and answers is held against its description (see [`crate::openapi`]), and every version of a
    /// status that the operator writes against the kstatus rules. What is wrong fails the test when the world ends.
    pub judged: bool,
    /// Whether the definitions in crds/ are applied.
    pub crds: bool,
    /// The EntraTenant to apply with its Secret; none applies none. Its addresses are filled in.
    pub tenant: Option<TenantManifest>,
    /// What the control plane has besides etcd and kube-apiserver.
    pub plane: PlaneConfig,
    /// Whether the operator is started at once.
    pub operator: bool,
    /// The operator's whole command line, as a Deployment has it, instead of the usual one.
    pub operator_command: Option<Vec<String>>,
    /// What is added to the operator's arguments.
    pub operator_args: Vec<String>,
    /// What is added to the operator's environment.
    pub operator_env: Vec<(String, String)>,
    /// What the operator's service account may do.
    pub grants: Vec<Grant>,
    /// The operator's service account, if somebody else has made it and its rights; then `grants` is not looked at.
    pub account: Option<ServiceAccount>,
    /// Whether interposers stand before the API server and before Graph.
    pub interposed: bool,
    /// Of the writes that an interposer may count, those whose path passes here are counted.
    pub counted: fn(&str) -> bool,
    /// Where data and logs go, and stay; by default into a folder that is removed at the end.
    pub folder: Option<PathBuf>,
}

impl Default for WorldConfig {
    fn default() -> Self {
        Self {
            entra: Some(entra_simulator::Config::default()),
            judged: true,
            crds: true,
            tenant: Some(TenantManifest::default()),
            plane: PlaneConfig::default(),
            operator: true,
            operator_command: None,
            operator_args: Vec::new(),
            operator_env: Vec::new(),
            grants: vec![Grant::Rules(operator_rules())],
            account: None,
            interposed: false,
            counted: |_| true,
            folder: None,
        }
    }
}

/// A running world. Dropping it ends everything in it.
pub struct World {
    _judge: Option<judge::Judge>,
    memory: memory::Memory,
    operators: Mutex<Vec<Arc<Operator>>>,
    operator_command: Option<Vec<String>>,
    operator_args: Vec<String>,
    operator_env: Vec<(String, String)>,
    operator_kubeconfig: PathBuf,
    /// The operator's service account.
    pub account: ServiceAccount,
    /// The writes of the operator, if the world is interposed.
    pub effects: Effects,
    /// The interposer before the API server.
    pub kube_way: Option<Interposer>,
    /// The interposer before Graph.
    pub graph_way: Option<Interposer>,
    /// The simulator.
    pub entra: Option<Entra>,
    /// etcd and kube-apiserver; dropped last, since the next world may take them over.
    pub plane: Pooled,
}

impl World {
    /// Starts what the configuration asks for, in the order in which one part needs the other.
    pub async fn start(config: WorldConfig) -> Result<Self> {
        let definitions = if config.crds { Definitions::Ours } else { Definitions::None };
        let plane = match &config.folder {
            Some(path) => Pooled::new(Folder::at(path)?, &config.plane, definitions).await?,
            None => Pooled::take(&config.plane, definitions).await?,
        };
        Self::start_on(plane, config).await
    }

    /// Starts the rest on a control plane that runs already and has its definitions.
    pub async fn start_on(plane: Pooled, config: WorldConfig) -> Result<Self> {
        let entra = match config.entra {
            Some(entra) => Some(Entra::start(entra, config.judged).await?),
            None => None,
        };
        let account = match config.account {
            Some(account) => account,
            None => plane.service_account(NAMESPACE, "guestlist", &config.grants).await?,
        };

        let effects = Effects::new();
        let (mut kube_way, mut graph_way) = (None, None);
        if config.interposed {
            kube_way = Some(Interposer::before_kube(plane.url(), plane.ca_pem(), &effects, config.counted).await?);
            if let Some(entra) = &entra {
                graph_way = Some(before_graph(entra, &effects).await?);
            }
        }
        let operator_kubeconfig = match &kube_way {
            Some(way) => plane.kubeconfig_through(&account, way.url(), way.ca_pem())?,
            None => account.kubeconfig.clone(),
        };
        let world = Self {
            _judge: config.judged.then(|| judge::Judge::start(plane.admin_client())),
            memory: memory::Memory::default(),
            operators: Mutex::default(),
            operator_command: config.operator_command,
            operator_args: config.operator_args,
            operator_env: config.operator_env,
            operator_kubeconfig,
            account,
            effects,
            kube_way,
            graph_way,
            entra,
            plane,
        };
        if let Some(tenant) = config.tenant {
            world.apply_tenant(&tenant).await?;
        }
        if config.operator {
            world.start_operator()?;
        }
        Ok(world)
    }

    /// Applies an EntraTenant and its Secret, pointed at the simulator (or at the interposer before it).
    pub async fn apply_tenant(&self, tenant: &TenantManifest) -> Result<()> {
        let Some(entra) = &self.entra else { return Ok(()) };
        let yaml = match &self.graph_way {
            Some(way) => tenant.yaml(way.url(), way.ca_pem())?,
            None => tenant.yaml(entra.url(), entra.ca_pem())?,
        };
        self.plane.apply(&yaml).await?;
        Ok(())
    }

    /// Starts an operator, the first or one more, as the service account of the operator.
    pub fn start_operator(&self) -> Result<Arc<Operator>> {
        self.start_operator_with(&self.operator_args)
    }

    /// Starts an operator with other arguments than the world's.
    pub fn start_operator_with(&self, args: &[String]) -> Result<Arc<Operator>> {
        let operator = Operator::start(OperatorConfig {
            binary: None,
            command: self.operator_command.clone(),
            args: args.to_vec(),
            env: self.operator_env.clone(),
            kubeconfig: self.operator_kubeconfig.clone(),
            folder: self.plane.folder().folder("operator")?,
        })?;
        let operator = Arc::new(operator);
        self.operators.lock().push(operator.clone());
        Ok(operator)
    }

    /// The operator that was started last.
    pub fn operator(&self) -> Option<Arc<Operator>> {
        self.operators.lock().last().cloned()
    }

    /// Applies manifests as the administrator.
    pub async fn apply(&self, yaml: &str) -> Result<Vec<DynamicObject>> {
        self.plane.apply(yaml).await
    }

    /// What a person wants to see of a world in which something went wrong: the end of the operator's log and of the journal.
    pub fn account_of_it(&self) -> String {
        let log = self.operator().map_or_else(
            || "no operator was started".to_string(),
            |operator| {
                let ended = operator.exited().map(|status| format!(", which has ended ({status})")).unwrap_or_default();
                format!(
                    "The end of the operator's log ({}){ended}:\n{}",
                    operator.log_path().display(),
                    operator.log_tail(30)
                )
            },
        );
        let journal = self.entra.as_ref().map(|entra| entra.journal_tail(30)).unwrap_or_default();
        let effects: Vec<String> = self.effects.list().iter().map(ToString::to_string).collect();
        let effects = if effects.is_empty() { String::new() } else { format!("\nEffects:\n{}", effects.join("\n")) };
        format!("{log}\nThe end of the simulator's journal:\n{journal}{effects}")
    }

    /// Keeps the folder with the logs after the end, and tells where it is.
    pub fn keep(&self) -> PathBuf {
        self.plane.folder().keep().to_path_buf()
    }
}

/// Whether a batch has a request that changes something.
fn writes(batch: &[u8]) -> bool {
    let batch: serde_json::Value = serde_json::from_slice(batch).unwrap_or_default();
    batch["requests"].as_array().is_some_and(|requests| requests.iter().any(|request| request["method"] != "GET"))
}

async fn before_graph(entra: &Entra, effects: &Effects) -> Result<Interposer> {
    let way = Interposer::start(InterposerConfig {
        name: "graph".into(),
        upstream: entra.url().clone(),
        upstream_ca_pem: entra.ca_pem().into(),
        effects: effects.clone(),
        // A token may be fetched any number of times, and most batches only read.
        counts: Box::new(|write: &Write<'_>| {
            !write.path.ends_with("/token") && (!write.path.ends_with("/$batch") || writes(write.body))
        }),
    })
    .await?;
    let name = way.url().as_str().trim_end_matches('/').to_owned();
    entra.simulator().update_settings(|settings| settings.service_principal_names.push(name));
    Ok(way)
}
