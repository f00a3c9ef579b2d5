Objects from files, client-side.

  $ cat > web.yaml <<END
  > apiVersion: v1
  > kind: ConfigMap
  > metadata: {name: web, labels: {app: web}}
  > data: {a: "1", b: "2"}
  > ---
  > apiVersion: v1
  > kind: Service
  > metadata: {name: web, labels: {app: web}}
  > spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
  > END
  $ kubectl diff -f web.yaml | grep -v '^diff\|^---\|^+++'
  @@ -0,0 +1,12 @@
  +apiVersion: v1
  +data:
  +  a: "1"
  +  b: "2"
  +kind: ConfigMap
  +metadata:
  +  creationTimestamp: "TIME"
  +  labels:
  +  app: web
  +  name: web
  +  namespace: NAMESPACE
  +  uid: UID
  @@ -0,0 +1,28 @@
  +apiVersion: v1
  +kind: Service
  +metadata:
  +  creationTimestamp: "TIME"
  +  labels:
  +  app: web
  +  name: web
  +  namespace: NAMESPACE
  +  uid: UID
  +spec:
  +  clusterIP: ADDRESS
  +  clusterIPs:
  +  - ADDRESS
  +  internalTrafficPolicy: Cluster
  +  ipFamilies:
  +  - IPv4
  +  ipFamilyPolicy: SingleStack
  +  ports:
  +  - name: http
  +  port: 80
  +  protocol: TCP
  +  targetPort: 80
  +  selector:
  +  app: web
  +  sessionAffinity: None
  +  type: ClusterIP
  +status:
  +  loadBalancer: {}
  $ kubectl apply -f web.yaml
  configmap/web created
  service/web created
  $ kubectl diff -f web.yaml
  $ kubectl apply -f web.yaml
  configmap/web unchanged
  service/web unchanged
  $ sed -i 's/a: "1", b: "2"/a: "1", c: "3"/; s/port: 80/port: 8080/' web.yaml
  $ kubectl diff -f web.yaml | grep '^[-+] '
  -  b: "2"
  +  c: "3"
  -  port: 80
  +  port: 8080
  -  targetPort: 80
  +  targetPort: 8080
  $ kubectl apply -f web.yaml --dry-run=server
  configmap/web configured (server dry run)
  service/web configured (server dry run)
  $ kubectl apply -f web.yaml --dry-run=client -o yaml
  apiVersion: v1
  items:
  - apiVersion: v1
    data:
      a: "1"
      c: "3"
    kind: ConfigMap
    metadata:
      annotations:
        kubectl.kubernetes.io/last-applied-configuration: |
          {"apiVersion":"v1","data":{"a":"1","c":"3"},"kind":"ConfigMap","metadata":{"annotations":{},"labels":{"app":"web"},"name":"web","namespace":"NAMESPACE"}}
      creationTimestamp: "TIME"
      labels:
        app: web
      name: web
      namespace: NAMESPACE
      resourceVersion: "VERSION"
      uid: UID
  - apiVersion: v1
    kind: Service
    metadata:
      annotations:
        kubectl.kubernetes.io/last-applied-configuration: |
          {"apiVersion":"v1","kind":"Service","metadata":{"annotations":{},"labels":{"app":"web"},"name":"web","namespace":"NAMESPACE"},"spec":{"ports":[{"name":"http","port":8080}],"selector":{"app":"web"}}}
      creationTimestamp: "TIME"
      labels:
        app: web
      name: web
      namespace: NAMESPACE
      resourceVersion: "VERSION"
      uid: UID
    spec:
      clusterIP: ADDRESS
      clusterIPs:
      - ADDRESS
      internalTrafficPolicy: Cluster
      ipFamilies:
      - IPv4
      ipFamilyPolicy: SingleStack
      ports:
      - name: http
        port: 8080
      selector:
        app: web
      sessionAffinity: None
      type: ClusterIP
    status:
      loadBalancer: {}
  kind: List
  metadata: {}
  $ kubectl apply -f web.yaml
  configmap/web configured
  service/web configured
  $ kubectl get cm web -o jsonpath='{.data}'
  {"a": "1", "c": "3"}
  $ kubectl get service web -o jsonpath='{.spec.ports}'
  [{"name": "http", "port": 8080, "protocol": "TCP", "targetPort": 8080}]
  $ kubectl get cm web -o jsonpath='{.metadata.annotations}'
  {"kubectl.kubernetes.io/last-applied-configuration": "{\"apiVersion\":\"v1\",\"data\":{\"a\":\"1\",\"c\":\"3\"},\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{},\"labels\":{\"app\":\"web\"},\"name\":\"web\",\"namespace\":\"NAMESPACE\"}}\n"}
  $ kubectl apply view-last-applied cm/web
  apiVersion: v1
  data:
    a: "1"
    c: "3"
  kind: ConfigMap
  metadata:
    annotations: {}
    labels:
      app: web
    name: web
    namespace: NAMESPACE
  $ kubectl create configmap other --from-literal=k=v --dry-run=client -o yaml > other.yaml
  $ kubectl create -f other.yaml
  configmap/other created
  $ kubectl create -f other.yaml
  Error from server (AlreadyExists): error when creating "other.yaml": configmaps "other" already exists
  [1]
  $ kubectl apply -f other.yaml
  Warning: resource configmaps/other is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.
  configmap/other configured
  $ kubectl apply set-last-applied -f other.yaml
  configmap/other configured
  $ EDITOR=true kubectl apply edit-last-applied cm/other
  Edit cancelled, no changes made.
  $ EDITOR='sed -i s/v$/edited/' kubectl apply edit-last-applied cm/other
  configmap/other edited

What is not in the files any more

  $ sed -i '/^---/,$d' web.yaml
  $ kubectl apply -f web.yaml --prune -l app=web --prune-allowlist=core/v1/ConfigMap --prune-allowlist=core/v1/Service
  configmap/web unchanged
  service/web pruned
  $ kubectl get cm,service -l app=web -o name
  configmap/web

What is wrong

  $ kubectl apply -f missing.yaml
  error: the path "missing.yaml" does not exist
  [1]
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\nnonsense: {a: 1}\n' | kubectl apply -f -
  The request is invalid: patch: Invalid value: "map[data:<nil> metadata:map[annotations:map[kubectl.kubernetes.io/last-applied-configuration:{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{},\"name\":\"web\",\"namespace\":\"NAMESPACE\"},\"nonsense\":{\"a\":1}}\n] labels:<nil>] nonsense:map[a:1]]": strict decoding error: unknown field "nonsense"
  [1]
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\nnonsense: {a: 1}\n' | kubectl apply -f - --validate=warn
  Warning: unknown field "nonsense"
  configmap/web configured
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\nnonsense: {a: 1}\n' | kubectl apply -f - --validate=ignore
  configmap/web configured
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_Name}\n' | kubectl apply -f -
  The ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
  [1]
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: missing-namespace}\n' | kubectl create -f -
  Error from server (NotFound): error when creating "STDIN": namespaces "missing-namespace" not found
  [1]
  $ printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {}\n' | kubectl apply -f -
  The Pod "bad" is invalid: spec.containers: Required value
  [1]

Replacing

  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {r: "1"}\n' > web.yaml
  $ kubectl replace -f web.yaml
  configmap/web replaced
  $ kubectl get cm web -o jsonpath='{.data} {.metadata.labels}'
  {"r": "1"}
  $ kubectl replace --force -f web.yaml
  configmap "web" deleted from NAMESPACE namespace
  configmap/web replaced
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, resourceVersion: "1"}\n' | kubectl replace -f -
  Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "web": the object has been modified; please apply your changes to the latest version and try again
  [1]
  $ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: missing}\n' | kubectl replace -f -
  Error from server (NotFound): error when replacing "STDIN": configmaps "missing" not found
  [1]
  $ kubectl delete -f web.yaml -f other.yaml
  configmap "web" deleted from NAMESPACE namespace
  configmap "other" deleted from NAMESPACE namespace
