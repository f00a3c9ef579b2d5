Changes by hand: labels, annotations, patches, an editor.

  $ kubectl apply -f - <<END
  > apiVersion: v1
  > kind: ConfigMap
  > metadata: {name: web, labels: {app: web}}
  > data: {a: "1"}
  > ---
  > apiVersion: apps/v1
  > kind: Deployment
  > metadata: {name: web}
  > spec:
  >   replicas: 0
  >   paused: true
  >   selector: {matchLabels: {app: web}}
  >   template:
  >     metadata: {labels: {app: web}}
  >     spec:
  >       containers: [{name: web, image: "web:1"}, {name: side, image: "side:1"}]
  > END
  configmap/web created
  deployment.apps/web created

Labels and annotations

  $ kubectl label cm web tier=front
  configmap/web labeled
  $ kubectl label cm web tier=front
  configmap/web not labeled
  $ kubectl label cm web tier=back
  error: 'tier' already has a value (front), and --overwrite is false
  [1]
  $ kubectl label cm web tier=back --overwrite
  configmap/web labeled
  $ kubectl label cm web tier- missing-
  label "missing" not found.
  configmap/web unlabeled
  $ kubectl label cm -l app=web all=yes
  configmap/web labeled
  $ kubectl label cm web 'bad key=x'
  The ConfigMap "web" is invalid: metadata.labels: Invalid value: "bad key": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
  [1]
  $ kubectl label cm web --list | sort
  all=yes
  app=web
  $ kubectl label cm missing a=b
  Error from server (NotFound): configmaps "missing" not found
  [1]
  $ kubectl annotate cm web note=one
  configmap/web annotated
  $ kubectl annotate cm web note=two
  error: --overwrite is false but found the following declared annotation(s): 'note' already has a value (one)
  [1]
  $ kubectl annotate cm web note=two --overwrite --resource-version=1
  Error from server (Conflict): Operation cannot be fulfilled on configmaps "web": the object has been modified; please apply your changes to the latest version and try again
  [1]
  $ kubectl annotate cm web note-
  configmap/web annotated
  $ kubectl annotate deployment web kubernetes.io/change-cause='first try'
  deployment.apps/web annotated

Patches

  $ kubectl patch cm web -p '{"data":{"b":"2"}}'
  configmap/web patched
  $ kubectl patch cm web -p '{"data":{"b":"2"}}'
  configmap/web patched (no change)
  $ kubectl patch cm web --type=merge -p '{"data":{"a":null,"c":"3"}}' -o jsonpath='{.data}'
  {"b": "2", "c": "3"}
  $ kubectl patch cm web --type=json -p '[{"op":"replace","path":"/data/b","value":"4"},{"op":"add","path":"/data/d","value":"5"}]' -o yaml
  apiVersion: v1
  data:
    b: "4"
    c: "3"
    d: "5"
  kind: ConfigMap
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"v1","data":{"a":"1"},"kind":"ConfigMap","metadata":{"annotations":{},"labels":{"app":"web"},"name":"web","namespace":"NAMESPACE"}}
    creationTimestamp: "TIME"
    labels:
      all: "yes"
      app: web
    name: web
    namespace: NAMESPACE
    resourceVersion: "VERSION"
    uid: UID
  $ kubectl patch cm web --type=json -p '[{"op":"test","path":"/data/b","value":"9"}]'
  The request is invalid: the server rejected our request due to an error in our request
  [1]
  $ kubectl patch cm web --type=json -p '[{"op":"remove","path":"/data/missing"}]'
  The request is invalid: the server rejected our request due to an error in our request
  [1]
  $ kubectl patch cm web --type=merge -p '{"data":{"a":1}}' 2>&1 | grep -o 'json:.*'
  json: cannot unmarshal number into Go struct field ConfigMap.data of type string
  $ kubectl patch cm web --type=merge -p '{"metadata":{"name":"other"}}'
  Error from server (BadRequest): the name of the object (other) does not match the name on the URL (web)
  [1]
  $ kubectl patch cm missing -p '{}'
  Error from server (NotFound): configmaps "missing" not found
  [1]
  $ kubectl patch cm web --dry-run=server -p '{"data":{"dry":"run"}}' -o jsonpath='{.data.dry}'
  run
  $ kubectl patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:2"}]}}}}'
  deployment.apps/web patched
  $ kubectl patch deployment web -p '{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"side"},{"name":"web"}],"containers":[{"name":"side","$patch":"delete"}]}}}}'
  deployment.apps/web patched
  $ kubectl get deployment web -o jsonpath='{.spec.template.spec.containers[*].image}'
  web:2
  $ kubectl patch deployment web --type=merge -p '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}'
  The Deployment "web" is invalid:
  * spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`
  * spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable
  [1]

An editor

  $ printf 'sed -i "$1" "$2"' > edit.sh
  $ EDITOR='sh edit.sh s/b:.*/b:edited/' kubectl edit cm web 2>&1 | grep -v 'copy of your changes'
  error: configmaps "web" is invalid
  error: Edit cancelled, no valid changes were saved.
  $ EDITOR='sh edit.sh s/\"4\"/edited/' kubectl edit cm web
  configmap/web edited
  $ EDITOR=true kubectl edit cm web
  Edit cancelled, no changes made.
  $ EDITOR='sh edit.sh s/web:2/web:3/' kubectl edit deployment web -o yaml | grep image:
        - image: web:3
  $ EDITOR='sh edit.sh /^data:/i\immutable:\ true' kubectl edit cm web --output-patch
  Patch: {"immutable":true}
  configmap/web edited
  $ kubectl get cm web -o jsonpath='{.data} {.immutable}'
  {"b":"edited","c":"3","d":"5"} true
  $ EDITOR='sh edit.sh s/edited/again/' kubectl edit cm web 2>&1 | sed 's/"[^"]*yaml"/FILE/'
  error: configmaps "web" is invalid
  A copy of your changes has been stored to FILE
  error: Edit cancelled, no valid changes were saved.
  $ EDITOR=false kubectl edit cm web
  error: there was a problem with the editor "false"
  [1]

Images, environments, resources, accounts

  $ kubectl set image deployment/web web=web:4
  deployment.apps/web image updated
  $ kubectl set image deployment/web '*=web:5' --dry-run=server -o jsonpath='{.spec.template.spec.containers[0].image}'
  web:5
  $ kubectl set image deployment/web missing=x
  error: unable to find container named "missing"
  [1]
  $ kubectl set env deployment/web A=1 B=2
  deployment.apps/web env updated
  $ kubectl set env deployment/web --list
  # Deployment web, container web
  A=1
  B=2
  $ kubectl set env deployment/web A-
  deployment.apps/web env updated
  $ kubectl set env deployment/web --from=configmap/web --keys=b --prefix=WEB_
  Warning: key b transferred to B
  deployment.apps/web env updated
  $ kubectl set resources deployment web --limits=cpu=200m,memory=512Mi --requests=cpu=100m
  deployment.apps/web resource requirements updated
  $ kubectl set serviceaccount deployment web robot
  deployment.apps/web serviceaccount updated
  $ kubectl get deployment web -o jsonpath='{.spec.template.spec}'
  {"containers": [{"env": [{"name": "B", "value": "2"}, {"name": "WEB_B", "valueFrom": {"configMapKeyRef": {"key": "b", "name": "web"}}}], "image": "web:4", "imagePullPolicy": "IfNotPresent", "name": "web", "resources": {"limits": {"cpu": "200m", "memory": "512Mi"}, "requests": {"cpu": "100m"}}, "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}], "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler", "securityContext": {}, "serviceAccount": "robot", "serviceAccountName": "robot", "terminationGracePeriodSeconds": 30}
  $ kubectl set selector service missing app=x
  Error from server (NotFound): services "missing" not found
  [1]

Sizes and rollouts

  $ kubectl scale deployment web --replicas=0 --current-replicas=1
  error: Expected replicas to be 1, was 0
  [1]
  $ kubectl scale deployment web --replicas=0
  deployment.apps/web scaled
  $ kubectl scale deployment missing --replicas=1
  Error from server (NotFound): deployments.apps "missing" not found
  [1]
  $ kubectl rollout pause deployment/web
  error: deployments.apps "web" is already paused
  [1]
  $ kubectl rollout resume deployment/web
  deployment.apps/web resumed
  $ kubectl rollout pause deployment/web
  deployment.apps/web paused
  $ kubectl rollout restart deployment/web
  error: deployments.apps "web" can't restart paused deployment (run rollout resume first)
  [1]
  $ kubectl rollout history deployment/missing
  Error from server (NotFound): deployments.apps "missing" not found
  [1]
