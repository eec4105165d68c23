//! The kinds of credentials: how each is given to the operator, taken away from it at the directory, and given anew.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use entra_simulator::{Config, FederatedCredential, ManagedIdentity};
use serde_json::{Value, json};
use testbed::stories::{APP, TENANT, simulator, world};
use testbed::world::{TenantManifest, World, WorldConfig};

use crate::certificates::{Pair, pair};

const AUDIENCE: &str = "api://AzureADTokenExchange";
const SUBJECT: &str = "system:serviceaccount:guestlist-system:guestlist";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    ClientSecret,
    ClientCertificate,
    WorkloadIdentity,
    ManagedIdentity,
    AzureCli,
}

/// A world in which the operator signs in by one kind.
pub struct Signed {
    pub world: World,
    kind: Kind,
    folder: PathBuf,
    next: Pair,
}

impl Signed {
    pub async fn start(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap().keep();
        let (first, next) = (pair(300), pair(300));
        let mut entra = Config::default();
        let app = &mut entra.tenants[0].apps[0];
        // Only what the story is about opens the door.
        if kind != Kind::ClientSecret {
            app.secrets.clear();
        }
        let credentials = match kind {
            Kind::ClientSecret => Value::Null,
            Kind::ClientCertificate => {
                app.certificates = vec![first.certificate.clone()];
                json!({"clientCertificate": {"clientId": APP, "secretRef": {"name": "entra-tls"}}})
            }
            Kind::WorkloadIdentity => json!({"workloadIdentity": {}}),
            Kind::ManagedIdentity => {
                app.managed_identity = Some(ManagedIdentity::UserAssigned);
                entra.imds = Some(([169, 254, 169, 254], 80).into());
                json!({"managedIdentity": {"clientId": APP}})
            }
            Kind::AzureCli => json!({"azureCli": {}}),
        };
        let more = match kind {
            Kind::ClientSecret => Value::Null,
            _ => {
                let mut credentials = credentials;
                credentials["clientSecret"] = Value::Null;
                json!({"credentials": credentials})
            }
        };
        let file = folder.join("token");
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
        let env = [
            ("AZURE_CLIENT_ID", APP),
            ("AZURE_FEDERATED_TOKEN_FILE", file.to_str().unwrap()),
            ("PATH", &path),
            // The metadata service must not be asked by way of a proxy: this one leads nowhere.
            ("http_proxy", "http://127.0.0.1:9"),
        ];
        let config = WorldConfig {
            entra: Some(entra),
            tenant: None,
            operator: false,
            operator_env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            ..Default::default()
        };
        let signed = Self { world: world(config).await, kind, folder, next };
        match kind {
            Kind::ClientCertificate => first.put_into_secret(&signed.world, "entra-tls").await,
            Kind::WorkloadIdentity => {
                signed.register_cluster().await;
                signed.project("guestlist").await;
            }
            Kind::AzureCli => {
                install_az(&signed.folder);
                signed.log_in();
            }
            Kind::ClientSecret | Kind::ManagedIdentity => {}
        }
        signed.world.apply_tenant(&TenantManifest { more, ..TenantManifest::default() }).await.unwrap();
        signed.world.start_operator().unwrap();
        signed
    }

    /// What the operator holds is worth nothing from now on.
    pub async fn spoil(&self) {
        let simulator = simulator(&self.world);
        let change = |change: &dyn Fn(&mut entra_simulator::AppConfig)| {
            simulator.change_app(TENANT, APP, |app| change(app)).unwrap()
        };
        match self.kind {
            Kind::ClientSecret => change(&|app| app.secrets[0].value = "a new one".into()),
            Kind::ClientCertificate => change(&|app| app.certificates = vec![self.next.certificate.clone()]),
            Kind::WorkloadIdentity => self.project("default").await,
            Kind::ManagedIdentity => change(&|app| app.managed_identity = None),
            Kind::AzureCli => std::fs::remove_file(self.folder.join("token")).unwrap(),
        }
        simulator.revoke_tokens();
    }

    /// What it is told of that.
    pub fn says(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::ClientSecret => &["AADSTS7000215", "not its id"],
            Kind::ClientCertificate => &["AADSTS700027", "upload"],
            Kind::WorkloadIdentity => &["AADSTS700213", "federated credential", "system:serviceaccount:"],
            Kind::ManagedIdentity => &["Identity not found", "managedIdentity.clientId"],
            Kind::AzureCli => &["az login"],
        }
    }

    /// The operator is given what is worth something again, and is not told.
    pub async fn mend(&self) {
        match self.kind {
            Kind::ClientSecret => {
                let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: entra-default, namespace: guestlist-system}\nstringData: {client-secret: a new one}\n";
                self.world.apply(secret).await.unwrap();
            }
            Kind::ClientCertificate => self.next.put_into_secret(&self.world, "entra-tls").await,
            Kind::WorkloadIdentity => self.project("guestlist").await,
            Kind::ManagedIdentity => simulator(&self.world)
                .change_app(TENANT, APP, |app| app.managed_identity = Some(ManagedIdentity::UserAssigned))
                .unwrap(),
            Kind::AzureCli => self.log_in(),
        }
    }

    /// How often somebody was asked for a token.
    pub fn sign_ins(&self) -> usize {
        match self.kind {
            Kind::ManagedIdentity => simulator(&self.world).count("managedIdentityToken"),
            Kind::AzureCli => std::fs::read_to_string(self.folder.join("calls")).unwrap_or_default().lines().count(),
            _ => simulator(&self.world).count("token"),
        }
    }

    /// The directory trusts this API server's ServiceAccounts, by the keys that it publishes.
    async fn register_cluster(&self) {
        let jwks = self.world.kubectl(&["get", "--raw", "/openid/v1/jwks"]).await.unwrap();
        let federated = FederatedCredential {
            issuer: "https://kubernetes.default.svc".into(),
            subject: SUBJECT.into(),
            audiences: vec![AUDIENCE.into()],
            jwks: Some(serde_json::from_str(&jwks).unwrap()),
        };
        simulator(&self.world).change_app(TENANT, APP, |app| app.federated = vec![federated]).unwrap();
    }

    /// Does what a kubelet does: the token of a ServiceAccount, in the file.
    async fn project(&self, account: &str) {
        let create = ["create", "token", account, "-n", "guestlist-system", "--audience", AUDIENCE];
        if account == "default" {
            // There is no controller manager here that would make it.
            let account =
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: guestlist-system}\n";
            self.world.apply(account).await.unwrap();
        }
        let token = self.world.kubectl(&create).await.unwrap();
        std::fs::write(self.folder.join("token"), token.trim()).unwrap();
    }

    /// Does what `az login` does, as an administrator of the directory.
    fn log_in(&self) {
        let simulator = simulator(&self.world);
        let admin = entra_simulator::SeedUser::new("admin@contoso.com", entra_simulator::SeedKind::Member);
        let admin = simulator.seed(TENANT, admin);
        let token = simulator.delegated_token(TENANT, &admin, &["User.Invite.All", "User.ReadWrite.All"]).unwrap();
        std::fs::write(self.folder.join("token"), token).unwrap();
    }
}

/// An `az` that knows one command, and answers and refuses as the real one does.
fn install_az(folder: &Path) {
    let script = format!(
        r#"#!/bin/sh
folder='{}'
echo "$*" >>"$folder/calls"
case "$1 $2 $3 $4 $5" in
"account get-access-token -o json --scope") ;;
*) echo "ERROR: '$*' is misspelled or not recognized by the system." >&2; exit 2 ;;
esac
if [ "$7 $8" != "--tenant {TENANT}" ]; then
    echo "ERROR: AADSTS90002: Tenant '$8' not found." >&2; exit 1
fi
if [ ! -f "$folder/token" ]; then
    echo "ERROR: Please run 'az login' to setup account." >&2; exit 1
fi
until=$(($(date +%s) + 3599))
printf '{{"accessToken": "%s", "expiresOn": "%s", "expires_on": %s, "subscription": "none", "tenant": "{TENANT}", "tokenType": "Bearer"}}\n' \
    "$(cat "$folder/token")" "$(date -d "@$until" '+%Y-%m-%d %H:%M:%S.000000')" "$until"
"#,
        folder.display()
    );
    let az = folder.join("az");
    std::fs::write(&az, script).unwrap();
    std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).unwrap();
}
