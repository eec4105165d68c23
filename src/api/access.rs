//! Who may invite whom: the rules of an EntraTenant.
//! What a rule leaves out is open where it only narrows (whom, where to, how mailed), and closed where it gives rights
//! (groups, members). What a rule asks of a guest is in the table of `policy`, which also takes the lines of
//! docs/who-may-invite.md from the descriptions here: the last sentence is "Default:" and what holds without the field.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{Delivery, UserType};

/// In `groups` of a rule: any group.
pub const ANY_GROUP: &str = "*";

/// Lets some namespaces invite some guests. A guest must be allowed by one rule as a whole.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct AccessRule {
    /// The namespaces that may invite by this rule, by their labels: `matchLabels` and `matchExpressions`, as Kubernetes has them.
    /// Every namespace has the label `kubernetes.io/metadata.name`. Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<NamespaceSelector>,

    /// Domains of the guests' addresses, exact or as `*.example.com`, which means any sub-domain and not the domain itself. The
    /// domain of `redeemAs` is judged too. An international domain is written in its xn-- form. Default: any.
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_domains: Option<Vec<DomainPattern>>,

    /// Where a redemption may end: an address such as `https://wiki.contoso.com/welcome` and all below it, by whole parts of the
    /// path. A guest without `redirectUrl` ends where the tenant says, which needs no rule. Default: anywhere.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_urls: Option<Vec<RedirectPrefix>>,

    /// Groups that guests may be put into, named as their specs name them; `*` is any. Default: none.
    #[schemars(length(max = 64), inner(length(min = 1, max = 256)), extend("x-kubernetes-list-type" = "set"))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,

    /// Kinds of users: Guest, Member or both. Default: Guest.
    #[schemars(length(min = 1, max = 2), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_types: Option<Vec<UserType>>,

    /// Who may mail the guests; a guest who does not say has the tenant's `defaults.delivery`. Default: any.
    #[schemars(length(min = 1, max = 3), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Vec<Delivery>>,

    /// How many guests each namespace may have in this tenant. Who was invited keeps the place, then who was declared first.
    /// Default: any number.
    #[schemars(range(min = 0, max = 100000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_guests: Option<u32>,

    /// `Required`: somebody has to approve each guest first. Default: NotRequired.
    #[serde(default)]
    pub approval: Approval,
}

/// Whether somebody has to approve each guest.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// Nobody.
    #[default]
    NotRequired,
    /// Nothing is sent until the GuestInvitation has the condition `Approved`, for its spec as it is.
    Required,
}

/// Picks namespaces by their labels, as Kubernetes' own label selectors do. An empty one picks all.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct NamespaceSelector {
    /// Labels that a namespace must have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 16))]
    pub match_labels: BTreeMap<String, LabelValue>,
    /// More conditions; all must be true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "atomic"))]
    pub match_expressions: Vec<LabelExpression>,
}

/// One condition on a label.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[x_kube(validation = Rule::new("(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)").message("In and NotIn need values; Exists and DoesNotExist have none"))]
pub struct LabelExpression {
    /// The label.
    #[schemars(length(min = 1, max = 317))]
    pub key: String,
    /// How it is compared.
    pub operator: LabelOperator,
    /// With what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "atomic"))]
    pub values: Vec<LabelValue>,
}

/// How a label is compared.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelOperator {
    /// Its value is one of these.
    In,
    /// It has none of these values, or is not there.
    NotIn,
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $schema:tt) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

text! {
    /// A label's value.
    LabelValue, {"type": "string", "maxLength": 63}
}

text! {
    /// A domain, or `*.` and a domain.
    DomainPattern, {
        "type": "string",
        "minLength": 1,
        "maxLength": 253,
        "x-kubernetes-validations": [{
            "rule": r"self.matches(r'^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])$')",
            "message": "a domain in lower case such as example.com, or *.example.com for its sub-domains; an international one in its xn-- form",
        }],
    }
}

text! {
    /// A URL up to a part of its path, in the one way in which it is compared.
    RedirectPrefix, {
        "type": "string",
        "minLength": 1,
        "maxLength": 512,
        "x-kubernetes-validations": [
            {
                "rule": r"self.matches(r'^(https://([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z]([a-z0-9-]*[a-z0-9])?|http://localhost)(:[0-9]+)?(/[A-Za-z0-9._~!$&()*+,;=:@%-]*)*$')",
                "message": "a full https:// address with its host name in lower case, such as https://wiki.contoso.com/welcome, without user name, query or fragment (http:// only for localhost)",
            },
            {
                "rule": r"!self.matches(r'^[a-z]+://[^/]*:') || (self.matches(r'^[a-z]+://[^/:]*:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])(/|$)') && !self.matches(r'^(https://[^/]*:443|http://[^/]*:80)(/|$)'))",
                "message": "a port is a number up to 65535, and the usual one (443, or 80 for http) is left out",
            },
            {
                "rule": r"!self.matches(r'/([.]|%2[eE]){1,2}(/|$)|%2[fF]|%5[cC]')",
                "message": "the path has no . or .. in it, and no encoded slashes",
            },
        ],
    }
}
