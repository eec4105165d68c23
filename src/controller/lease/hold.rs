//! Taking the lease, keeping it, and giving it back. Who cannot renew in time stops working before anybody else may begin.

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use kube::api::{ObjectMeta, PostParams};
use kube::{Api, Client, ResourceExt};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{Election, turn};

/// The lease, held. Dropping it without [`HeldLease::release`] leaves it to run out.
pub struct HeldLease {
    lost: CancellationToken,
    stop: CancellationToken,
    renewing: JoinHandle<Keeper>,
}

impl HeldLease {
    /// Returns when this replica may not work any more.
    pub async fn lost(&self) {
        self.lost.cancelled().await;
    }

    /// Gives the lease back, so that the next need not wait until it runs out. To be called when all work is done.
    pub async fn release(self) {
        self.stop.cancel();
        let Ok(mut keeper) = self.renewing.await else { return };
        if let Some(lease) = keeper.lease.take_if(|_| !self.lost.is_cancelled()) {
            let spec = turn::given_back(&lease.spec.clone().unwrap_or_default(), Timestamp::now());
            match timeout(keeper.election.retry_period, keeper.replace(lease, spec)).await {
                Ok(Ok(_)) => tracing::info!("gave the lease back"),
                _ => tracing::info!("could not give the lease back; the next replica waits until it runs out"),
            }
        }
    }
}

/// Waits until this replica holds the lease, and keeps it from then on; nothing if `shutdown` comes first.
pub async fn acquire(
    client: Client,
    namespace: &str,
    election: Election,
    shutdown: &CancellationToken,
) -> Option<HeldLease> {
    let mut keeper = Keeper { api: Api::namespaced(client, namespace), election, lease: None, changed: Instant::now() };
    let mut told = String::new();
    loop {
        match timeout(keeper.election.renew_deadline, keeper.attempt()).await {
            Ok(Ok(Turn::Ours)) => break,
            Ok(Ok(Turn::Theirs(holder))) if holder != told => {
                tracing::info!(holder, "standing by: another replica holds the lease");
                told = holder;
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the lease cannot be read or taken; trying again"),
            Err(_) => tracing::warn!("the API server does not answer about the lease; trying again"),
        }
        tokio::select! {
            () = sleep(keeper.election.retry_period) => {}
            () = shutdown.cancelled() => return None,
        }
    }
    tracing::info!(identity = keeper.election.identity, "this replica holds the lease");
    let (lost, stop) = (CancellationToken::new(), CancellationToken::new());
    let renewing = tokio::spawn(keeper.renew(lost.clone(), stop.clone()));
    Some(HeldLease { lost, stop, renewing })
}

/// How a try ended.
enum Turn {
    Ours,
    Theirs(String),
    /// Somebody else wrote meanwhile; the next try reads what.
    Unclear,
}

struct Keeper {
    api: Api<Lease>,
    election: Election,
    /// As it was last seen, and since when it has not changed.
    lease: Option<Lease>,
    changed: Instant,
}

impl Keeper {
    async fn renew(mut self, lost: CancellationToken, stop: CancellationToken) -> Self {
        let mut renewed = Instant::now();
        loop {
            tokio::select! {
                () = sleep(self.election.retry_period) => {}
                () = stop.cancelled() => return self,
            }
            let deadline = renewed + self.election.renew_deadline;
            let began = Instant::now();
            match timeout_at(deadline, self.attempt()).await {
                Ok(Ok(Turn::Ours)) if began < deadline => renewed = began,
                Ok(Ok(Turn::Theirs(holder))) => {
                    tracing::error!(holder, "another replica holds the lease now");
                    break;
                }
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the lease was not renewed; trying again"),
                Err(_) => {}
            }
            if Instant::now() >= deadline {
                tracing::error!(within = ?self.election.renew_deadline, "the lease could not be renewed");
                break;
            }
        }
        lost.cancel();
        self
    }

    /// One try to take or to renew.
    async fn attempt(&mut self) -> Result<Turn, kube::Error> {
        // The holder's own copy is the newest there is, so it renews with one call.
        let ours = self.lease.as_ref().is_some_and(|lease| self.is_ours(lease));
        if !ours {
            match self.api.get_opt(&self.election.lease).await? {
                Some(found) => self.see(found),
                None => return self.create().await,
            }
        }
        let Some(lease) = self.lease.clone() else { return Ok(Turn::Unclear) };
        let found = lease.spec.clone().unwrap_or_default();
        let Some(claim) = turn::claim(&found, self.changed.elapsed(), &self.election, Timestamp::now()) else {
            return Ok(Turn::Theirs(found.holder_identity.unwrap_or_default()));
        };
        match self.replace(lease, claim).await {
            Ok(written) => {
                self.see(written);
                Ok(Turn::Ours)
            }
            Err(kube::Error::Api(status)) if status.is_conflict() || status.is_not_found() => {
                self.lease = None;
                Ok(Turn::Unclear)
            }
            Err(error) => Err(error),
        }
    }

    async fn create(&mut self) -> Result<Turn, kube::Error> {
        let metadata = ObjectMeta { name: Some(self.election.lease.clone()), ..ObjectMeta::default() };
        let nobody = LeaseSpec::default();
        let spec = turn::claim(&nobody, self.changed.elapsed(), &self.election, Timestamp::now());
        match self.api.create(&PostParams::default(), &Lease { metadata, spec }).await {
            Ok(made) => {
                self.see(made);
                Ok(Turn::Ours)
            }
            Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(Turn::Unclear),
            Err(error) => Err(error),
        }
    }

    /// Writes only over what was seen: of two who try, one gets a conflict.
    async fn replace(&self, lease: Lease, spec: LeaseSpec) -> Result<Lease, kube::Error> {
        let next = Lease { spec: Some(spec), ..lease };
        self.api.replace(&self.election.lease, &PostParams::default(), &next).await
    }

    fn see(&mut self, found: Lease) {
        if self.lease.as_ref().and_then(ResourceExt::resource_version) != found.resource_version() {
            self.changed = Instant::now();
        }
        self.lease = Some(found);
    }

    fn is_ours(&self, lease: &Lease) -> bool {
        let holder = lease.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref());
        holder == Some(&self.election.identity)
    }
}
