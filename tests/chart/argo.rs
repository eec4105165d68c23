//! The health check for Argo CD in docs/gitops.md, run by the Lua that Argo CD has, with the libraries that it opens.

use std::io::Write as _;
use std::process::{Command, Stdio};

use guestlist::api::conditions::{Claim, merge};
use guestlist::api::{Course, Explanation, Reason};
use serde_json::{Value, json};
use testbed::{binaries, workspace};

/// The script, as it stands in the ConfigMap of the docs.
fn script() -> String {
    let text = std::fs::read_to_string(workspace::path("docs/gitops.md")).unwrap();
    let block = text.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let config: Value = serde_saphyr::from_str(block).unwrap();
    let customizations = config["data"]["resource.customizations"].as_str().unwrap();
    let customizations: Value = serde_saphyr::from_str(customizations).unwrap();
    customizations["guestlist.dev/*"]["health.lua"].as_str().unwrap().to_owned()
}

/// What Argo CD says of each resource: its word and its message.
fn judged(resources: &[Value]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("health.lua");
    std::fs::write(&file, script()).unwrap();
    let mut child = Command::new(binaries::argo_health().unwrap())
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = resources.iter().map(|resource| format!("{resource}\n")).collect();
    let mut input = child.stdin.take().unwrap();
    std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let said = String::from_utf8(ended.stdout).unwrap();
    let said = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    said.map(|said| (text(&said["status"]), text(&said["message"]))).collect()
}

fn resource(kind: &str, status: Value) -> Value {
    json!({
        "apiVersion": "guestlist.dev/v1alpha1", "kind": kind,
        "metadata": {"name": "x", "generation": 3}, "spec": {}, "status": status,
    })
}

/// A status as the operator writes it for a resource on this course.
fn status(reason: Reason, course: Course, generation: i64) -> Value {
    let (ready, beside) = Claim::ready(&Explanation::new(reason, format!("Because of {reason}.")), course);
    let claims: Vec<Claim> = [ready].into_iter().chain(beside).collect();
    let conditions = merge(&[], &[], &claims, Some(generation), "2026-11-22T10:00:00Z".parse().unwrap());
    json!({"observedGeneration": generation, "conditions": conditions})
}

#[test]
fn argo_cd_shows_every_reason_as_severe_as_it_is() {
    let courses = |reason: &Reason| [reason.course(), reason.course().retried()].map(|course| (*reason, course));
    let told: Vec<(Reason, Course)> = Reason::ALL.iter().flat_map(courses).collect();
    let resources: Vec<Value> =
        told.iter().map(|(reason, course)| resource("GuestInvitation", status(*reason, *course, 3))).collect();
    let judged = judged(&resources);
    assert_eq!(judged.len(), told.len());
    for ((reason, course), (health, message)) in told.iter().zip(&judged) {
        let right = match course {
            Course::Done | Course::Unsure if *reason == Reason::Suspended => "Suspended",
            Course::Done | Course::Unsure => "Healthy",
            Course::Going | Course::Retrying => "Progressing",
            Course::Held => "Suspended",
            Course::Stuck => "Degraded",
        };
        assert_eq!(health, right, "{reason}");
        assert_eq!(*message, format!("Because of {reason}."));
    }
}

#[test]
fn argo_cd_waits_for_who_was_not_looked_at_yet() {
    let done = status(Reason::Invited, Course::Done, 3);
    let before = [Value::Null, json!({"observedGeneration": -1}), json!({"observedGeneration": 3}), {
        // The spec has changed since.
        status(Reason::Invited, Course::Done, 2)
    }];
    let mut resources: Vec<Value> = before.into_iter().map(|status| resource("GuestList", status)).collect();
    resources.extend(["EntraTenant", "GuestInvitation", "GuestList"].map(|kind| resource(kind, done.clone())));
    resources.push(resource("GuestRecord", Value::Null));
    let words: Vec<String> = judged(&resources).into_iter().map(|(health, _)| health).collect();
    let (waits, is_well) = ("Progressing", "Healthy");
    assert_eq!(words, [waits, waits, waits, waits, is_well, is_well, is_well, is_well]);
}
