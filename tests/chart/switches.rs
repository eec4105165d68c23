//! Every switch of the chart does what it says, and nothing when it is off.

use serde_json::{Value, json};

use testbed::stories::helm::{NAMESPACE, of_kind, only, render, render_with_prometheus};

fn pod(documents: &[Value]) -> Value {
    only(documents, "Deployment")["spec"]["template"]["spec"].clone()
}

fn args(documents: &[Value]) -> Vec<String> {
    serde_json::from_value(pod(documents)["containers"][0]["args"].clone()).unwrap()
}

fn named<'a>(documents: &'a [Value], kind: &str, ending: &str) -> &'a Value {
    let all = of_kind(documents, kind);
    all.into_iter().find(|one| one["metadata"]["name"].as_str().unwrap().ends_with(ending)).unwrap()
}

fn kinds(documents: &[Value]) -> Vec<String> {
    let mut kinds: Vec<String> = documents.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

#[test]
fn the_usual_installation_has_what_is_needed_and_no_more() {
    let documents = render(&[]).unwrap();
    assert_eq!(
        kinds(&documents).into_iter().filter(|kind| !kind.starts_with("ValidatingAdmission")).collect::<Vec<_>>(),
        [
            "ClusterRole",
            "ClusterRoleBinding",
            "CustomResourceDefinition",
            "Deployment",
            "Role",
            "RoleBinding",
            "Service",
            "ServiceAccount"
        ]
    );
    for document in &documents {
        if document["kind"].as_str().unwrap().starts_with("ValidatingAdmission") {
            continue;
        }
        let labels = &document["metadata"]["labels"];
        assert_eq!(labels["app.kubernetes.io/instance"], "guestlist", "{document}");
        assert_eq!(labels["app.kubernetes.io/managed-by"], "Helm", "{document}");
    }
    assert_eq!(
        args(&documents),
        [
            "run",
            "--http-address=0.0.0.0:8080",
            "--settling-time=5m",
            "--log-format=json",
            "--leader-elect",
            "--lease-name=guestlist",
            "--lease-duration=15s",
            "--renew-deadline=10s",
            "--retry-period=2s"
        ]
    );
    let pod = pod(&documents);
    let container = &pod["containers"][0];
    assert_eq!(container["image"], "ghcr.io/guestlist-dev/guestlist:0.1.0");
    assert_eq!(container["livenessProbe"]["httpGet"], json!({"path": "/livez", "port": "http"}));
    assert_eq!(container["readinessProbe"]["httpGet"], json!({"path": "/readyz", "port": "http"}));
    assert_eq!(container["ports"][0]["containerPort"], 8080);
    assert_eq!(pod["enableServiceLinks"], false);
    assert_eq!(pod["automountServiceAccountToken"], true);
    assert!(pod["topologySpreadConstraints"].is_null(), "nothing to spread");
    assert_eq!(only(&documents, "ServiceAccount")["automountServiceAccountToken"], false);
    assert_eq!(only(&documents, "Service")["spec"]["publishNotReadyAddresses"], true);
}

#[test]
fn image_names_and_labels() {
    let image = |settings: &[&str]| pod(&render(settings).unwrap())["containers"][0]["image"].clone();
    assert_eq!(image(&["image.tag=v9", "image.registry="]), "guestlist-dev/guestlist:v9");
    let digest = format!("sha256:{}", "0".repeat(64));
    let set = format!("image.digest={digest}");
    assert_eq!(image(&["image.tag=v9", &set]), format!("ghcr.io/guestlist-dev/guestlist@{digest}"));
    let documents = render(&[
        "fullnameOverride=invites",
        "namespaceOverride=elsewhere",
        "commonLabels.team=platform",
        "image.pullPolicy=Always",
        "imagePullSecrets[0].name=pull",
    ])
    .unwrap();
    let deployment = only(&documents, "Deployment");
    assert_eq!(deployment["metadata"]["name"], "invites");
    assert_eq!(deployment["metadata"]["namespace"], "elsewhere");
    assert_eq!(deployment["metadata"]["labels"]["team"], "platform");
    assert_eq!(pod(&documents)["imagePullSecrets"], json!([{"name": "pull"}]));
    assert_eq!(pod(&documents)["containers"][0]["imagePullPolicy"], "Always");
    assert_eq!(named(&documents, "ClusterRoleBinding", "-operator")["subjects"][0]["namespace"], "elsewhere");
    assert_eq!(only(&render(&["nameOverride=g"]).unwrap(), "Deployment")["metadata"]["name"], "guestlist");
    let long = format!("fullnameOverride={}", "x".repeat(80));
    assert_eq!(only(&render(&[&long]).unwrap(), "Deployment")["metadata"]["name"].as_str().unwrap().len(), 63);
}

#[test]
fn a_lease_or_one_pod() {
    let documents = render(&["replicaCount=2"]).unwrap();
    let deployment = &only(&documents, "Deployment")["spec"];
    assert_eq!(deployment["replicas"], 2);
    assert_eq!(deployment["strategy"]["rollingUpdate"]["maxUnavailable"], 0);
    assert_eq!(pod(&documents)["topologySpreadConstraints"][0]["topologyKey"], "kubernetes.io/hostname");
    let role = only(&documents, "Role");
    let leases: Vec<&Value> =
        role["rules"].as_array().unwrap().iter().filter(|rule| rule["resources"][0] == "leases").collect();
    assert_eq!((leases.len(), &leases[1]["resourceNames"]), (2, &json!(["guestlist"])));

    let changed = ["leaseDuration=60s", "renewDeadline=40s", "retryPeriod=5s", "leaseName=mine"]
        .map(|setting| format!("leaderElection.{setting}"));
    let documents = render(&changed.each_ref().map(String::as_str)).unwrap();
    for flag in ["--lease-duration=60s", "--renew-deadline=40s", "--retry-period=5s", "--lease-name=mine"] {
        assert!(args(&documents).iter().any(|arg| arg == flag), "{flag}");
    }
    assert!(only(&documents, "Role").to_string().contains(r#"["mine"]"#));

    let documents = render(&["leaderElection.enabled=false"]).unwrap();
    assert_eq!(only(&documents, "Deployment")["spec"]["strategy"]["type"], "Recreate");
    assert!(!args(&documents).join(" ").contains("lea"), "no flag of the lease");
    assert!(!only(&documents, "Role").to_string().contains("leases"));
}

#[test]
fn only_some_namespaces() {
    let documents = render(&["watchNamespaces={a,b}", "redeemLinkSecrets.enabled=true"]).unwrap();
    assert!(args(&documents).contains(&"--watch-namespaces=a,b".to_owned()));
    let cluster = named(&documents, "ClusterRole", "-operator")["rules"].to_string();
    assert!(
        cluster.contains("entratenants") && !cluster.contains("\"guestinvitations\"") && !cluster.contains("secrets"),
        "{cluster}"
    );
    assert!(cluster.contains("\"guests\""), "Guests are cluster-scoped: {cluster}");
    let places: Vec<(&str, &str)> = of_kind(&documents, "Role")
        .iter()
        .map(|role| (role["metadata"]["namespace"].as_str().unwrap(), role["metadata"]["name"].as_str().unwrap()))
        .collect();
    for place in ["a", "b"]
        .into_iter()
        .flat_map(|namespace| [(namespace, "guestlist-guests"), (namespace, "guestlist-redeem-links")])
    {
        assert!(places.contains(&place), "{place:?} in {places:?}");
    }
    assert_eq!((places.len(), of_kind(&documents, "RoleBinding").len()), (5, 5));
}

#[test]
fn redeem_links_are_a_right_of_their_own() {
    let secrets = |settings: &[&str]| {
        let documents = render(settings).unwrap();
        let cluster = named(&documents, "ClusterRole", "-operator")["rules"].to_string().contains("secrets");
        let roles = of_kind(&documents, "Role");
        let places: Vec<String> = roles
            .iter()
            .filter(|role| role["rules"].to_string().contains("create\",\"update"))
            .map(|role| role["metadata"]["namespace"].as_str().unwrap().to_owned())
            .collect();
        (cluster, places)
    };
    assert_eq!(secrets(&[]), (false, vec![]));
    assert_eq!(secrets(&["redeemLinkSecrets.enabled=true"]), (true, vec![]));
    assert_eq!(
        secrets(&["redeemLinkSecrets.enabled=true", "redeemLinkSecrets.namespaces={a}"]),
        (false, vec!["a".to_owned()])
    );
    // What the operator mails is in its own namespace, and gives no right anywhere else.
    let own_namespace = (false, vec![NAMESPACE.to_owned()]);
    assert_eq!(secrets(&["ownMail.enabled=true"]), own_namespace);
    let mailing = [
        "tenant.create=true",
        "tenant.tenantId=00000000-0000-0000-0000-000000000001",
        "tenant.credentials.managedIdentity.clientId=00000000-0000-0000-0000-000000000002",
        "tenant.spec.access[0].emailDomains={fabrikam.com}",
        "tenant.spec.mail.smtp.host=smtp.contoso.example",
    ];
    assert_eq!(secrets(&mailing[..4]), (false, vec![]));
    assert_eq!(secrets(&mailing), own_namespace);
    let named = render(&["rbac.secretNames={entra}"]).unwrap();
    assert_eq!(only(&named, "Role")["rules"][0]["resourceNames"], json!(["entra"]));
    // What the chart's own tenant names is enough for it.
    let own = [
        "tenant.create=true",
        "tenant.tenantId=00000000-0000-0000-0000-000000000001",
        "tenant.credentials.clientSecret.clientId=00000000-0000-0000-0000-000000000002",
        "tenant.credentials.clientSecret.secretRef.name=entra",
        "tenant.spec.mail.smtp.secretRef.name=smtp",
        "tenant.spec.access[0].emailDomains={fabrikam.com}",
    ];
    assert_eq!(only(&render(&own).unwrap(), "Role")["rules"][0]["resourceNames"], json!(["entra", "smtp"]));
    let besides = [&own[..], &["rbac.secretNames={entra,other}"]].concat();
    assert_eq!(only(&render(&besides).unwrap(), "Role")["rules"][0]["resourceNames"], json!(["entra", "other"]));
    assert_eq!(only(&render(&[]).unwrap(), "Role")["rules"][0]["resourceNames"], json!(null));
}

#[test]
fn roles_that_rest_on_the_policies_come_with_them() {
    let resting = |settings: &[&str]| {
        let documents = render(settings).unwrap();
        let names = of_kind(&documents, "ClusterRole").into_iter().map(|role| role["metadata"]["name"].clone());
        names.filter(|name| name == "guestlist-approver" || name == "guestlist-platform").count()
    };
    assert_eq!((resting(&[]), resting(&["admissionPolicy.enabled=false"])), (2, 0));
}

#[test]
fn rights_and_accounts_of_ones_own() {
    let none = render(&["rbac.create=false"]).unwrap();
    assert!(
        ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"].iter().all(|kind| of_kind(&none, kind).is_empty())
    );
    let plain = render(&["rbac.aggregateToView=false", "rbac.aggregateToEdit=false"]).unwrap();
    assert!(!of_kind(&plain, "ClusterRole").iter().any(|role| role.to_string().contains("aggregate-to")));
    let documents = render(&["serviceAccount.create=false", "serviceAccount.name=theirs"]).unwrap();
    assert!(of_kind(&documents, "ServiceAccount").is_empty());
    assert_eq!(pod(&documents)["serviceAccountName"], "theirs");
    let documents =
        render(&["serviceAccount.annotations.a=b", "serviceAccount.extraLabels.c=d", "serviceAccount.automount=false"])
            .unwrap();
    let account = &only(&documents, "ServiceAccount")["metadata"];
    assert_eq!((&account["annotations"]["a"], &account["labels"]["c"]), (&json!("b"), &json!("d")));
    assert_eq!(pod(&documents)["automountServiceAccountToken"], false);
}

#[test]
fn workload_identity_labels_the_pod_and_annotates_the_account() {
    let label = "azure.workload.identity/use";
    let off = render(&[]).unwrap();
    assert!(only(&off, "Deployment")["spec"]["template"]["metadata"]["labels"][label].is_null());
    let on = render(&["workloadIdentity.enabled=true", "workloadIdentity.clientId=c", "workloadIdentity.tenantId=t"])
        .unwrap();
    assert_eq!(only(&on, "Deployment")["spec"]["template"]["metadata"]["labels"][label], "true");
    let annotations = &only(&on, "ServiceAccount")["metadata"]["annotations"];
    assert_eq!(annotations["azure.workload.identity/client-id"], "c");
    assert_eq!(annotations["azure.workload.identity/tenant-id"], "t");
}

#[test]
fn the_tenant_comes_by_values() {
    assert!(of_kind(&render(&[]).unwrap(), "EntraTenant").is_empty());
    let id = "00000000-0000-0000-0000-000000000000";
    let set = format!("tenant.tenantId={id},tenant.spec.access[0].maxGuests=50");
    let tenant =
        |more: &[&str]| only(&render(&[&["tenant.create=true", &set], more].concat()).unwrap(), "EntraTenant").clone();
    let one = tenant(&["workloadIdentity.enabled=true", "tenant.spec.mode=Observe", "tenant.name=contoso"]);
    let access = json!([{"maxGuests": 50}]);
    let spec = json!({"tenantId": id, "credentials": {"workloadIdentity": {}}, "mode": "Observe", "access": access});
    assert_eq!(one["spec"], spec);
    assert_eq!(one["metadata"]["name"], "contoso");
    assert_eq!(one["metadata"]["annotations"]["helm.sh/resource-policy"], "keep");
    let one =
        tenant(&["tenant.credentials.clientSecret.clientId=c", "tenant.credentials.clientSecret.secretRef.name=entra"]);
    assert_eq!(one["spec"]["credentials"], json!({"clientSecret": {"clientId": "c", "secretRef": {"name": "entra"}}}));
}

#[test]
fn definitions_can_be_left_to_somebody_else() {
    let count = |settings: &[&str]| of_kind(&render(settings).unwrap(), "CustomResourceDefinition").len();
    assert_eq!((count(&[]), count(&["crds.enabled=false"])), (4, 0));
    let documents = render(&["crds.keep=false", "crds.annotations.a=b"]).unwrap();
    for crd in of_kind(&documents, "CustomResourceDefinition") {
        assert_eq!(crd["metadata"]["annotations"], json!({"a": "b"}));
    }
}

#[test]
fn the_pod_takes_what_a_pod_takes() {
    let documents = render(&[
        "podAnnotations.a=x",
        "podLabels.b=y",
        "deploymentAnnotations.c=z",
        "strategy.type=Recreate",
        "revisionHistoryLimit=7",
        "terminationGracePeriodSeconds=99",
        "livenessProbe.periodSeconds=31",
        "readinessProbe.periodSeconds=32",
        "nodeSelector.disk=ssd",
        "tolerations[0].operator=Exists",
        "affinity.nodeAffinity.x=y",
        "topologySpreadConstraints[0].topologyKey=zone",
        "priorityClassName=high",
        "runtimeClassName=gvisor",
        "schedulerName=mine",
        "hostAliases[0].ip=10.0.0.1",
        "dnsConfig.nameservers={1.1.1.1}",
        "dnsPolicy=None",
        "resources.limits.memory=1Gi",
        "podSecurityContext.runAsUser=1000",
        "securityContext.runAsUser=1001",
        "extraArgs={--one}",
        "extraEnv[0].name=E",
        "extraEnv[0].value=v",
        "extraEnvFrom[0].configMapRef.name=m",
        "extraVolumes[0].name=v",
        "extraVolumeMounts[0].name=v",
        "extraContainers[0].name=side",
        "extraInitContainers[0].name=first",
        "log.level=guestlist=debug",
        "log.format=text",
        "settlingTime=10m",
        "httpAddress=[::]:9090",
    ])
    .unwrap();
    let deployment = only(&documents, "Deployment");
    let (pod, template) = (pod(&documents), &deployment["spec"]["template"]["metadata"]);
    let container = &pod["containers"][0];
    let expected: [(&Value, Value); 29] = [
        (&template["annotations"]["a"], json!("x")),
        (&template["labels"]["b"], json!("y")),
        (&deployment["metadata"]["annotations"]["c"], json!("z")),
        (&deployment["spec"]["strategy"], json!({"type": "Recreate"})),
        (&deployment["spec"]["revisionHistoryLimit"], json!(7)),
        (&pod["terminationGracePeriodSeconds"], json!(99)),
        (&container["livenessProbe"]["periodSeconds"], json!(31)),
        (&container["readinessProbe"]["periodSeconds"], json!(32)),
        (&pod["nodeSelector"], json!({"disk": "ssd"})),
        (&pod["tolerations"], json!([{"operator": "Exists"}])),
        (&pod["affinity"], json!({"nodeAffinity": {"x": "y"}})),
        (&pod["topologySpreadConstraints"], json!([{"topologyKey": "zone"}])),
        (&pod["priorityClassName"], json!("high")),
        (&pod["runtimeClassName"], json!("gvisor")),
        (&pod["schedulerName"], json!("mine")),
        (&pod["hostAliases"], json!([{"ip": "10.0.0.1"}])),
        (&pod["dnsConfig"], json!({"nameservers": ["1.1.1.1"]})),
        (&pod["dnsPolicy"], json!("None")),
        (&container["resources"]["limits"]["memory"], json!("1Gi")),
        (&pod["securityContext"]["runAsUser"], json!(1000)),
        (&container["securityContext"]["runAsUser"], json!(1001)),
        (&container["envFrom"], json!([{"configMapRef": {"name": "m"}}])),
        (&pod["volumes"], json!([{"name": "v"}])),
        (&container["volumeMounts"], json!([{"name": "v"}])),
        (&pod["containers"][1]["name"], json!("side")),
        (&pod["initContainers"][0]["name"], json!("first")),
        (&container["ports"][0]["containerPort"], json!(9090)),
        (&container["env"][2], json!({"name": "RUST_LOG", "value": "guestlist=debug"})),
        (&container["env"][3], json!({"name": "E", "value": "v"})),
    ];
    for (found, wanted) in expected {
        assert_eq!(found, &wanted);
    }
    let args = args(&documents);
    for arg in ["--one", "--log-format=text", "--settling-time=10m", "--http-address=[::]:9090"] {
        assert!(args.iter().any(|one| one == arg), "{arg} in {args:?}");
    }
}

#[test]
fn disruption_and_network() {
    let off = render(&[]).unwrap();
    assert!(of_kind(&off, "PodDisruptionBudget").is_empty() && of_kind(&off, "NetworkPolicy").is_empty());
    let on = render(&[
        "podDisruptionBudget.enabled=true",
        "podDisruptionBudget.maxUnavailable=50%",
        "networkPolicy.enabled=true",
        "networkPolicy.ingressFrom[0].podSelector.matchLabels.app=prometheus",
    ])
    .unwrap();
    let budget = &only(&on, "PodDisruptionBudget")["spec"];
    assert_eq!(
        (&budget["maxUnavailable"], &budget["unhealthyPodEvictionPolicy"]),
        (&json!("50%"), &json!("AlwaysAllow"))
    );
    let identity = ["networkPolicy.enabled=true", "tenant.credentials.managedIdentity.clientId=1"];
    let identified = render(&identity).unwrap();
    let egress = only(&identified, "NetworkPolicy")["spec"]["egress"].to_string();
    assert!(egress.contains("169.254.169.254/32"), "{egress}");
    let policy = &only(&on, "NetworkPolicy")["spec"];
    assert!(!policy.to_string().contains("169.254"), "{policy}");
    assert_eq!(policy["policyTypes"], json!(["Ingress", "Egress"]));
    assert_eq!(policy["ingress"][0]["from"][0]["podSelector"]["matchLabels"]["app"], "prometheus");
    assert_eq!(policy["podSelector"]["matchLabels"], only(&on, "Deployment")["spec"]["selector"]["matchLabels"]);
    assert_eq!(policy["egress"].as_array().unwrap().len(), 3);
}

#[test]
fn prometheus_and_grafana() {
    let wanted = ["serviceMonitor.enabled=true", "prometheusRule.enabled=true"];
    assert!(!kinds(&render(&wanted).unwrap()).iter().any(|kind| kind == "ServiceMonitor" || kind == "PrometheusRule"));
    let always = ["serviceMonitor.renderMode=alwaysRender", "prometheusRule.renderMode=alwaysRender"];
    let documents = render(&[&wanted[..], &always[..]].concat()).unwrap();
    assert!(!of_kind(&documents, "ServiceMonitor").is_empty() && !of_kind(&documents, "PrometheusRule").is_empty());

    let more = [
        "serviceMonitor.additionalLabels.release=p",
        "serviceMonitor.scrapeTimeout=9s",
        "serviceMonitor.interval=60s",
        "serviceMonitor.namespace=monitoring",
        "serviceMonitor.relabelings[0].action=drop",
        "serviceMonitor.metricRelabelings[0].action=keep",
        "prometheusRule.namespace=monitoring",
        "prometheusRule.additionalLabels.release=p",
        "prometheusRule.disabled={GuestlistThrottled}",
        "prometheusRule.overrides.GuestlistNoLeader.for=10m",
        "metrics.service.port=9999",
        "metrics.service.annotations.a=b",
        "grafanaDashboard.enabled=true",
        "grafanaDashboard.namespace=grafana",
        "grafanaDashboard.sidecarLabelValue=yes",
        "grafanaDashboard.annotations.folder=Entra",
    ];
    let documents = render_with_prometheus(&[&wanted[..], &more[..]].concat()).unwrap();
    let monitor = only(&documents, "ServiceMonitor");
    assert_eq!(
        (&monitor["metadata"]["namespace"], &monitor["metadata"]["labels"]["release"]),
        (&json!("monitoring"), &json!("p"))
    );
    let endpoint = &monitor["spec"]["endpoints"][0];
    assert_eq!(endpoint["relabelings"], json!([{"action": "drop"}]));
    assert_eq!(endpoint["metricRelabelings"], json!([{"action": "keep"}]));
    assert_eq!((&endpoint["interval"], &endpoint["scrapeTimeout"]), (&json!("60s"), &json!("9s")));
    assert_eq!(monitor["spec"]["namespaceSelector"]["matchNames"], json!([NAMESPACE]));
    let service = only(&documents, "Service");
    assert_eq!(
        (&service["spec"]["ports"][0]["port"], &service["metadata"]["annotations"]["a"]),
        (&json!(9999), &json!("b"))
    );
    let chosen = &monitor["spec"]["selector"]["matchLabels"];
    for (key, value) in chosen.as_object().unwrap() {
        assert_eq!(&service["metadata"]["labels"][key], value, "the ServiceMonitor finds the Service");
    }

    let rule = only(&documents, "PrometheusRule");
    assert_eq!(rule["metadata"]["namespace"], "monitoring");
    let rules = rule["spec"]["groups"][0]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 8, "nine but the one that is not wanted");
    assert_eq!((&rules[0]["alert"], &rules[0]["for"]), (&json!("GuestlistNoLeader"), &json!("10m")));
    assert!(
        rules[1]["annotations"]["summary"].as_str().unwrap().contains("{{ $labels.tenant }}"),
        "left to Prometheus"
    );

    let dashboard = only(&documents, "ConfigMap");
    assert_eq!(dashboard["metadata"]["namespace"], "grafana");
    assert_eq!(dashboard["metadata"]["labels"]["grafana_dashboard"], "yes");
    assert_eq!(dashboard["metadata"]["annotations"]["folder"], "Entra");
    let board: Value = serde_json::from_str(dashboard["data"]["guestlist.json"].as_str().unwrap()).unwrap();
    assert_eq!(board["uid"], "guestlist");
    assert!(of_kind(&render(&["metrics.service.enabled=false"]).unwrap(), "Service").is_empty());
}

#[test]
fn more_objects_may_be_templates() {
    let documents = render(&[
        "extraObjects[0].apiVersion=v1",
        "extraObjects[0].kind=ConfigMap",
        "extraObjects[0].metadata.name=more-{{ .Release.Name }}",
    ])
    .unwrap();
    assert_eq!(only(&documents, "ConfigMap")["metadata"]["name"], "more-guestlist");
}

/// A chart above this one hands the condition of its dependency down as a value.
#[test]
fn a_chart_above_this_one_can_leave_it_out() {
    let folder = tempfile::tempdir().unwrap();
    let above = folder.path().join("above");
    std::fs::create_dir_all(above.join("charts")).unwrap();
    std::os::unix::fs::symlink(testbed::stories::helm::chart(), above.join("charts/guestlist")).unwrap();
    let version = std::fs::read_to_string(testbed::stories::helm::chart().join("Chart.yaml")).unwrap();
    let version = version.lines().find_map(|line| line.strip_prefix("version: ")).unwrap();
    let chart = format!(
        "apiVersion: v2\nname: above\nversion: 1.0.0\ndependencies:\n  - {{name: guestlist, version: {version}, condition: guestlist.enabled}}\n"
    );
    std::fs::write(above.join("Chart.yaml"), chart).unwrap();
    let rendered = |enabled: &str| {
        let set = format!("guestlist.enabled={enabled}");
        testbed::stories::helm::helm(&["template", "x", &above.display().to_string(), "--set", &set], None).unwrap()
    };
    assert!(rendered("true").contains("kind: Deployment"));
    assert!(!rendered("false").contains("kind:"));
}
