//! What a control plane is asked to be.

/// What a control plane has besides etcd and kube-apiserver.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaneConfig {
    /// The controllers of kube-controller-manager to run, by its own names; none starts no kube-controller-manager.
    pub controllers: Vec<&'static str>,
    /// Admission plugins besides the usual ones.
    pub admission: Vec<&'static str>,
    /// Whether every request is written down, to be read by `asked_by`.
    pub audit: bool,
    /// Whether it may keep every processor busy, as that of a cluster may: for measurements. Beside others one is enough.
    pub every_processor: bool,
}

/// What definitions a world begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Definitions {
    /// None: the test brings them.
    #[default]
    None,
    /// Those of `crds`.
    Ours,
}
