Objects from files, applied by the server.

  $ cat > web.yaml <<END
  > apiVersion: apps/v1
  > kind: Deployment
  > metadata: {name: web}
  > spec:
  >   replicas: 0
  >   paused: true
  >   selector: {matchLabels: {app: web}}
  >   template:
  >     metadata: {labels: {app: web}}
  >     spec: {containers: [{name: web, image: nginx:1, ports: [{containerPort: 80}]}]}
  > END
  $ kubectl apply --server-side -f web.yaml --dry-run=server
  deployment.apps/web serverside-applied (server dry run)
  $ kubectl diff --server-side -f web.yaml | grep -c '^+ '
  37
  $ kubectl apply --server-side -f web.yaml
  deployment.apps/web serverside-applied
  $ kubectl apply --server-side -f web.yaml
  deployment.apps/web serverside-applied
  $ kubectl get deployment web --show-managed-fields -o jsonpath='{.metadata.managedFields[?(@.manager=="kubectl")].fieldsV1}'
  {"f:spec": {"f:paused": {}, "f:replicas": {}, "f:selector": {}, "f:template": {"f:metadata": {"f:labels": {"f:app": {}}}, "f:spec": {"f:containers": {"k:{\"name\":\"web\"}": {".": {}, "f:image": {}, "f:name": {}, "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}}}}}}}}
  $ sed -i s/nginx:1/nginx:2/ web.yaml
  $ kubectl apply --server-side -f web.yaml --field-manager=other
  error: Apply failed with 1 conflict: conflict with "kubectl": .spec.template.spec.containers[name="web"].image
  Please review the fields above--they currently have other managers. Here
  are the ways you can resolve this warning:
  * If you intend to manage all of these fields, please re-run the apply
    command with the `--force-conflicts` flag.
  * If you do not intend to manage all of the fields, please edit your
    manifest to remove references to the fields that should keep their
    current managers.
  * You may co-own fields by updating your manifest to match the existing
    value; in this case, you'll become the manager if the other manager(s)
    stop managing the field (remove it from their configuration).
  See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
  [1]
  $ kubectl diff --server-side -f web.yaml --field-manager=other
  Error from server (Conflict): Apply failed with 1 conflict: conflict with "kubectl": .spec.template.spec.containers[name="web"].image
  [2]
  $ kubectl diff --server-side --force-conflicts -f web.yaml --field-manager=other | grep '^[-+] '
  -  generation: 1
  +  generation: 2
  -  - image: nginx:1
  +  - image: nginx:2
  $ kubectl apply --server-side -f web.yaml --field-manager=other --force-conflicts
  deployment.apps/web serverside-applied
  $ kubectl get deployment web -o jsonpath='{.spec.template.spec.containers[0].image}'
  nginx:2
  $ kubectl get deployment web --show-managed-fields -o jsonpath='{range .metadata.managedFields[?(@.operation=="Apply")]}{.manager} {.operation} {.fieldsV1.f:spec.f:template.f:spec}{"\n"}{end}'
  kubectl Apply {"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}
  other Apply {"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}
  $ sed -i '/replicas/d' web.yaml
  $ kubectl apply --server-side -f web.yaml --field-manager=other
  deployment.apps/web serverside-applied
  $ kubectl get deployment web -o jsonpath='{.spec.replicas}'
  0

A strategic merge patch beside it

  $ kubectl patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"1"}]}]}}}}'
  deployment.apps/web patched
  $ kubectl get deployment web -o jsonpath='{.spec.template.spec.containers[0].env} {.spec.template.spec.containers[0].image}'
  [{"name":"A","value":"1"}] nginx:2

From client-side to server-side, and pruning

  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {set: one}}\ndata: {x: "1", y: "2"}\n' > a.yaml
  $ kubectl apply -f a.yaml
  configmap/a created
  $ sed -i 's/, y: "2"//; s/x: "1"/x: "3"/' a.yaml
  $ kubectl apply --server-side -f a.yaml
  configmap/a serverside-applied
  $ kubectl get cm a --show-managed-fields -o jsonpath='{.data} {.metadata.managedFields[*].manager}'
  {"x":"3"} kubectl-last-applied kubectl
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, labels: {set: one}}\n' > b.yaml
  $ kubectl apply --server-side -f b.yaml
  configmap/b serverside-applied
  $ KUBECTL_APPLYSET=true kubectl apply --server-side -f a.yaml --prune --namespace=$NAMESPACE --applyset=configmaps/set
  configmap/a serverside-applied
  $ KUBECTL_APPLYSET=true kubectl apply --server-side -f a.yaml --prune --namespace=$NAMESPACE --applyset=set
  configmap/a serverside-applied
  $ KUBECTL_APPLYSET=true kubectl apply --server-side -f b.yaml --prune --namespace=$NAMESPACE --applyset=set
  configmap/b serverside-applied
  configmap/a pruned
  $ kubectl get cm -l set=one -o name
  configmap/b

What is wrong

  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: 1}\n' | kubectl apply --server-side -f -
  Error from server: failed to create typed patch object (NAMESPACE/a; /v1, Kind=ConfigMap): .data.x: expected string, got &value.valueUnstructured{Value:1}
  [1]
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nnonsense: 1\n' | kubectl apply --server-side -f -
  Error from server: failed to create typed patch object (NAMESPACE/a; /v1, Kind=ConfigMap): .nonsense: field not declared in schema
  [1]
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, managedFields: []}\n' | kubectl apply --server-side -f -
  Error from server (BadRequest): metadata.managedFields must be nil
  [1]
