//! What the pod takes, and what surrounds it.

use serde_json::{Value, json};
use testbed::stories::helm::{of_kind, only, render};

use super::{args, pod};

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
