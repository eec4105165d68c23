{{- define "guestlist.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "guestlist.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := include "guestlist.name" . }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{/* Two releases in two namespaces must not share a ClusterRole. */}}
{{- define "guestlist.clusterName" -}}
{{- $fullname := include "guestlist.fullname" . }}
{{- $namespace := include "guestlist.namespace" . }}
{{- if contains $fullname $namespace }}{{ $namespace | trunc 63 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" $namespace $fullname | trunc 63 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "guestlist.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "guestlist.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "guestlist.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name: with serviceAccount.create=false, name the ServiceAccount that the operator shall use" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "guestlist.selectorLabels" -}}
app.kubernetes.io/name: {{ include "guestlist.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "guestlist.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "guestlist.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "guestlist.image" -}}
{{- $image := .Values.image }}
{{- $name := $image.repository }}
{{- if $image.registry }}{{ $name = printf "%s/%s" $image.registry $image.repository }}{{ end }}
{{- if $image.digest }}
{{- printf "%s@%s" $name $image.digest }}
{{- else }}
{{- printf "%s:%s" $name (default .Chart.AppVersion $image.tag) }}
{{- end }}
{{- end }}

{{- define "guestlist.port" -}}
{{- regexFind "[0-9]+$" .Values.httpAddress }}
{{- end }}

{{/* Whether a kind of the Prometheus Operator is rendered: (list . "ServiceMonitor" .Values.serviceMonitor). */}}
{{- define "guestlist.rendersMonitoring" -}}
{{- $root := index . 0 }}{{ $kind := index . 1 }}{{ $values := index . 2 }}
{{- if $values.enabled }}
{{- $served := $root.Capabilities.APIVersions.Has (printf "monitoring.coreos.com/v1/%s" $kind) }}
{{- if or $served (eq $values.renderMode "alwaysRender") }}true
{{- else if eq $values.renderMode "failIfMissing" }}
{{- fail (printf "%s is wanted, and this cluster has no such kind: install the Prometheus Operator first, or choose renderMode: skipIfMissing" $kind) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "guestlist.accountSubject" -}}
- kind: ServiceAccount
  name: {{ include "guestlist.serviceAccountName" . }}
  namespace: {{ include "guestlist.namespace" . }}
{{- end }}

{{/* What the operator does with the guests of a namespace. SECURITY.md tells what each verb is for. */}}
{{- define "guestlist.guestRules" -}}
- apiGroups: [guestlist.dev]
  resources: [guestinvitations]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [guestlist.dev]
  resources: [guestlists]
  verbs: [get, list, watch]
- apiGroups: [guestlist.dev]
  resources: [guestinvitations/status]
  # `report` tells the admission policy of approvers that this account writes all of the status.
  verbs: [patch, report]
- apiGroups: [guestlist.dev]
  resources: [guestlists/status]
  verbs: [patch]
# To name a list as the owner that waits for its guests, where the API server asks for that right.
- apiGroups: [guestlist.dev]
  resources: [guestlists/finalizers]
  verbs: [update]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{/* Cluster-wide whatever is watched: tenants, Guests and definitions are cluster-scoped. */}}
{{- define "guestlist.clusterRules" -}}
- apiGroups: [guestlist.dev]
  resources: [entratenants]
  verbs: [list, watch]
- apiGroups: [guestlist.dev]
  resources: [entratenants/status]
  verbs: [patch]
# The record of each person. `report` tells the admission policy of Guests that this account writes all of it.
- apiGroups: [guestlist.dev]
  resources: [guests]
  verbs: [get, list, watch, create, update, delete, report]
# Rules of an EntraTenant pick namespaces by their labels.
- apiGroups: [""]
  resources: [namespaces]
  verbs: [list, watch]
- apiGroups: [apiextensions.k8s.io]
  resources: [customresourcedefinitions]
  resourceNames: [entratenants.guestlist.dev, guestinvitations.guestlist.dev, guestlists.guestlist.dev, guests.guestlist.dev]
  verbs: [get]
{{- end }}

{{- define "guestlist.redeemLinkRules" -}}
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, update]
{{- end }}
