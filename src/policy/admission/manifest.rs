//! The YAML around the expressions.

use crate::policy::Variable;

/// A ValidatingAdmissionPolicy with every EntraTenant as its parameter, and its binding.
pub(super) struct Manifest {
    pub name: &'static str,
    pub failure_policy: &'static str,
    pub resource: &'static str,
    /// CEL: whether a request must be checked.
    pub asks_for_something_new: String,
    pub variables: Vec<Part>,
    /// CEL: the refusal.
    pub message: String,
    /// A comment for the binding's parameter.
    pub binding: &'static str,
}

/// A variable of a policy, and why it is there.
#[derive(Clone)]
pub(super) struct Part {
    name: String,
    why: &'static str,
    cel: String,
}

/// The variable `name`.
pub(super) fn part(name: &str, cel: String) -> Part {
    Part { name: name.to_owned(), why: "", cel }
}

impl Part {
    pub(super) fn of(variable: &Variable) -> Self {
        part(variable.name, variable.cel.to_owned()).because(variable.why)
    }

    pub(super) fn because(self, why: &'static str) -> Self {
        Self { why, ..self }
    }
}

impl Manifest {
    pub(super) fn yaml(&self) -> String {
        let Self { name, failure_policy, resource, binding, .. } = self;
        let condition = folded(&self.asks_for_something_new);
        let variables: String = self.variables.iter().map(variable).collect();
        let message = folded(&self.message);
        format!(
            "\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: {name}
spec:
  failurePolicy: {failure_policy}
  paramKind:
    apiVersion: guestlist.dev/v1alpha1
    kind: EntraTenant
  matchConstraints:
    resourceRules:
      - apiGroups: [guestlist.dev]
        apiVersions: [v1alpha1]
        operations: [CREATE, UPDATE]
        resources: [{resource}]
  matchConditions:
    - name: asks-for-something-new
      expression: {condition}
  variables:
{variables}  validations:
    - expression: \"size(variables.refused) == 0\"
      reason: Forbidden
      messageExpression: {message}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {name}
spec:
  policyName: {name}
  validationActions: [Deny]
{binding}  paramRef:
    selector: {{}}
    parameterNotFoundAction: Allow
"
        )
    }
}

fn variable(variable: &Part) -> String {
    let why: String = variable.why.lines().map(|line| format!("    # {line}\n")).collect();
    format!("{why}    - name: {}\n      expression: {}\n", variable.name, folded(&variable.cel))
}

/// An expression as a folded block: YAML puts a space in place of each line break.
fn folded(cel: &str) -> String {
    let lines: Vec<String> = cel.lines().map(|line| format!("        {}", line.trim())).collect();
    format!(">-\n{}", lines.join("\n"))
}
