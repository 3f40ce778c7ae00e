{{/* The environment of a node's servers: the same for all of them, because a pod tells itself from its stable name. Kubernetes puts the
value of a variable for $(NAME) in those that come after it. */}}
{{- define "kvcluster.environment" -}}
{{- $root := .root -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: KvNode__Name
  value: $(POD_NAME)
- name: KvNode__Node
  value: {{ .node }}
- name: KvNode__BindAddress
  value: 0.0.0.0
- name: KvNode__AdvertisedHost
  value: $(POD_NAME).{{ include "kvcluster.domain" $root }}
- name: KvNode__HttpPort
  value: {{ $root.Values.ports.http | quote }}
- name: KvNode__PeerPort
  value: {{ $root.Values.ports.peer | quote }}
{{- if $root.Values.resp.enabled }}
- name: KvNode__RespPort
  value: {{ $root.Values.ports.resp | quote }}
{{- end }}
- name: KvNode__DataDirectory
  value: /data/store
- name: KvNode__Seeds
  value: {{ include "kvcluster.seeds" $root | quote }}
- name: KvNode__BootstrapServer
  value: {{ include "kvcluster.fullname" $root }}-master-0
- name: KvNode__InitialNodes
  value: {{ add1 (int $root.Values.slaves) | quote }}
- name: KvNode__Register
  value: {{ $root.Values.register.home }}
{{- if eq $root.Values.register.home "Kubernetes" }}
- name: KvNode__KubernetesNamespace
  value: {{ $root.Release.Namespace }}
- name: KvNode__KubernetesConfigMap
  value: {{ include "kvcluster.configMap" $root }}
{{- else if eq $root.Values.register.home "Etcd" }}
- name: KvNode__EtcdEndpoints
  value: {{ $root.Values.register.etcd.endpoints | quote }}
- name: KvNode__EtcdKey
  value: {{ default (printf "kvcluster/%s/%s" $root.Release.Namespace (include "kvcluster.fullname" $root)) $root.Values.register.etcd.key | quote }}
{{- else }}
- name: KvNode__Voters
  value: {{ $root.Values.register.embedded.voters | quote }}
{{- end }}
- name: KvNode__WriteMode
  value: {{ $root.Values.store.writeMode }}
- name: KvNode__Fsync
  value: {{ $root.Values.store.fsync | quote }}
- name: KvNode__BeaconMilliseconds
  value: {{ $root.Values.store.beaconMilliseconds | quote }}
- name: KvNode__ValueBytesMax
  value: {{ int $root.Values.store.valueBytesMax | quote }}
- name: KvNode__ShutdownDelayMilliseconds
  value: {{ $root.Values.shutdown.delayMilliseconds | quote }}
{{- if or $root.Values.metrics.prometheus $root.Values.metrics.serviceMonitor.enabled }}
- name: Telemetry__Prometheus
  value: "true"
{{- end }}
{{- with $root.Values.telemetry.otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- with $root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
