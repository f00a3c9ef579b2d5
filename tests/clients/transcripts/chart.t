A release of more than a hundred objects, as a chart renders them: installed, upgraded and taken away by either sort of apply.

  $ cat > render.sh <<'END'
  > release=$1; version=$2; count=${3:-9}
  > for n in $(seq 1 $count); do
  > name=$release-$n
  > meta="metadata: {name: $name, labels: {app.kubernetes.io/instance: $release, app.kubernetes.io/version: \"$version\", helm.sh/chart: shop-$version}}"
  > select="app.kubernetes.io/name: $name"
  > cat <<OBJECTS
  > {apiVersion: v1, kind: ServiceAccount, $meta}
  > ---
  > {apiVersion: v1, kind: ConfigMap, $meta, data: {version: "$version", port: "808$n"}}
  > ---
  > {apiVersion: v1, kind: Secret, $meta, stringData: {password: secret-$n}}
  > ---
  > {apiVersion: v1, kind: Service, $meta, spec: {selector: {$select}, ports: [{name: http, port: 80, targetPort: http}]}}
  > ---
  > {apiVersion: apps/v1, kind: Deployment, $meta, spec: {replicas: 0, selector: {matchLabels: {$select}}, template: {metadata: {labels: {$select}}, spec: {serviceAccountName: $name, containers: [{name: web, image: "shop:$version", ports: [{name: http, containerPort: 8080}], envFrom: [{configMapRef: {name: $name}}], resources: {requests: {cpu: 100m, memory: 64Mi}}, readinessProbe: {httpGet: {path: /ready, port: http}}}]}}}}
  > ---
  > {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, $meta, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: $name}, maxReplicas: $n, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}}
  > ---
  > {apiVersion: policy/v1, kind: PodDisruptionBudget, $meta, spec: {maxUnavailable: 1, selector: {matchLabels: {$select}}}}
  > ---
  > {apiVersion: networking.k8s.io/v1, kind: Ingress, $meta, spec: {ingressClassName: none, rules: [{host: $name.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: $name, port: {name: http}}}}]}}]}}
  > ---
  > {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, $meta, spec: {podSelector: {matchLabels: {$select}}, ingress: [{ports: [{port: http}]}]}}
  > ---
  > {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, $meta, rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list]}]}
  > ---
  > {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, $meta, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: $name}, subjects: [{kind: ServiceAccount, name: $name}]}
  > ---
  > {apiVersion: batch/v1, kind: CronJob, $meta, spec: {suspend: true, schedule: "@daily", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: job, image: "shop:$version"}]}}}}}}
  > ---
  > OBJECTS
  > done
  > END
  $ printf "sed 's/-[0-9]* / /' | sort | uniq -c | sed 's/^ *//'" > counted.sh
  $ sh render.sh one 1.0.0 > one.yaml; grep -c apiVersion: one.yaml
  108
  $ kubectl apply --server-side --field-manager=helm -f one.yaml | sh counted.sh
  9 configmap/one serverside-applied
  9 cronjob.batch/one serverside-applied
  9 deployment.apps/one serverside-applied
  9 horizontalpodautoscaler.autoscaling/one serverside-applied
  9 ingress.networking.k8s.io/one serverside-applied
  9 networkpolicy.networking.k8s.io/one serverside-applied
  9 poddisruptionbudget.policy/one serverside-applied
  9 role.rbac.authorization.k8s.io/one serverside-applied
  9 rolebinding.rbac.authorization.k8s.io/one serverside-applied
  9 secret/one serverside-applied
  9 service/one serverside-applied
  9 serviceaccount/one serverside-applied
  $ kubectl apply --server-side --field-manager=helm -f one.yaml | sh counted.sh
  9 configmap/one serverside-applied
  9 cronjob.batch/one serverside-applied
  9 deployment.apps/one serverside-applied
  9 horizontalpodautoscaler.autoscaling/one serverside-applied
  9 ingress.networking.k8s.io/one serverside-applied
  9 networkpolicy.networking.k8s.io/one serverside-applied
  9 poddisruptionbudget.policy/one serverside-applied
  9 role.rbac.authorization.k8s.io/one serverside-applied
  9 rolebinding.rbac.authorization.k8s.io/one serverside-applied
  9 secret/one serverside-applied
  9 service/one serverside-applied
  9 serviceaccount/one serverside-applied
  $ kubectl diff --server-side --field-manager=helm -f one.yaml
  $ sh render.sh one 1.1.0 > one.yaml
  $ kubectl diff --server-side --field-manager=helm -f one.yaml | grep '^[-+] ' | sed 's/^\([-+]\) */\1 /' | sort | uniq -c | sed 's/^ *//'
  9 + - image: shop:1.1.0
  108 + app.kubernetes.io/version: 1.1.0
  18 + generation: 2
  108 + helm.sh/chart: shop-1.1.0
  9 + image: shop:1.1.0
  9 + version: 1.1.0
  9 - - image: shop:1.0.0
  108 - app.kubernetes.io/version: 1.0.0
  18 - generation: 1
  108 - helm.sh/chart: shop-1.0.0
  9 - image: shop:1.0.0
  9 - version: 1.0.0
  $ kubectl apply --server-side --field-manager=helm -f one.yaml | sh counted.sh
  9 configmap/one serverside-applied
  9 cronjob.batch/one serverside-applied
  9 deployment.apps/one serverside-applied
  9 horizontalpodautoscaler.autoscaling/one serverside-applied
  9 ingress.networking.k8s.io/one serverside-applied
  9 networkpolicy.networking.k8s.io/one serverside-applied
  9 poddisruptionbudget.policy/one serverside-applied
  9 role.rbac.authorization.k8s.io/one serverside-applied
  9 rolebinding.rbac.authorization.k8s.io/one serverside-applied
  9 secret/one serverside-applied
  9 service/one serverside-applied
  9 serviceaccount/one serverside-applied
  $ kubectl get deploy,cm,cronjob -l app.kubernetes.io/version=1.1.0 -o name | sh counted.sh | sed 's/-[0-9]*$//' | sort | uniq -c | sed 's/^ *//'
  9 1 configmap/one
  9 1 cronjob.batch/one
  9 1 deployment.apps/one
  $ kubectl get deploy -l app.kubernetes.io/instance=one -o jsonpath='{range .items[*]}{.spec.template.spec.containers[0].image} {.metadata.generation}{"\n"}{end}' | sort | uniq -c | sed 's/^ *//'
  9 shop:1.1.0 2
  $ kubectl get deploy one-3 --show-managed-fields -o jsonpath='{range .metadata.managedFields[?(@.operation=="Apply")]}{.manager}{"\n"}{end}'
  helm
  $ sh render.sh two 1.0.0 > two.yaml; kubectl apply -f two.yaml | sh counted.sh
  9 configmap/two created
  9 cronjob.batch/two created
  9 deployment.apps/two created
  9 horizontalpodautoscaler.autoscaling/two created
  9 ingress.networking.k8s.io/two created
  9 networkpolicy.networking.k8s.io/two created
  9 poddisruptionbudget.policy/two created
  9 role.rbac.authorization.k8s.io/two created
  9 rolebinding.rbac.authorization.k8s.io/two created
  9 secret/two created
  9 service/two created
  9 serviceaccount/two created
  $ kubectl apply -f two.yaml | sh counted.sh
  9 configmap/two unchanged
  9 cronjob.batch/two unchanged
  9 deployment.apps/two unchanged
  9 horizontalpodautoscaler.autoscaling/two unchanged
  9 ingress.networking.k8s.io/two unchanged
  9 networkpolicy.networking.k8s.io/two configured
  9 poddisruptionbudget.policy/two configured
  9 role.rbac.authorization.k8s.io/two unchanged
  9 rolebinding.rbac.authorization.k8s.io/two unchanged
  9 secret/two configured
  9 service/two unchanged
  9 serviceaccount/two unchanged
  $ sh render.sh two 1.1.0 8 > two.yaml; kubectl diff -f two.yaml | grep '^[-+] ' | sed 's/^\([-+]\) */\1 /' | sort | uniq -c | sed 's/^ *//'
  8 + - image: shop:1.1.0
  96 + app.kubernetes.io/version: 1.1.0
  16 + generation: 2
  96 + helm.sh/chart: shop-1.1.0
  8 + image: shop:1.1.0
  8 + version: 1.1.0
  8 - - image: shop:1.0.0
  96 - app.kubernetes.io/version: 1.0.0
  16 - generation: 1
  96 - helm.sh/chart: shop-1.0.0
  8 - image: shop:1.0.0
  8 - version: 1.0.0
  $ kubectl apply -f two.yaml | sh counted.sh
  8 configmap/two configured
  8 cronjob.batch/two configured
  8 deployment.apps/two configured
  8 horizontalpodautoscaler.autoscaling/two configured
  8 ingress.networking.k8s.io/two configured
  8 networkpolicy.networking.k8s.io/two configured
  8 poddisruptionbudget.policy/two configured
  8 role.rbac.authorization.k8s.io/two configured
  8 rolebinding.rbac.authorization.k8s.io/two configured
  8 secret/two configured
  8 service/two configured
  8 serviceaccount/two configured
  $ kubectl get deploy -l app.kubernetes.io/instance=two -o jsonpath='{range .items[*]}{.spec.template.spec.containers[0].image} {.metadata.generation}{"\n"}{end}' | sort | uniq -c | sed 's/^ *//'
  1 shop:1.0.0 1
  8 shop:1.1.0 2
  $ kubectl delete -f one.yaml --wait=false | sed 's/-[0-9]*"/"/' | sort | uniq -c | sed 's/^ *//'
  9 configmap "one" deleted from NAMESPACE namespace
  9 cronjob.batch "one" deleted from NAMESPACE namespace
  9 deployment.apps "one" deleted from NAMESPACE namespace
  9 horizontalpodautoscaler.autoscaling "one" deleted from NAMESPACE namespace
  9 ingress.networking.k8s.io "one" deleted from NAMESPACE namespace
  9 networkpolicy.networking.k8s.io "one" deleted from NAMESPACE namespace
  9 poddisruptionbudget.policy "one" deleted from NAMESPACE namespace
  9 role.rbac.authorization.k8s.io "one" deleted from NAMESPACE namespace
  9 rolebinding.rbac.authorization.k8s.io "one" deleted from NAMESPACE namespace
  9 secret "one" deleted from NAMESPACE namespace
  9 service "one" deleted from NAMESPACE namespace
  9 serviceaccount "one" deleted from NAMESPACE namespace
  $ kubectl delete sa,cm,secret,svc,deploy,hpa,pdb,ingress,netpol,role,rolebinding,cronjob -l app.kubernetes.io/instance=two --wait=false | sed 's/-[0-9]*"/"/' | sort | uniq -c | sed 's/^ *//'
  9 configmap "two" deleted from NAMESPACE namespace
  9 cronjob.batch "two" deleted from NAMESPACE namespace
  9 deployment.apps "two" deleted from NAMESPACE namespace
  9 horizontalpodautoscaler.autoscaling "two" deleted from NAMESPACE namespace
  9 ingress.networking.k8s.io "two" deleted from NAMESPACE namespace
  9 networkpolicy.networking.k8s.io "two" deleted from NAMESPACE namespace
  9 poddisruptionbudget.policy "two" deleted from NAMESPACE namespace
  9 role.rbac.authorization.k8s.io "two" deleted from NAMESPACE namespace
  9 rolebinding.rbac.authorization.k8s.io "two" deleted from NAMESPACE namespace
  9 secret "two" deleted from NAMESPACE namespace
  9 service "two" deleted from NAMESPACE namespace
  9 serviceaccount "two" deleted from NAMESPACE namespace
