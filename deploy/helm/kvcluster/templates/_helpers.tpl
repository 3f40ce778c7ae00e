{{/* The first part of all names. A StatefulSet's name may have 52 characters, and the longest that follows is "-slave-999". */}}
{{- define "kvcluster.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 42 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 42 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 42 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The headless service that gives every pod its address. */}}
{{- define "kvcluster.servers" -}}
{{- include "kvcluster.fullname" . }}-servers
{{- end -}}

{{- define "kvcluster.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "kvcluster.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "kvcluster.configMap" -}}
{{- default (printf "%s-topology" (include "kvcluster.fullname" .)) .Values.register.configMap -}}
{{- end -}}

{{/* What all pods of the cluster have in common, and nobody else has. */}}
{{- define "kvcluster.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "kvcluster.labels" -}}
{{ include "kvcluster.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{/* The names of all nodes, with commas between. */}}
{{- define "kvcluster.nodes" -}}
{{- $nodes := list "master" -}}
{{- range $number := until (int .Values.slaves) -}}
{{- $nodes = append $nodes (printf "slave-%d" (add1 $number)) -}}
{{- end -}}
{{- join "," $nodes -}}
{{- end -}}

{{/* Every server of the cluster: a starting one asks them who the master is. */}}
{{- define "kvcluster.seeds" -}}
{{- $root := . -}}
{{- $seeds := list -}}
{{- range $node := splitList "," (include "kvcluster.nodes" .) -}}
{{- range $pod := until (int $root.Values.copies) -}}
{{- $host := printf "%s-%s-%d.%s" (include "kvcluster.fullname" $root) $node $pod (include "kvcluster.domain" $root) -}}
{{- $seeds = append $seeds (printf "http://%s:%d" $host (int $root.Values.ports.http)) -}}
{{- end -}}
{{- end -}}
{{- join "," $seeds -}}
{{- end -}}

{{/* What follows the name of a pod in its address. */}}
{{- define "kvcluster.domain" -}}
{{- printf "%s.%s.svc.%s" (include "kvcluster.servers" .) .Release.Namespace .Values.clusterDomain -}}
{{- end -}}

{{- define "kvcluster.updateStrategy" -}}
{{- if .Values.updateStrategy -}}
{{- .Values.updateStrategy -}}
{{- else if eq .Values.register.home "Embedded" -}}
OnDelete
{{- else -}}
RollingUpdate
{{- end -}}
{{- end -}}
