//! Who may invite whom: the access rules of an EntraTenant. A field that a rule leaves out allows everything where it
//! only narrows (whom, where to, how mailed), and nothing where it gives rights (groups, members, links). The table of
//! `policy` says how each field checks a guest. It also takes the lines of docs/who-may-invite.md from the descriptions
//! here: the last sentence of each is "Default:" and what holds without the field.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{DeletionPolicy, Delivery, Existing, Language, ProfileProperty, Span, UserType, of_duration};

/// The value in a list of names, such as `groups` of a rule, that allows any name.
pub const ANY: &str = "*";

/// Allows some namespaces to invite some guests. One rule as a whole must allow the guest.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct AccessRule {
    /// The namespaces that this rule allows to invite, selected by their labels with `matchLabels` and
    /// `matchExpressions`, as in Kubernetes. Every namespace has the label `kubernetes.io/metadata.name`. Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<NamespaceSelector>,

    /// The domains that the guests' addresses may have, exact or as `*.example.com`, which allows every sub-domain but
    /// not the domain itself. The domain of `redeemAs` is checked too. Write an international domain in its xn-- form.
    /// Default: any.
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_domains: Option<Vec<DomainPattern>>,

    /// Domains that no address may have, written as in `emailDomains`: neither the guest's, nor `redeemAs`, nor
    /// `message.cc`. Such a domain is refused to the namespaces of this rule, whatever other rules allow. Default: none.
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny_email_domains: Option<Vec<DomainPattern>>,

    /// The domains that `message.cc` may have, written as in `emailDomains`. Whoever gets the copy can accept in the
    /// guest's place. Default: as emailDomains.
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc_domains: Option<Vec<DomainPattern>>,

    /// Where the guest's browser may end after accepting. An address such as `https://wiki.contoso.com/welcome` allows
    /// itself and everything below it. Paths are compared by whole segments. A guest without `redirectUrl` ends at the
    /// tenant's default, which needs no rule. Default: anywhere.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_urls: Option<Vec<RedirectPrefix>>,

    /// The groups that guests may be added to, written as in the guests' specs. `*` allows any group. Default: none.
    #[schemars(length(max = 64), inner(length(min = 1, max = 256)), extend("x-kubernetes-list-type" = "set"))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,

    /// The kinds of users that may be made: Guest, Member or both. Default: Guest.
    #[schemars(length(min = 1, max = 2), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_types: Option<Vec<UserType>>,

    /// Who may mail the guests. A guest without `delivery` has the tenant's `defaults.delivery`. Default: any.
    #[schemars(length(min = 1, max = 3), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Vec<Delivery>>,

    /// The languages of the mail, such as `nl`, compared without case. A guest without `message.language` has the tenant's
    /// `defaults.language`. Where that is not set either, Microsoft chooses, which needs no rule. Default: any.
    #[schemars(length(min = 1, max = 32), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<Language>>,

    /// What may happen to the user at the end. A guest without `deletionPolicy` has the tenant's
    /// `defaults.deletionPolicy`. Default: any.
    #[schemars(length(min = 1, max = 3), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_policies: Option<Vec<DeletionPolicy>>,

    /// The properties of the guest's user that may be set: `displayName`, and the fields of `profile` by their names. `*`
    /// allows any. Think of dynamic groups, whose members are chosen by such properties. Default: displayName, givenName,
    /// surname and preferredLanguage.
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Vec<ProfileProperty>>,

    /// The sponsors that guests may have, written as in the guests' specs. `*` allows any. Default: any.
    #[schemars(length(max = 64), inner(length(min = 1, max = 256)), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sponsors: Option<Vec<String>>,

    /// `Allowed`: a guest may be a person whom another namespace has as its guest. The namespace then shares the person: it
    /// follows how they redeem, keeps its own groups and may ask for a mail once a day. What else becomes of the person is the
    /// other namespace's. Default: Denied.
    #[serde(default)]
    pub share: Permit,

    /// `Allowed`: a guest may accept anew with another address (`redeemAs`), and so hand the user with all its groups to
    /// whoever has that address. Only for guests whom an invitation of the namespace made. Default: Denied.
    #[serde(default)]
    pub redeem_as: Permit,

    /// `Allowed`: the redeem link may be put into a Secret of the namespace (`redeemUrlSecretRef`). Whoever reads it can
    /// accept in the guest's place. Default: Denied.
    #[serde(default)]
    pub redeem_links: Permit,

    /// What a guest must have. Default: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require: Option<Requirements>,

    /// What guests may ask for, by `existing`, who are in the directory already. Default: Refuse and Follow.
    #[schemars(length(min = 1, max = 4), extend("x-kubernetes-list-type" = "set"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing: Option<Vec<Existing>>,

    /// How many guests each namespace may have in this tenant. Guests who are invited already keep their place, also when
    /// their resource is deleted and they stay in the directory. The
    /// other places go to the guests who were declared first. Default: any number.
    #[schemars(range(min = 0, max = 100000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_guests: Option<u32>,

    /// `Required`: somebody must approve each guest first. Default: NotRequired.
    #[serde(default)]
    pub approval: Approval,
}

/// Whether a rule gives a right.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permit {
    /// It does not.
    #[default]
    Denied,
    /// It does.
    Allowed,
}

/// What a rule demands of a guest.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Requirements {
    /// A guest must have `accessUntil`, at most this long after the GuestInvitation was made. Default: not needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_until: Option<Limit>,
    /// A guest must have `expiresAfter`, of at most this length. Default: not needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<Limit>,
    /// A guest must have at least so many `sponsors`. Default: none needed.
    #[schemars(range(min = 1, max = 5))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sponsors: Option<u8>,
}

/// The longest time that a rule allows.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Limit {
    /// The longest time, such as `8760h` for a year.
    #[x_kube(validation = Rule::new(of_duration("self", "duration(self) > duration('0s')")).message("within is longer than nothing: write 720h for thirty days"))]
    pub within: Span,
}

/// Whether somebody must approve each guest.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// No approval is needed.
    #[default]
    NotRequired,
    /// Nothing is sent until the GuestInvitation has the condition `Approved` for its current spec.
    Required,
}

/// Selects namespaces by their labels, as label selectors in Kubernetes do. An empty selector selects all.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct NamespaceSelector {
    /// Labels that a namespace must have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 16))]
    pub match_labels: BTreeMap<String, LabelValue>,
    /// More conditions. All of them must be true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "atomic"))]
    pub match_expressions: Vec<LabelExpression>,
}

/// One condition on a label.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[x_kube(validation = Rule::new("(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)").message("In and NotIn need values; Exists and DoesNotExist have none"))]
pub struct LabelExpression {
    /// The key of the label.
    #[schemars(length(min = 1, max = 317))]
    pub key: String,
    /// How the label is compared with the values.
    pub operator: LabelOperator,
    /// The values to compare with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "atomic"))]
    pub values: Vec<LabelValue>,
}

/// How a label is compared.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelOperator {
    /// The label has one of the values.
    In,
    /// The label has none of the values, or does not exist.
    NotIn,
    /// The label exists.
    Exists,
    /// The label does not exist.
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
    /// The value of a label.
    LabelValue, {"type": "string", "maxLength": 63}
}

text! {
    /// A domain, or `*.` followed by a domain.
    DomainPattern, {
        "type": "string",
        "minLength": 1,
        "maxLength": 253,
        "x-kubernetes-validations": [{
            "rule": r"self.matches(r'^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$')",
            "message": "a domain in lower case such as example.com, or *.example.com for its sub-domains; an international one in its xn-- form",
        }],
    }
}

text! {
    /// A URL up to a segment of its path, in the one form in which it is compared.
    RedirectPrefix, {
        "type": "string",
        "minLength": 1,
        "maxLength": 512,
        "x-kubernetes-validations": [
            {
                "rule": r"self.matches(r'^(https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?|http://localhost)(:[0-9]+)?(/[A-Za-z0-9._~!$&()*+,;=:@%-]*)*$')",
                "message": "a full https:// address with its host name in lower case, such as https://wiki.contoso.com/welcome, without user name, query or fragment (http:// only for localhost)",
            },
            {
                "rule": r"!self.matches(r'^[a-z]+://[^/]*:') || (self.matches(r'^[a-z]+://[^/:]*:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])(/|$)') && !self.matches(r'^(https://[^/]*:443|http://[^/]*:80)(/|$)'))",
                "message": "a port is a number up to 65535, and the usual one (443, or 80 for http) is left out",
            },
            {
                "rule": "!self.matches('/([.]|%2[eE]){1,2}([^A-Za-z0-9._~/-]|/|$)|%(25|2[fF]|5[cC]|7[fF]|[01][0-9a-fA-F]|[cC][01]|[eE]0%[89]|[fF](0%8|[5-9a-fA-F]))')",
                "message": "the path has no segment . or .., and no encoded slash, backslash, percent sign or control character",
            },
            {
                "rule": "!self.matches('%([^0-9a-fA-F]|[0-9a-fA-F][^0-9a-fA-F]|[0-9a-fA-F]?$)')",
                "message": "a percent sign is followed by two digits from 0 to f",
            },
        ],
    }
}
