How objects end, and what waits for it.

  $ cat > web.yaml <<END
  > apiVersion: apps/v1
  > kind: ReplicaSet
  > metadata: {name: web, labels: {app: web}}
  > spec:
  >   replicas: 0
  >   selector: {matchLabels: {app: web}}
  >   template:
  >     metadata: {labels: {app: web}}
  >     spec: {containers: [{name: web, image: web}]}
  > END
  $ cat > dependents.sh <<END
  > kubectl apply -f web.yaml >/dev/null
  > uid=\$(kubectl get rs web -o jsonpath='{.metadata.uid}')
  > for name in one two; do
  > printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n  labels: {of: web}\n  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: %s, blockOwnerDeletion: true}]\n' \$name \$uid | kubectl apply -f - >/dev/null
  > done
  > END
  $ sh dependents.sh; kubectl get cm -l of=web -o name
  configmap/one
  configmap/two
  $ kubectl delete rs web --cascade=background
  replicaset.apps "web" deleted from NAMESPACE namespace
  $ kubectl wait cm -l of=web --for=delete --timeout=20s
  $ kubectl get cm,rs -l of=web
  No resources found in NAMESPACE namespace.
  $ sh dependents.sh; kubectl delete rs web --cascade=foreground
  replicaset.apps "web" deleted from NAMESPACE namespace
  $ kubectl get cm,rs -l of=web
  No resources found in NAMESPACE namespace.
  $ sh dependents.sh; kubectl delete rs web --cascade=orphan
  replicaset.apps "web" deleted from NAMESPACE namespace
  $ kubectl get cm -l of=web -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.ownerReferences}{"\n"}{end}'
  one
  two
  $ kubectl delete cm -l of=web
  configmap "one" deleted from NAMESPACE namespace
  configmap "two" deleted from NAMESPACE namespace
  $ kubectl delete cm -l of=web
  No resources found
  $ kubectl delete cm missing
  Error from server (NotFound): configmaps "missing" not found
  [1]
  $ kubectl delete cm missing --ignore-not-found
  $ kubectl delete cm
  error: resource(s) were provided, but no name was specified
  [1]

Finalizers

  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/hold]}\n' | kubectl apply -f -
  configmap/held created
  $ kubectl delete cm held --timeout=1500ms
  configmap "held" deleted from NAMESPACE namespace
  error: timed out waiting for the condition on configmaps/held
  [1]
  $ kubectl get cm held -o jsonpath='{.metadata.finalizers} {.metadata.deletionGracePeriodSeconds}'
  ["example.com/hold"] 0
  $ kubectl wait cm/held --for=delete --timeout=1500ms
  error: timed out waiting for the condition on configmaps/held
  [1]
  $ (sleep 2; kubectl patch cm held --type=merge -p '{"metadata":{"finalizers":null}}' >/dev/null) & kubectl wait cm/held --for=delete --timeout=20s; wait
  configmap/held condition met
  $ kubectl wait cm/held --for=delete --timeout=5s
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held}\n' | kubectl apply -f -
  configmap/held created
  $ kubectl delete cm held --dry-run=server
  configmap "held" deleted from NAMESPACE namespace (server dry run)
  $ kubectl delete cm held --dry-run=client -o name
  configmap/held
  $ kubectl delete --raw /api/v1/namespaces/$NAMESPACE/configmaps/held | grep -o '"status":"[A-Za-z]*"'
  "status":"Success"

Pods

  $ cat > pod.yaml <<END
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: web, labels: {app: web}}
  > spec: {schedulerName: nobody, containers: [{name: web, image: web}]}
  > END
  $ kubectl apply -f pod.yaml
  pod/web created
  $ kubectl delete pod web --grace-period=30
  pod "web" deleted from NAMESPACE namespace
  $ kubectl apply -f pod.yaml
  pod/web created
  $ kubectl delete pod web --now
  pod "web" deleted from NAMESPACE namespace
  $ kubectl apply -f pod.yaml
  pod/web created
  $ kubectl delete pod web --grace-period=0 --force
  Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.
  pod "web" force deleted from NAMESPACE namespace
  $ kubectl apply -f pod.yaml
  pod/web created
  $ kubectl replace --force -f pod.yaml
  pod "web" deleted from NAMESPACE namespace
  pod/web replaced
  $ kubectl wait pod web --for=jsonpath='{.status.phase}'=Pending --timeout=5s
  pod/web condition met
  $ kubectl wait pod web --for=condition=Ready --timeout=1500ms
  error: timed out waiting for the condition on pods/web
  [1]
  $ kubectl delete pod,cm -l app=web --all-namespaces=false
  pod "web" deleted from NAMESPACE namespace
  $ kubectl delete pods --all
  No resources found

Waiting

  $ (sleep 0.5; printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: late}\n' | kubectl create -f - >/dev/null) & kubectl wait cm/late --for=create --timeout=10s; wait
  configmap/late condition met
  $ (sleep 0.5; kubectl patch cm late -p '{"data":{"k":"v"}}' >/dev/null) & kubectl wait cm/late --for=jsonpath='{.data.k}' --timeout=10s; wait
  configmap/late condition met
  $ kubectl wait cm/missing --for=jsonpath='{.data.k}'=v --timeout=1s
  Error from server (NotFound): configmaps "missing" not found
  [1]
  $ kubectl wait cm late --for=condition=Nonsense --timeout=0
  error: condition not met for configmaps/late
  [1]

A namespace

  $ kubectl create -f - <<END
  > apiVersion: v1
  > kind: Namespace
  > metadata: {name: $NAMESPACE-b}
  > END
  namespace/NAMESPACE-b created
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: in}\n' | kubectl create -n $NAMESPACE-b -f -
  configmap/in created
  $ kubectl get ns $NAMESPACE-b
  NAME  STATUS  AGE
  NAMESPACE-b  Active  AGE
  $ kubectl describe ns $NAMESPACE-b
  Name:  NAMESPACE-b
  Labels:  kubernetes.io/metadata.name=NAMESPACE-b
  Annotations:  <none>
  Status:  Active
  
  No resource quota.
  
  No LimitRange resource.
  $ kubectl delete ns $NAMESPACE-b
  namespace "NAMESPACE-b" deleted
  $ kubectl get ns $NAMESPACE-b
  Error from server (NotFound): namespaces "NAMESPACE-b" not found
  [1]
  $ kubectl get cm -n $NAMESPACE-b
  No resources found in NAMESPACE-b namespace.
