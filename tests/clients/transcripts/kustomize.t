Objects that a kustomization makes, and a proxy to the server.

  $ mkdir -p base over
  $ cat > base/web.yaml <<END
  > apiVersion: apps/v1
  > kind: Deployment
  > metadata: {name: web}
  > spec:
  >   replicas: 0
  >   selector: {matchLabels: {app: web}}
  >   template:
  >     metadata: {labels: {app: web}}
  >     spec:
  >       containers: [{name: web, image: "web:1", envFrom: [{configMapRef: {name: settings}}]}]
  > ---
  > apiVersion: v1
  > kind: Service
  > metadata: {name: web}
  > spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
  > END
  $ printf 'resources: [web.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=1]}]\n' > base/kustomization.yaml
  $ cat > over/kustomization.yaml <<END
  > resources: [../base]
  > namePrefix: my-
  > labels: [{pairs: {tier: front}, includeSelectors: true}]
  > images: [{name: web, newTag: "2"}]
  > configMapGenerator: [{name: settings, behavior: merge, literals: [b=2]}]
  > patches: [{target: {kind: Service}, patch: '[{"op": "replace", "path": "/spec/ports/0/port", "value": 8080}]'}]
  > END
  $ kubectl kustomize over | grep 'name:\|image:\|port:\|tier:' | sort | uniq -c | sed 's/^ *//'
  1  name: my-settings-7gdc49gk6d
  1  image: web:2
  1  name: web
  1  tier: front
  1  tier: front
  1  port: 8080
  4  tier: front
  1  - name: http
  1  name: my-settings-7gdc49gk6d
  2  name: my-web
  $ kubectl diff -k over | grep -c '^+ '
  72
  $ kubectl apply -k over
  configmap/my-settings-7gdc49gk6d created
  service/my-web created
  deployment.apps/my-web created
  $ kubectl apply -k over
  configmap/my-settings-7gdc49gk6d unchanged
  service/my-web unchanged
  deployment.apps/my-web unchanged
  $ kubectl diff -k over
  $ sed -i 's/b=2/b=3/' over/kustomization.yaml; kubectl apply -k over
  configmap/my-settings-dtd4b88ttf created
  service/my-web unchanged
  deployment.apps/my-web configured
  $ kubectl get cm -l tier=front -o jsonpath='{range .items[*]}{.data}{"\n"}{end}' | sort
  {"a": "1", "b": "2"}
  {"a": "1", "b": "3"}
  $ kubectl get deploy my-web -o jsonpath='{.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].envFrom}'
  web:2 [{"configMapRef":{"name":"my-settings-dtd4b88ttf"}}]
  $ sed -i 's/newTag: "2"/newTag: "3"/' over/kustomization.yaml; kubectl apply --server-side --force-conflicts -k over
  configmap/my-settings-dtd4b88ttf serverside-applied
  service/my-web serverside-applied
  deployment.apps/my-web serverside-applied
  $ kubectl get -k over -o name
  configmap/my-settings-dtd4b88ttf
  service/my-web
  deployment.apps/my-web
  $ kubectl delete -k over --wait=false
  configmap "my-settings-dtd4b88ttf" deleted from NAMESPACE namespace
  service "my-web" deleted from NAMESPACE namespace
  deployment.apps "my-web" deleted from NAMESPACE namespace
  $ kubectl apply -k missing 2>&1 | sed "s|'[^']*'|PATH|;s|/.*/missing|missing|"
  error: must build at directory: not a valid directory: evalsymlink failure on PATH : lstat missing: no such file or directory
  $ cat > proxied.sh <<'END'
  > : > out
  > kubectl proxy --port=0 > out & pid=$!
  > until grep -q Starting out; do sleep 0.1; done
  > address=$(sed 's/.* //' out)
  > KUBECONFIG=/dev/null kubectl --server=http://$address --namespace=$NAMESPACE "$@"
  > kill $pid
  > END
  $ sh proxied.sh create configmap proxied --from-literal=a=1
  configmap/proxied created
  $ sh proxied.sh get configmap proxied -o jsonpath='{.data}{"\n"}'
  {"a": "1"}
  $ sh proxied.sh get --raw /api/v1/namespaces/$NAMESPACE/configmaps/missing
  Error from server (NotFound): configmaps "missing" not found
  $ sh proxied.sh get configmap proxied --watch --request-timeout=1s 2>/dev/null | grep -c proxied
  1
  $ sh proxied.sh delete configmap proxied
  configmap "proxied" deleted from NAMESPACE namespace
  $ kubectl run web --image=web --overrides='{"spec":{"schedulerName":"nobody"}}'
  pod/web created
  $ kubectl debug web --image=tools --container=look --attach=false --quiet
  $ kubectl get pod web -o jsonpath='{.spec.ephemeralContainers[*].name} {.spec.ephemeralContainers[*].image}'
  look tools
  $ kubectl delete pod web --wait=false
  pod "web" deleted from NAMESPACE namespace
