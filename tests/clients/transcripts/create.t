What kubectl makes without a file.

  $ kubectl create configmap cm --from-literal=a=1 --from-literal=b=2
  configmap/cm created
  $ kubectl create configmap cm --from-literal=a=1
  error: failed to create configmap: configmaps "cm" already exists
  [1]
  $ printf 'x=1\ny=2\n' > env; kubectl create configmap file --from-file=env --from-env-file=env
  error: from-env-file cannot be combined with from-file or from-literal
  [1]
  $ kubectl create configmap file --from-file=env
  configmap/file created
  $ kubectl create secret generic sec --from-literal=password=open
  secret/sec created
  $ kubectl create secret docker-registry reg --docker-server=r.example.com --docker-username=u --docker-password=p
  secret/reg created
  $ kubectl create serviceaccount robot
  serviceaccount/robot created
  $ kubectl create token robot --duration=10m | tr -dc . | wc -c
  2
  $ kubectl create deployment web --image=web:1 --replicas=0 --port=80
  deployment.apps/web created
  $ kubectl create service clusterip web --tcp=80:8080
  service/web created
  $ kubectl create service nodeport node --tcp=80 --node-port=31999 -o jsonpath='{.spec.ports}'
  [{"name": "80", "nodePort": 31999, "port": 80, "protocol": "TCP", "targetPort": 80}]
  $ kubectl create service loadbalancer lb --tcp=80
  service/lb created
  $ kubectl create service externalname ext --external-name=example.com
  service/ext created
  $ kubectl create job once --image=web -o jsonpath='{.spec.template.spec}' -- echo hello
  {"containers": [{"command": ["echo", "hello"], "image": "web", "imagePullPolicy": "Always", "name": "once", "resources": {}, "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}], "dnsPolicy": "ClusterFirst", "restartPolicy": "Never", "schedulerName": "default-scheduler", "securityContext": {}, "terminationGracePeriodSeconds": 30}
  $ kubectl create cronjob often --image=web --schedule='*/5 * * * *' -- echo hello
  cronjob.batch/often created
  $ kubectl create job from-cron --from=cronjob/often --dry-run=server -o jsonpath='{.metadata.annotations}'
  {"cronjob.kubernetes.io/instantiate": "manual"}
  $ kubectl create role reader --verb=get,list --resource=pods,deployments.apps --resource-name=web
  role.rbac.authorization.k8s.io/reader created
  $ kubectl create rolebinding read --role=reader --serviceaccount=$NAMESPACE:robot --user=ann
  rolebinding.rbac.authorization.k8s.io/read created
  $ kubectl create clusterrole $NAMESPACE --verb=get --resource=nodes --non-resource-url=/metrics
  clusterrole.rbac.authorization.k8s.io/NAMESPACE created
  $ kubectl create clusterrolebinding $NAMESPACE --clusterrole=$NAMESPACE --group=people
  clusterrolebinding.rbac.authorization.k8s.io/NAMESPACE created
  $ kubectl create quota small --hard=pods=5,services=20
  resourcequota/small created
  $ kubectl create poddisruptionbudget web --selector=app=web --min-available=1
  poddisruptionbudget.policy/web created
  $ kubectl create priorityclass $NAMESPACE --value=7 --description=test
  priorityclass.scheduling.k8s.io/NAMESPACE created
  $ kubectl create ingress web --rule='example.com/*=web:80,tls=cert' --class=none
  ingress.networking.k8s.io/web created
  $ kubectl create namespace $NAMESPACE-c
  namespace/NAMESPACE-c created
  $ kubectl run one --image=web --labels=app=one --env=A=b --overrides='{"spec":{"schedulerName":"nobody"}}'
  pod/one created
  $ kubectl run one --image=web
  Error from server (AlreadyExists): pods "one" already exists
  [1]
  $ kubectl expose deployment web --name=exposed --port=80 --target-port=8080
  service/exposed exposed
  $ kubectl expose pod one --port=80 --type=NodePort --dry-run=server -o jsonpath='{.spec.selector} {.spec.type}'
  {"app":"one"} NodePort
  $ kubectl autoscale deployment web --min=1 --max=3 --cpu=80%
  horizontalpodautoscaler.autoscaling/web autoscaled
  $ kubectl set subject rolebinding read --user=bob
  rolebinding.rbac.authorization.k8s.io/read subjects updated
  $ kubectl set selector service web app=other
  service/web selector updated
  $ kubectl auth reconcile -f - <<END
  > apiVersion: rbac.authorization.k8s.io/v1
  > kind: Role
  > metadata: {name: reader}
  > rules: [{apiGroups: [""], resources: [pods], verbs: [watch]}]
  > END
  error: resource name may not be empty
  [1]

What there is now

  $ kubectl get cm,secret,sa,svc,deploy,role,rolebinding,ingress,pdb,quota -o name | grep -v 'kube-root-ca.crt\|serviceaccount/default'
  configmap/cm
  configmap/file
  secret/reg
  secret/sec
  serviceaccount/robot
  service/exposed
  service/ext
  service/lb
  service/node
  service/web
  deployment.apps/web
  role.rbac.authorization.k8s.io/reader
  rolebinding.rbac.authorization.k8s.io/read
  ingress.networking.k8s.io/web
  poddisruptionbudget.policy/web
  resourcequota/small
  $ kubectl get role reader -o yaml
  apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata:
    creationTimestamp: "TIME"
    name: reader
    namespace: NAMESPACE
    resourceVersion: "VERSION"
    uid: UID
  rules:
  - apiGroups:
    - ""
    resourceNames:
    - web
    resources:
    - pods
    verbs:
    - get
    - list
  - apiGroups:
    - apps
    resourceNames:
    - web
    resources:
    - deployments
    verbs:
    - get
    - list
  $ kubectl get rolebinding read -o yaml
  apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata:
    creationTimestamp: "TIME"
    name: read
    namespace: NAMESPACE
    resourceVersion: "VERSION"
    uid: UID
  roleRef:
    apiGroup: rbac.authorization.k8s.io
    kind: Role
    name: reader
  subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: ann
  - kind: ServiceAccount
    name: robot
    namespace: NAMESPACE
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: bob
  $ kubectl get clusterrolebinding $NAMESPACE -o jsonpath='{.roleRef} {.subjects}'
  {"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"NAMESPACE"} [{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"people"}]
  $ kubectl get hpa web -o jsonpath='{.spec}'
  {"maxReplicas": 3, "metrics": [{"resource": {"name": "cpu", "target": {"averageUtilization": 80, "type": "Utilization"}}, "type": "Resource"}], "minReplicas": 1, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}
  $ kubectl get hpa.v1.autoscaling web -o jsonpath='{.spec}'
  {"maxReplicas": 3, "metrics": [{"resource": {"name": "cpu", "target": {"averageUtilization": 80, "type": "Utilization"}}, "type": "Resource"}], "minReplicas": 1, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}
  $ kubectl get ingress web -o jsonpath='{.spec}'
  {"ingressClassName": "none", "rules": [{"host": "example.com", "http": {"paths": [{"backend": {"service": {"name": "web", "port": {"number": 80}}}, "path": "/", "pathType": "Prefix"}]}}], "tls": [{"hosts": ["example.com"], "secretName": "cert"}]}
  $ kubectl get pdb web -o jsonpath='{.spec}'
  {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}
  $ kubectl get cronjob often -o jsonpath='{.spec.schedule} {.spec.concurrencyPolicy} {.spec.jobTemplate.spec.template.spec.restartPolicy}'
  */5 * * * * Allow OnFailure
  $ kubectl get quota small -o jsonpath='{.spec}'
  {"hard": {"pods": "5", "services": "20"}}
  $ kubectl get secret reg -o jsonpath='{.type}'
  kubernetes.io/dockerconfigjson
  $ kubectl get priorityclass $NAMESPACE -o jsonpath='{.value} {.preemptionPolicy} {.description}'
  7 PreemptLowerPriority test
  $ kubectl describe role reader
  Name:  reader
  Labels:  <none>
  Annotations:  <none>
  PolicyRule:
    Resources  Non-Resource URLs  Resource Names  Verbs
    ---------  -----------------  --------------  -----
    pods  []  [web]  [get list]
    deployments.apps  []  [web]  [get list]
  $ kubectl describe rolebinding read
  Name:  read
  Labels:  <none>
  Annotations:  <none>
  Role:
    Kind:  Role
    Name:  reader
  Subjects:
    Kind  Name  Namespace
    ----  ----  ---------
    User  ann
    ServiceAccount  robot  NAMESPACE
    User  bob
  $ kubectl describe cronjob often | grep -v 'Last Schedule\|Events'
  Name:  often
  Namespace:  NAMESPACE
  Labels:  <none>
  Annotations:  <none>
  Schedule:  */5 * * * *
  Concurrency Policy:  Allow
  Suspend:  False
  Time Zone:  <unset>
  Successful Job History Limit:  3
  Failed Job History Limit:  1
  Starting Deadline Seconds:  <unset>
  Selector:  <unset>
  Parallelism:  <unset>
  Completions:  <unset>
  Pod Template:
    Labels:  <none>
    Containers:
     often:
      Image:  web
      Port:  <none>
      Host Port:  <none>
      Command:
        echo
        hello
      Environment:  <none>
      Mounts:  <none>
    Volumes:  <none>
    Node-Selectors:  <none>
    Tolerations:  <none>
  Active Jobs:  <none>
  $ kubectl describe ingress web | grep -v Events | sed 's/ ([^)]*)$//'
  Name:  web
  Labels:  <none>
  Namespace:  NAMESPACE
  Address:
  Ingress Class:  none
  Default backend:  <default>
  TLS:
    cert terminates example.com
  Rules:
    Host  Path  Backends
    ----  ----  --------
    example.com
                 /  web:80
  Annotations:  <none>
  $ kubectl describe serviceaccount robot
  Name:  robot
  Namespace:  NAMESPACE
  Labels:  <none>
  Annotations:  <none>
  Image pull secrets:  <none>
  Events:  <none>
  $ kubectl describe service exposed | grep -v Endpoints
  Name:  exposed
  Namespace:  NAMESPACE
  Labels:  app=web
  Annotations:  <none>
  Selector:  app=web
  Type:  ClusterIP
  IP Family Policy:  SingleStack
  IP Families:  IPv4
  IP:  ADDRESS
  IPs:  ADDRESS
  Port:  <unset>  80/TCP
  TargetPort:  8080/TCP
  Session Affinity:  None
  Internal Traffic Policy:  Cluster
  Events:  <none>
  $ kubectl describe priorityclass $NAMESPACE
  Name:  NAMESPACE
  Value:  7
  GlobalDefault:  false
  PreemptionPolicy:  PreemptLowerPriority
  Description:  test
  Annotations:  <none>
  Events:  <none>
  $ kubectl describe clusterrole $NAMESPACE
  Name:  NAMESPACE
  Labels:  <none>
  Annotations:  <none>
  PolicyRule:
    Resources  Non-Resource URLs  Resource Names  Verbs
    ---------  -----------------  --------------  -----
               [/metrics]  []  [get]
    nodes  []  []  [get]

Who may do what

  $ kubectl auth can-i create pods
  yes
  $ kubectl auth can-i '*' '*' --all-namespaces
  yes
  $ kubectl auth can-i get /metrics
  yes
  $ kubectl certificate approve missing
  Error from server (NotFound): certificatesigningrequests.certificates.k8s.io "missing" not found
  [1]

A certificate

  $ cat > request.yaml <<END
  > apiVersion: certificates.k8s.io/v1
  > kind: CertificateSigningRequest
  > metadata: {name: $NAMESPACE}
  > spec:
  >   signerName: example.com/nobody
  >   usages: [digital signature, client auth]
  >   request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIS01ISUNBUUF3RURFT01Bd0dBMVVFQXd3RmEzVmlaWGd3V1RBVEJnY3Foa2pPUFFJQkJnZ3Foa2pPUFFNQgpCd05DQUFTWlozVUR0OUN0MFBoNjhMc21nK2tWV0dDRnkwQmlycW1INVFDcW9DY25jbjR1dElreW5OdE44L1RoCmNJMFVjZmdLclp3NWVLc0F3dWlHTXRiSC9GYm5vQUF3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUlnZjF0a1QxbysKajdzVTJqNFZzc05VQWRMb1BtQ3cyOVNZWjdCQ015b2pvc0VDSVFEcGNvYUVFVnJKY2FUSW12VHlYSlZrN1BOUQpkRzJWREVnbDFTeGVrbWcxY1E9PQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K
  > END
  $ kubectl create -f request.yaml
  certificatesigningrequest.certificates.k8s.io/NAMESPACE created
  $ kubectl get csr $NAMESPACE --no-headers | sed 's/[^ ]*admin[^ ]*/ADMIN/;s/kubex-testing/ADMIN/'
  NAMESPACE  AGE  example.com/nobody  ADMIN  <none>  Pending
  $ kubectl certificate approve $NAMESPACE
  certificatesigningrequest.certificates.k8s.io/NAMESPACE approved
  $ kubectl certificate approve $NAMESPACE
  certificatesigningrequest.certificates.k8s.io/NAMESPACE approved
  $ kubectl get csr $NAMESPACE -o jsonpath='{range .status.conditions[*]}{.type} {.status} {.reason}{"\n"}{end}'
  Approved True KubectlApprove
  $ kubectl certificate deny $NAMESPACE
  error: certificate signing request "NAMESPACE" is already Approved
  [1]

Rollouts

  $ kubectl rollout history deployment/missing
  Error from server (NotFound): deployments.apps "missing" not found
  [1]
  $ kubectl rollout pause deployment/web
  deployment.apps/web paused
  $ kubectl rollout resume deployment/web
  deployment.apps/web resumed
  $ kubectl rollout restart deployment/web
  deployment.apps/web restarted
  $ kubectl get deployment web -o jsonpath='{.spec.template.metadata.annotations}'
  {"kubectl.kubernetes.io/restartedAt": "TIME"}
  $ kubectl scale deployment/web --replicas=0
  deployment.apps/web scaled
  $ kubectl scale --replicas=0 deployment/web deployment/missing
  deployment.apps/web scaled
  Error from server (NotFound): deployments.apps "missing" not found
  [1]

The end

  $ kubectl delete csr,clusterrole,clusterrolebinding,priorityclass $NAMESPACE
  certificatesigningrequest.certificates.k8s.io "NAMESPACE" deleted
  clusterrole.rbac.authorization.k8s.io "NAMESPACE" deleted
  clusterrolebinding.rbac.authorization.k8s.io "NAMESPACE" deleted
  priorityclass.scheduling.k8s.io "NAMESPACE" deleted
  $ kubectl delete namespace $NAMESPACE-c
  namespace "NAMESPACE-c" deleted
  $ kubectl delete all --all 2>&1 | grep -v 'replicaset\|pod "' | sort
  cronjob.batch "often" deleted from NAMESPACE namespace
  deployment.apps "web" deleted from NAMESPACE namespace
  horizontalpodautoscaler.autoscaling "web" deleted from NAMESPACE namespace
  job.batch "once" deleted from NAMESPACE namespace
  service "exposed" deleted from NAMESPACE namespace
  service "ext" deleted from NAMESPACE namespace
  service "lb" deleted from NAMESPACE namespace
  service "node" deleted from NAMESPACE namespace
  service "web" deleted from NAMESPACE namespace
