What kubectl gets, in every form.

  $ kubectl apply -f - <<END
  > apiVersion: v1
  > kind: ConfigMap
  > metadata: {name: first, labels: {app: shop, tier: front}, annotations: {note: hello}}
  > data: {color: blue, size: "3"}
  > ---
  > apiVersion: v1
  > kind: ConfigMap
  > metadata: {name: second, labels: {app: shop, tier: back}}
  > binaryData: {file: aGVsbG8=}
  > immutable: true
  > ---
  > apiVersion: v1
  > kind: Secret
  > metadata: {name: token, labels: {app: shop}}
  > stringData: {password: open sesame}
  > END
  configmap/first created
  configmap/second created
  secret/token created

Tables

  $ kubectl get configmaps -l app=shop
  NAME  DATA  AGE
  first  2  AGE
  second  1  AGE
  $ kubectl get cm first second --no-headers
  first  2  AGE
  second  1  AGE
  $ kubectl get cm,secret -l app=shop
  NAME  DATA  AGE
  configmap/first  2  AGE
  configmap/second  1  AGE
  
  NAME  TYPE  DATA  AGE
  secret/token  Opaque  1  AGE
  $ kubectl get secret/token configmap/first
  NAME  TYPE  DATA  AGE
  secret/token  Opaque  1  AGE
  
  NAME  DATA  AGE
  configmap/first  2  AGE
  $ kubectl get cm -l app=shop --show-labels
  NAME  DATA  AGE  LABELS
  first  2  AGE  app=shop,tier=front
  second  1  AGE  app=shop,tier=back
  $ kubectl get cm -l app=shop -L tier,missing
  NAME  DATA  AGE  TIER  MISSING
  first  2  AGE  front
  second  1  AGE  back
  $ kubectl get cm -A -l app=shop --field-selector metadata.namespace=$NAMESPACE
  NAMESPACE  NAME  DATA  AGE
  NAMESPACE  first  2  AGE
  NAMESPACE  second  1  AGE
  $ kubectl get cm -l app=shop --sort-by=.metadata.labels.tier -o wide
  NAME  DATA  AGE
  second  1  AGE
  first  2  AGE
  $ kubectl get cm -l 'tier in (front), app!=other' --show-kind
  NAME  DATA  AGE
  configmap/first  2  AGE
  $ kubectl get cm -l app=shop --chunk-size=1 -o name
  configmap/first
  configmap/second
  $ kubectl get cm --field-selector metadata.name=second
  NAME  DATA  AGE
  second  1  AGE

Objects

  $ kubectl get cm first -o yaml
  apiVersion: v1
  data:
    color: blue
    size: "3"
  kind: ConfigMap
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"v1","data":{"color":"blue","size":"3"},"kind":"ConfigMap","metadata":{"annotations":{"note":"hello"},"labels":{"app":"shop","tier":"front"},"name":"first","namespace":"NAMESPACE"}}
      note: hello
    creationTimestamp: "TIME"
    labels:
      app: shop
      tier: front
    name: first
    namespace: NAMESPACE
    resourceVersion: "VERSION"
    uid: UID
  $ kubectl get cm first -o json
  {
      "apiVersion": "v1",
      "data": {
          "color": "blue",
          "size": "3"
      },
      "kind": "ConfigMap",
      "metadata": {
          "annotations": {
              "kubectl.kubernetes.io/last-applied-configuration": "{\"apiVersion\":\"v1\",\"data\":{\"color\":\"blue\",\"size\":\"3\"},\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{\"note\":\"hello\"},\"labels\":{\"app\":\"shop\",\"tier\":\"front\"},\"name\":\"first\",\"namespace\":\"NAMESPACE\"}}\n",
              "note": "hello"
          },
          "creationTimestamp": "TIME",
          "labels": {
              "app": "shop",
              "tier": "front"
          },
          "name": "first",
          "namespace": "NAMESPACE",
          "resourceVersion": "VERSION",
          "uid": "UID"
      }
  }
  $ kubectl get cm first --show-managed-fields -o yaml
  apiVersion: v1
  data:
    color: blue
    size: "3"
  kind: ConfigMap
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"v1","data":{"color":"blue","size":"3"},"kind":"ConfigMap","metadata":{"annotations":{"note":"hello"},"labels":{"app":"shop","tier":"front"},"name":"first","namespace":"NAMESPACE"}}
      note: hello
    creationTimestamp: "TIME"
    labels:
      app: shop
      tier: front
    managedFields:
    - apiVersion: v1
      fieldsType: FieldsV1
      fieldsV1:
        f:data:
          .: {}
          f:color: {}
          f:size: {}
        f:metadata:
          f:annotations:
            .: {}
            f:kubectl.kubernetes.io/last-applied-configuration: {}
            f:note: {}
          f:labels:
            .: {}
            f:app: {}
            f:tier: {}
      manager: kubectl-client-side-apply
      operation: Update
      time: "TIME"
    name: first
    namespace: NAMESPACE
    resourceVersion: "VERSION"
    uid: UID
  $ kubectl get cm -l app=shop -o name
  configmap/first
  configmap/second
  $ kubectl get cm -l app=shop -o yaml
  apiVersion: v1
  items:
  - apiVersion: v1
    data:
      color: blue
      size: "3"
    kind: ConfigMap
    metadata:
      annotations:
        kubectl.kubernetes.io/last-applied-configuration: |
          {"apiVersion":"v1","data":{"color":"blue","size":"3"},"kind":"ConfigMap","metadata":{"annotations":{"note":"hello"},"labels":{"app":"shop","tier":"front"},"name":"first","namespace":"NAMESPACE"}}
        note: hello
      creationTimestamp: "TIME"
      labels:
        app: shop
        tier: front
      name: first
      namespace: NAMESPACE
      resourceVersion: "VERSION"
      uid: UID
  - apiVersion: v1
    binaryData:
      file: aGVsbG8=
    immutable: true
    kind: ConfigMap
    metadata:
      annotations:
        kubectl.kubernetes.io/last-applied-configuration: |
          {"apiVersion":"v1","binaryData":{"file":"aGVsbG8="},"immutable":true,"kind":"ConfigMap","metadata":{"annotations":{},"labels":{"app":"shop","tier":"back"},"name":"second","namespace":"NAMESPACE"}}
      creationTimestamp: "TIME"
      labels:
        app: shop
        tier: back
      name: second
      namespace: NAMESPACE
      resourceVersion: "VERSION"
      uid: UID
  kind: List
  metadata:
    resourceVersion: ""
  $ kubectl get cm -l app=shop -o jsonpath='{range .items[*]}{.metadata.name}{"="}{.data.color}{"\n"}{end}'
  first=blue
  second=
  $ kubectl get cm first -o jsonpath-as-json='{.data}'
  [
      {
          "color": "blue",
          "size": "3"
      }
  ]
  $ kubectl get cm -l app=shop -o custom-columns=NAME:.metadata.name,COLOR:.data.color,IMMUTABLE:.immutable
  NAME  COLOR  IMMUTABLE
  first  blue  <none>
  second  <none>  true
  $ kubectl get cm first -o go-template='{{range $k, $v := .data}}{{$k}}={{$v}};{{end}}'
  color=blue;size=3;
  $ kubectl get secret token -o jsonpath='{.data.password}' | base64 -d
  open sesame
  $ kubectl get cm first -o kyaml
  ---
  {
    apiVersion: "v1",
    data: {
      color: "blue",
      size: "3",
    },
    kind: "ConfigMap",
    metadata: {
      annotations: {
        kubectl.kubernetes.io/last-applied-configuration: "\
           {\"apiVersion\":\"v1\",\"data\":{\"color\":\"blue\",\"size\":\"3\"},\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{\"note\":\"hello\"},\"labels\":{\"app\":\"shop\",\"tier\":\"front\"},\"name\":\"first\",\"namespace\":\"NAMESPACE\"}}\n\
          ",
        note: "hello",
      },
      creationTimestamp: "TIME",
      labels: {
        app: "shop",
        tier: "front",
      },
      name: "first",
      namespace: "NAMESPACE",
      resourceVersion: "VERSION",
      uid: "UID",
    },
  }

What is not there

  $ kubectl get cm missing
  Error from server (NotFound): configmaps "missing" not found
  [1]
  $ kubectl get cm missing --ignore-not-found
  $ kubectl get cm first missing
  NAME  DATA  AGE
  first  2  AGE
  Error from server (NotFound): configmaps "missing" not found
  [1]
  $ kubectl get nonsense
  error: the server doesn't have a resource type "nonsense"
  [1]
  $ kubectl get nonsense.example.com first
  error: the server doesn't have a resource type "nonsense"
  [1]
  $ kubectl get cm --field-selector data.color=blue
  Error from server (BadRequest): Unable to find "/v1, Resource=configmaps" that match label selector "", field selector "data.color=blue": "data.color" is not a known field selector: only "metadata.name", "metadata.namespace"
  [1]
  $ kubectl get cm -l 'a b'
  Error from server (BadRequest): Unable to find "/v1, Resource=configmaps" that match label selector "a b", field selector "": unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt
  [1]
  $ kubectl get pods
  No resources found in NAMESPACE namespace.

Paths

  $ kubectl get --raw /api/v1/namespaces/$NAMESPACE/configmaps/first
  {"apiVersion": "v1", "data": {"color": "blue", "size": "3"}, "kind": "ConfigMap", "metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{\"apiVersion\":\"v1\",\"data\":{\"color\":\"blue\",\"size\":\"3\"},\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{\"note\":\"hello\"},\"labels\":{\"app\":\"shop\",\"tier\":\"front\"},\"name\":\"first\",\"namespace\":\"NAMESPACE\"}}\n", "note": "hello"}, "creationTimestamp": "TIME", "labels": {"app": "shop", "tier": "front"}, "managedFields": [{"apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {".": {}, "f:color": {}, "f:size": {}}, "f:metadata": {"f:annotations": {".": {}, "f:kubectl.kubernetes.io/last-applied-configuration": {}, "f:note": {}}, "f:labels": {".": {}, "f:app": {}, "f:tier": {}}}}, "manager": "kubectl-client-side-apply", "operation": "Update", "time": "TIME"}], "name": "first", "namespace": "NAMESPACE", "resourceVersion": "VERSION", "uid": "UID"}}
  $ kubectl get --raw /api/v1/namespaces/$NAMESPACE/configmaps/missing
  Error from server (NotFound): configmaps "missing" not found
  [1]
  $ kubectl get --raw /nonsense
  Error from server (NotFound): the server could not find the requested resource
  [1]
  $ kubectl get --raw /healthz
  ok
  $ kubectl get --raw /readyz
  ok

Watches

  $ kubectl get cm first -w --output-watch-events -o name --request-timeout=1s
  configmap/first
  $ cat > watch.sh <<END
  > lines=\$1; shift
  > : > out; kubectl get cm -l app=shop -w "\$@" > out & pid=\$!
  > until [ \$(wc -l < out) -ge \$lines ]; do sleep 0.1; done
  > kubectl label cm first seen=yes; kubectl label cm first seen-; kubectl label cm second app-; kubectl label cm second app=shop
  > until [ \$(wc -l < out) -ge \$((lines + 4)) ]; do sleep 0.1; done
  > kill \$pid; cat out
  > END
  $ sh watch.sh 3
  configmap/first labeled
  configmap/first unlabeled
  configmap/second unlabeled
  configmap/second labeled
  NAME  DATA  AGE
  first  2  AGE
  second  1  AGE
  first  2  AGE
  first  2  AGE
  second  1  AGE
  second  1  AGE
  $ sh watch.sh 2 -o 'jsonpath={.metadata.name} {.metadata.labels}{"\n"}'
  configmap/first labeled
  configmap/first unlabeled
  configmap/second unlabeled
  configmap/second labeled
  first {"app":"shop","tier":"front"}
  second {"app":"shop","tier":"back"}
  first {"app":"shop","seen":"yes","tier":"front"}
  first {"app":"shop","tier":"front"}
  second {"app":"shop","tier":"back"}
  second {"app":"shop","tier":"back"}
  $ sh watch.sh 3 --output-watch-events -L seen
  configmap/first labeled
  configmap/first unlabeled
  configmap/second unlabeled
  configmap/second labeled
  EVENT  NAME  DATA  AGE  SEEN
  ADDED  first  2  AGE
  ADDED  second  1  AGE
  MODIFIED  first  2  AGE  yes
  MODIFIED  first  2  AGE
  DELETED  second  1  AGE
  ADDED  second  1  AGE
  $ sh watch.sh 2 --output-watch-events --no-headers -o custom-columns=N:.object.metadata.name,T:.type
  configmap/first labeled
  configmap/first unlabeled
  configmap/second unlabeled
  configmap/second labeled
  first  ADDED
  second  ADDED
  first  MODIFIED
  first  MODIFIED
  second  DELETED
  second  ADDED

Descriptions

  $ kubectl describe configmap first
  Name:  first
  Namespace:  NAMESPACE
  Labels:  app=shop
                tier=front
  Annotations:  note: hello
  
  Data
  ====
  color:
  ----
  blue
  
  size:
  ----
  3
  
  
  BinaryData
  ====
  
  Events:  <none>
  $ kubectl describe secret token
  Name:  token
  Namespace:  NAMESPACE
  Labels:  app=shop
  Annotations:  <none>
  
  Type:  Opaque
  
  Data
  ====
  password:  11 bytes
  $ kubectl describe cm missing
  Error from server (NotFound): configmaps "missing" not found
  [1]
