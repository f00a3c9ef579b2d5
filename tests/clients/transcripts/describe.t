Pods, services, deployments, nodes: their tables and descriptions.

  $ kubectl apply -f - <<END
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: web, labels: {app: web}, annotations: {note: x}}
  > spec:
  >   schedulerName: nobody
  >   nodeSelector: {disk: fast}
  >   tolerations: [{key: own, operator: Exists, effect: NoSchedule}]
  >   initContainers: [{name: init, image: init:1, command: [sh, -c, "true"]}]
  >   containers:
  >   - name: web
  >     image: web:1
  >     args: [serve, --all]
  >     ports: [{containerPort: 80, name: http}]
  >     env: [{name: A, value: "1"}, {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}, {name: K, valueFrom: {configMapKeyRef: {name: cm, key: k, optional: true}}}]
  >     envFrom: [{secretRef: {name: secret}}]
  >     resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: "1", memory: 128Mi}}
  >     livenessProbe: {httpGet: {path: /healthz, port: http}, periodSeconds: 5}
  >     readinessProbe: {exec: {command: ["true"]}}
  >     volumeMounts: [{name: data, mountPath: /data}, {name: config, mountPath: /config, readOnly: true}]
  >   volumes: [{name: data, emptyDir: {}}, {name: config, configMap: {name: cm, optional: true}}]
  > ---
  > apiVersion: v1
  > kind: Service
  > metadata: {name: web, labels: {app: web}}
  > spec: {selector: {app: none}, ports: [{name: http, port: 80, targetPort: http}, {name: dns, port: 53, protocol: UDP}]}
  > ---
  > apiVersion: v1
  > kind: Service
  > metadata: {name: outside, labels: {app: web}}
  > spec: {type: ExternalName, externalName: example.com}
  > ---
  > apiVersion: v1
  > kind: Service
  > metadata: {name: headless, labels: {app: web}}
  > spec: {clusterIP: None, selector: {app: none}, ports: [{port: 80}]}
  > ---
  > apiVersion: apps/v1
  > kind: Deployment
  > metadata: {name: web, labels: {app: web}}
  > spec:
  >   replicas: 0
  >   paused: true
  >   selector: {matchLabels: {app: web}}
  >   template:
  >     metadata: {labels: {app: web}}
  >     spec: {containers: [{name: web, image: "web:1", ports: [{containerPort: 80}], env: [{name: A, value: b}]}]}
  > END
  pod/web created
  service/web created
  service/outside created
  service/headless created
  deployment.apps/web created
  $ kubectl get pods,services,deployments -l app=web -o wide
  NAME  READY  STATUS  RESTARTS  AGE  IP  NODE  NOMINATED NODE  READINESS GATES
  pod/web  0/1  Pending  0  AGE  <none>  <none>  <none>  <none>
  
  NAME  TYPE  CLUSTER-IP  EXTERNAL-IP  PORT(S)  AGE  SELECTOR
  service/headless  ClusterIP  None  <none>  80/TCP  AGE  app=none
  service/outside  ExternalName  <none>  example.com  <none>  AGE  <none>
  service/web  ClusterIP  ADDRESS  <none>  80/TCP,53/UDP  AGE  app=none
  
  NAME  READY  UP-TO-DATE  AVAILABLE  AGE  CONTAINERS  IMAGES  SELECTOR
  deployment.apps/web  0/0  0  0  AGE  web  web:1  app=web
  $ kubectl get pod web -o yaml
  apiVersion: v1
  kind: Pod
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"note":"x"},"labels":{"app":"web"},"name":"web","namespace":"NAMESPACE"},"spec":{"containers":[{"args":["serve","--all"],"env":[{"name":"A","value":"1"},{"name":"POD","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}},{"name":"K","valueFrom":{"configMapKeyRef":{"key":"k","name":"cm","optional":true}}}],"envFrom":[{"secretRef":{"name":"secret"}}],"image":"web:1","livenessProbe":{"httpGet":{"path":"/healthz","port":"http"},"periodSeconds":5},"name":"web","ports":[{"containerPort":80,"name":"http"}],"readinessProbe":{"exec":{"command":["true"]}},"resources":{"limits":{"cpu":"1","memory":"128Mi"},"requests":{"cpu":"100m","memory":"64Mi"}},"volumeMounts":[{"mountPath":"/data","name":"data"},{"mountPath":"/config","name":"config","readOnly":true}]}],"initContainers":[{"command":["sh","-c","true"],"image":"init:1","name":"init"}],"nodeSelector":{"disk":"fast"},"schedulerName":"nobody","tolerations":[{"effect":"NoSchedule","key":"own","operator":"Exists"}],"volumes":[{"emptyDir":{},"name":"data"},{"configMap":{"name":"cm","optional":true},"name":"config"}]}}
      note: x
    creationTimestamp: "TIME"
    generation: 1
    labels:
      app: web
    name: web
    namespace: NAMESPACE
    resourceVersion: "VERSION"
    uid: UID
  spec:
    containers:
    - args:
      - serve
      - --all
      env:
      - name: A
        value: "1"
      - name: POD
        valueFrom:
          fieldRef:
            apiVersion: v1
            fieldPath: metadata.name
      - name: K
        valueFrom:
          configMapKeyRef:
            key: k
            name: cm
            optional: true
      envFrom:
      - secretRef:
          name: secret
      image: web:1
      imagePullPolicy: IfNotPresent
      livenessProbe:
        failureThreshold: 3
        httpGet:
          path: /healthz
          port: http
          scheme: HTTP
        periodSeconds: 5
        successThreshold: 1
        timeoutSeconds: 1
      name: web
      ports:
      - containerPort: 80
        name: http
        protocol: TCP
      readinessProbe:
        exec:
          command:
          - "true"
        failureThreshold: 3
        periodSeconds: 10
        successThreshold: 1
        timeoutSeconds: 1
      resources:
        limits:
          cpu: "1"
          memory: 128Mi
        requests:
          cpu: 100m
          memory: 64Mi
      terminationMessagePath: /dev/termination-log
      terminationMessagePolicy: File
      volumeMounts:
      - mountPath: /data
        name: data
      - mountPath: /config
        name: config
        readOnly: true
      - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
        name: kube-api-access-RANDOM
        readOnly: true
    dnsPolicy: ClusterFirst
    enableServiceLinks: true
    initContainers:
    - command:
      - sh
      - -c
      - "true"
      image: init:1
      imagePullPolicy: IfNotPresent
      name: init
      resources: {}
      terminationMessagePath: /dev/termination-log
      terminationMessagePolicy: File
      volumeMounts:
      - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
        name: kube-api-access-RANDOM
        readOnly: true
    nodeSelector:
      disk: fast
    preemptionPolicy: PreemptLowerPriority
    priority: 0
    restartPolicy: Always
    schedulerName: nobody
    securityContext: {}
    serviceAccount: default
    serviceAccountName: default
    terminationGracePeriodSeconds: 30
    tolerations:
    - effect: NoSchedule
      key: own
      operator: Exists
    - effect: NoExecute
      key: node.kubernetes.io/not-ready
      operator: Exists
      tolerationSeconds: 300
    - effect: NoExecute
      key: node.kubernetes.io/unreachable
      operator: Exists
      tolerationSeconds: 300
    volumes:
    - emptyDir: {}
      name: data
    - configMap:
        defaultMode: 420
        name: cm
        optional: true
      name: config
    - name: kube-api-access-RANDOM
      projected:
        defaultMode: 420
        sources:
        - serviceAccountToken:
            expirationSeconds: 3607
            path: token
        - configMap:
            items:
            - key: ca.crt
              path: ca.crt
            name: kube-root-ca.crt
        - downwardAPI:
            items:
            - fieldRef:
                apiVersion: v1
                fieldPath: metadata.namespace
              path: namespace
  status:
    phase: Pending
    qosClass: Burstable
  $ kubectl get services -l app=web -o jsonpath='{range .items[*]}{.metadata.name} {.spec.type} {.spec.ipFamilies} {.spec.internalTrafficPolicy}{"\n"}{end}'
  headless ClusterIP ["IPv4"] Cluster
  outside ExternalName
  web ClusterIP ["IPv4"] Cluster
  $ kubectl describe pod web
  Name:  web
  Namespace:  NAMESPACE
  Priority:  0
  Service Account:  default
  Node:  <none>
  Labels:  app=web
  Annotations:  note: x
  Status:  Pending
  IP:
  IPs:  <none>
  Init Containers:
    init:
      Image:  init:1
      Port:  <none>
      Host Port:  <none>
      Command:
        sh
        -c
        true
      Environment:  <none>
      Mounts:
        /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-RANDOM (ro)
  Containers:
    web:
      Image:  web:1
      Port:  80/TCP (http)
      Host Port:  0/TCP (http)
      Args:
        serve
        --all
      Limits:
        cpu:  1
        memory:  128Mi
      Requests:
        cpu:  100m
        memory:  64Mi
      Liveness:  http-get http://:http/healthz delay=0s timeout=1s period=5s #success=1 #failure=3
      Readiness:  exec [true] delay=0s timeout=1s period=10s #success=1 #failure=3
      Environment Variables from:
        secret  Secret  Optional: false
      Environment:
        A:  1
        POD:  web (v1:metadata.name)
        K:  <set to the key 'k' of config map 'cm'>  Optional: true
      Mounts:
        /config from config (ro)
        /data from data (rw)
        /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-RANDOM (ro)
  Volumes:
    data:
      Type:  EmptyDir (a temporary directory that shares a pod's lifetime)
      Medium:
      SizeLimit:  <unset>
    config:
      Type:  ConfigMap (a volume populated by a ConfigMap)
      Name:  cm
      Optional:  true
    kube-api-access-RANDOM:
      Type:  Projected (a volume that contains injected data from multiple sources)
      TokenExpirationSeconds:  3607
      ConfigMapName:  kube-root-ca.crt
      Optional:  false
      DownwardAPI:  true
  QoS Class:  Burstable
  Node-Selectors:  disk=fast
  Tolerations:  node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                               node.kubernetes.io/unreachable:NoExecute op=Exists for 300s
                               own:NoSchedule op=Exists
  Events:  <none>
  $ kubectl describe service web outside headless | grep -v Endpoints
  Name:  web
  Namespace:  NAMESPACE
  Labels:  app=web
  Annotations:  <none>
  Selector:  app=none
  Type:  ClusterIP
  IP Family Policy:  SingleStack
  IP Families:  IPv4
  IP:  ADDRESS
  IPs:  ADDRESS
  Port:  http  80/TCP
  TargetPort:  http/TCP
  Port:  dns  53/UDP
  TargetPort:  53/UDP
  Session Affinity:  None
  Internal Traffic Policy:  Cluster
  
  
  Name:  outside
  Namespace:  NAMESPACE
  Labels:  app=web
  Annotations:  <none>
  Selector:  <none>
  Type:  ExternalName
  IP Families:  <none>
  IP:
  IPs:  <none>
  External Name:  example.com
  Session Affinity:  None
  
  
  Name:  headless
  Namespace:  NAMESPACE
  Labels:  app=web
  Annotations:  <none>
  Selector:  app=none
  Type:  ClusterIP
  IP Family Policy:  SingleStack
  IP Families:  IPv4
  IP:  None
  IPs:  None
  Port:  <unset>  80/TCP
  TargetPort:  80/TCP
  Session Affinity:  None
  Internal Traffic Policy:  Cluster
  $ kubectl describe deployment web | sed '/^Conditions/,$d;/^Events/d'
  Name:  web
  Namespace:  NAMESPACE
  CreationTimestamp:  TIME
  Labels:  app=web
  Annotations:  <none>
  Selector:  app=web
  Replicas:  0 desired | 0 updated | 0 total | 0 available | 0 unavailable
  StrategyType:  RollingUpdate
  MinReadySeconds:  0
  RollingUpdateStrategy:  25% max unavailable, 25% max surge
  Pod Template:
    Labels:  app=web
    Containers:
     web:
      Image:  web:1
      Port:  80/TCP
      Host Port:  0/TCP
      Environment:
        A:  b
      Mounts:  <none>
    Volumes:  <none>
    Node-Selectors:  <none>
    Tolerations:  <none>
  $ kubectl patch pod web --subresource=status --type=merge -p '{"status":{"phase":"Running","podIP":"172.16.0.9","podIPs":[{"ip":"172.16.0.9"}],"conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"web","ready":true,"restartCount":2,"image":"web:1","imageID":"sha256:0","state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}},"lastState":{"terminated":{"exitCode":1,"reason":"Error","finishedAt":"2026-01-01T00:00:00Z","startedAt":"2026-01-01T00:00:00Z"}}}]}}'
  pod/web patched
  $ kubectl get pod web -o wide | sed 's/([0-9][^)]* ago)/(AGO)/'
  NAME  READY  STATUS  RESTARTS  AGE  IP  NODE  NOMINATED NODE  READINESS GATES
  web  1/1  Running  2 (AGO)  AGE  172.16.0.9  <none>  <none>  <none>
  $ kubectl describe pod web | sed -n '/^Containers/,/^Volumes/p'
  Containers:
    web:
      Container ID:
      Image:  web:1
      Image ID:  sha256:0
      Port:  80/TCP (http)
      Host Port:  0/TCP (http)
      Args:
        serve
        --all
      State:  Running
        Started:  TIME
      Last State:  Terminated
        Reason:  Error
        Exit Code:  1
        Started:  TIME
        Finished:  TIME
      Ready:  True
      Restart Count:  2
      Limits:
        cpu:  1
        memory:  128Mi
      Requests:
        cpu:  100m
        memory:  64Mi
      Liveness:  http-get http://:http/healthz delay=0s timeout=1s period=5s #success=1 #failure=3
      Readiness:  exec [true] delay=0s timeout=1s period=10s #success=1 #failure=3
      Environment Variables from:
        secret  Secret  Optional: false
      Environment:
        A:  1
        POD:  web (v1:metadata.name)
        K:  <set to the key 'k' of config map 'cm'>  Optional: true
      Mounts:
        /config from config (ro)
        /data from data (rw)
        /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-RANDOM (ro)
  Conditions:
    Type  Status
    Ready  True
  Volumes:
  $ kubectl wait pod/web --for=condition=Ready --timeout=5s
  pod/web condition met

Events

  $ kubectl create -f - <<END
  > apiVersion: v1
  > kind: Event
  > metadata: {name: web.1}
  > involvedObject: {apiVersion: v1, kind: Pod, name: web, namespace: $NAMESPACE}
  > reason: Tested
  > message: it was tested
  > type: Normal
  > count: 3
  > firstTimestamp: "2026-01-01T00:00:00Z"
  > lastTimestamp: "2026-01-01T00:00:00Z"
  > source: {component: tester}
  > END
  event/web.1 created
  $ kubectl get events --field-selector reason=Tested -o wide | sed 's/[0-9][0-9]*d\>/OLD/g'
  LAST SEEN  TYPE  REASON  OBJECT  SUBOBJECT  SOURCE  MESSAGE  FIRST SEEN  COUNT  NAME
  OLD  Normal  Tested  pod/web  tester  it was tested  OLD  3  web.1
  $ kubectl get events.events.k8s.io web.1 -o jsonpath='{.note} {.regarding.name} {.deprecatedCount} {.deprecatedSource}'
  it was tested web 3 {"component":"tester"}
  $ kubectl events --for pod/web | grep Tested | sed 's/[0-9][0-9]*d\>/OLD/g'
  OLD (x3 over OLD)  Normal  Tested  Pod/web  it was tested
  $ kubectl events --types=Warning --for pod/web
  No events found in NAMESPACE namespace.
  $ kubectl describe pod web | sed -n '/^Events/,$p' | grep -v default-scheduler | sed 's/[0-9][0-9]*d\>/OLD/g'
  Events:  <none>

Nodes

  $ kubectl create -f - <<END
  > apiVersion: v1
  > kind: Node
  > metadata: {name: $NAMESPACE, labels: {disk: fast, node-role.kubernetes.io/worker: ""}}
  > spec: {podCIDR: 172.20.0.0/24}
  > END
  node/NAMESPACE created
  $ kubectl get node $NAMESPACE --no-headers | sed 's/NotReady/Unknown/'
  NAMESPACE  Unknown  worker  AGE
  $ kubectl label node $NAMESPACE zone=a
  node/NAMESPACE labeled
  $ kubectl taint node $NAMESPACE own=x:NoSchedule
  node/NAMESPACE tainted
  $ kubectl taint node $NAMESPACE own=x:NoSchedule
  error: node NAMESPACE already has own taint(s) with same effect(s) and --overwrite is false
  [1]
  $ kubectl taint node $NAMESPACE own=y:NoSchedule --overwrite
  node/NAMESPACE modified
  $ kubectl get node $NAMESPACE -o jsonpath='{.spec.taints[?(@.key=="own")]}'
  {"effect": "NoSchedule", "key": "own", "value": "y"}
  $ kubectl taint node $NAMESPACE own-
  node/NAMESPACE untainted
  $ kubectl taint node $NAMESPACE missing:NoExecute-
  error: taint "missing:NoExecute" not found
  [1]
  $ kubectl cordon $NAMESPACE
  node/NAMESPACE cordoned
  $ kubectl cordon $NAMESPACE
  node/NAMESPACE already cordoned
  $ kubectl get node $NAMESPACE -o jsonpath='{.spec.unschedulable}'
  true
  $ kubectl drain $NAMESPACE --ignore-daemonsets
  node/NAMESPACE already cordoned
  node/NAMESPACE drained
  $ kubectl uncordon $NAMESPACE
  node/NAMESPACE uncordoned
  $ kubectl describe node $NAMESPACE | sed -n '1,/^CreationTimestamp/p' | grep -v 'ttl:\|Annotations'
  Name:  NAMESPACE
  Roles:  worker
  Labels:  disk=fast
                      node-role.kubernetes.io/worker=
                      zone=a
  CreationTimestamp:  TIME
  $ kubectl delete node $NAMESPACE
  node "NAMESPACE" deleted
