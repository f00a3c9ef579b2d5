Tables of the kinds that `describe.t` does not have.

  $ cat > all.yaml <<END
  > {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: claim}, spec: {accessModes: [ReadWriteOnce, ReadWriteMany], storageClassName: none, resources: {requests: {storage: 1Gi}}}}
  > ---
  > {apiVersion: v1, kind: PersistentVolume, metadata: {name: $NAMESPACE}, spec: {accessModes: [ReadWriteOnce], capacity: {storage: 5Gi}, hostPath: {path: /data}, storageClassName: none, claimRef: {namespace: elsewhere, name: other}}}
  > ---
  > {apiVersion: v1, kind: PodTemplate, metadata: {name: template}, template: {metadata: {labels: {a: b, c: d}}, spec: {containers: [{name: one, image: "i:1"}, {name: two, image: "i:2"}]}}}
  > ---
  > {apiVersion: v1, kind: ReplicationController, metadata: {name: rc}, spec: {replicas: 0, selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: one, image: "i:1"}]}}}}
  > ---
  > {apiVersion: v1, kind: LimitRange, metadata: {name: limits}, spec: {limits: [{type: PersistentVolumeClaim, max: {storage: 1Ti}}]}}
  > ---
  > {apiVersion: v1, kind: Endpoints, metadata: {name: many}, subsets: [{addresses: [{ip: 172.30.0.1}, {ip: 172.30.0.2}], ports: [{name: a, port: 80}, {name: b, port: 81}]}]}
  > ---
  > {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: slice}, addressType: IPv4, ports: [{name: a, port: 80}], endpoints: [{addresses: [172.30.0.1]}, {addresses: [172.30.0.2]}, {addresses: [172.30.0.3]}, {addresses: [172.30.0.4]}]}
  > ---
  > {apiVersion: apps/v1, kind: ControllerRevision, metadata: {name: revision}, revision: 7, data: {}}
  > ---
  > {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: stateful}, spec: {replicas: 0, serviceName: s, selector: {matchLabels: {a: s}}, template: {metadata: {labels: {a: s}}, spec: {containers: [{name: one, image: "i:1"}]}}}}
  > ---
  > {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: daemon}, spec: {selector: {matchExpressions: [{key: a, operator: In, values: [z, x]}, {key: b, operator: DoesNotExist}]}, template: {metadata: {labels: {a: x}}, spec: {nodeSelector: {never: "true"}, containers: [{name: one, image: "i:1"}]}}}}
  > ---
  > {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: scaler}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none}, maxReplicas: 9, metrics: [{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 1Gi}}}, {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}, {type: Pods, pods: {metric: {name: m}, target: {type: AverageValue, averageValue: "5"}}}]}}
  > ---
  > {apiVersion: batch/v1, kind: CronJob, metadata: {name: cron}, spec: {suspend: true, schedule: "0 0 1 1 *", timeZone: Etc/UTC, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: one, image: "i:1"}]}}}}}}
  > ---
  > {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ingress}, spec: {ingressClassName: none, tls: [{hosts: [a.example.com]}], rules: [{host: a.example.com}, {host: b.example.com}, {host: c.example.com}, {host: d.example.com}], defaultBackend: {service: {name: s, port: {number: 80}}}}}
  > ---
  > {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: $NAMESPACE}, spec: {controller: example.com/none, parameters: {apiGroup: example.com, kind: Shop, name: corner}}}
  > ---
  > {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: policy}, spec: {podSelector: {matchLabels: {a: b}, matchExpressions: [{key: c, operator: Exists}, {key: d, operator: NotIn, values: [e]}]}}}
  > ---
  > {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: budget}, spec: {maxUnavailable: 25%, selector: {matchLabels: {a: none}}}}
  > ---
  > {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: binding}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}, subjects: [{kind: User, name: ann}, {kind: User, name: bob}, {kind: Group, name: people}, {kind: ServiceAccount, name: robot, namespace: other}]}
  > ---
  > {apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: $NAMESPACE}, spec: {attachRequired: false, volumeLifecycleModes: [Persistent, Ephemeral]}}
  > ---
  > {apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: $NAMESPACE}, spec: {drivers: [{name: d, nodeID: node}]}}
  > ---
  > {apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {name: capacity}, storageClassName: none, capacity: 1Gi}
  > ---
  > {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: $NAMESPACE}, provisioner: example.com/none, allowVolumeExpansion: true, volumeBindingMode: WaitForFirstConsumer}
  > ---
  > {apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: $NAMESPACE}, spec: {attacher: none.example.com, nodeName: none, source: {persistentVolumeName: none}}}
  > ---
  > {apiVersion: storage.k8s.io/v1, kind: VolumeAttributesClass, metadata: {name: $NAMESPACE}, driverName: example.com/none, parameters: {a: b}}
  > ---
  > {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: $NAMESPACE}, spec: {paramKind: {apiVersion: v1, kind: ConfigMap}, matchConstraints: {resourceRules: [{apiGroups: [none.example.com], apiVersions: [v1], operations: [CREATE], resources: [nones]}]}, validations: [{expression: "true"}]}}
  > ---
  > {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: $NAMESPACE}, spec: {policyName: $NAMESPACE, validationActions: [Audit], paramRef: {name: p, namespace: elsewhere, parameterNotFoundAction: Allow}}}
  > ---
  > {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: $NAMESPACE}, webhooks: []}
  > ---
  > {apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: $NAMESPACE}}
  > ---
  > {apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: $NAMESPACE}, handler: none}
  > ---
  > {apiVersion: resource.k8s.io/v1, kind: ResourceClaim, metadata: {name: device}, spec: {devices: {requests: [{name: r, exactly: {deviceClassName: none.example.com}}]}}}
  > ---
  > {apiVersion: resource.k8s.io/v1, kind: DeviceClass, metadata: {name: $NAMESPACE}, spec: {}}
  > ---
  > {apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {name: $NAMESPACE}, spec: {driver: none.example.com, allNodes: true, pool: {name: p, generation: 1, resourceSliceCount: 1}, devices: [{name: d}]}}
  > ---
  > {apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: PriorityLevelConfiguration, metadata: {name: $NAMESPACE}, spec: {type: Limited, limited: {nominalConcurrencyShares: 5, limitResponse: {type: Queue, queuing: {queues: 64, handSize: 6, queueLengthLimit: 50}}}}}
  > ---
  > {apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: lease}, spec: {holderIdentity: me}}
  > ---
  > {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: $NAMESPACE}, value: 7, preemptionPolicy: Never}
  > ---
  > {apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: {name: $NAMESPACE}, spec: {cidrs: [172.31.0.0/24]}}
  > END
  $ sed -i 's/^---$/---\n/' all.yaml; kubectl create -f all.yaml 2>&1 | grep -v ^Warning | sort
  controllerrevision.apps/revision created
  cronjob.batch/cron created
  csidriver.storage.k8s.io/NAMESPACE created
  csinode.storage.k8s.io/NAMESPACE created
  csistoragecapacity.storage.k8s.io/capacity created
  daemonset.apps/daemon created
  deviceclass.resource.k8s.io/NAMESPACE created
  endpoints/many created
  endpointslice.discovery.k8s.io/slice created
  horizontalpodautoscaler.autoscaling/scaler created
  ingress.networking.k8s.io/ingress created
  ingressclass.networking.k8s.io/NAMESPACE created
  lease.coordination.k8s.io/lease created
  limitrange/limits created
  mutatingwebhookconfiguration.admissionregistration.k8s.io/NAMESPACE created
  networkpolicy.networking.k8s.io/policy created
  persistentvolume/NAMESPACE created
  persistentvolumeclaim/claim created
  poddisruptionbudget.policy/budget created
  podtemplate/template created
  priorityclass.scheduling.k8s.io/NAMESPACE created
  prioritylevelconfiguration.flowcontrol.apiserver.k8s.io/NAMESPACE created
  replicationcontroller/rc created
  resourceclaim.resource.k8s.io/device created
  resourceslice.resource.k8s.io/NAMESPACE created
  rolebinding.rbac.authorization.k8s.io/binding created
  runtimeclass.node.k8s.io/NAMESPACE created
  servicecidr.networking.k8s.io/NAMESPACE created
  statefulset.apps/stateful created
  storageclass.storage.k8s.io/NAMESPACE created
  validatingadmissionpolicy.admissionregistration.k8s.io/NAMESPACE created
  validatingadmissionpolicybinding.admissionregistration.k8s.io/NAMESPACE created
  validatingwebhookconfiguration.admissionregistration.k8s.io/NAMESPACE created
  volumeattachment.storage.k8s.io/NAMESPACE created
  volumeattributesclass.storage.k8s.io/NAMESPACE created
  $ kubectl get pvc,podtemplates,rc,limits,endpointslices,sts,ds -o wide; kubectl get controllerrevisions revision
  NAME  STATUS  VOLUME  CAPACITY  ACCESS MODES  STORAGECLASS  VOLUMEATTRIBUTESCLASS  AGE  VOLUMEMODE
  persistentvolumeclaim/claim  Pending  none  <unset>  AGE  Filesystem
  
  NAME  CONTAINERS  IMAGES  POD LABELS
  podtemplate/template  one,two  i:1,i:2  a=b,c=d
  
  NAME  DESIRED  CURRENT  READY  AGE  CONTAINERS  IMAGES  SELECTOR
  replicationcontroller/rc  0  0  0  AGE  one  i:1  a=b
  
  NAME  CREATED AT
  limitrange/limits  TIME
  
  NAME  ADDRESSTYPE  PORTS  ENDPOINTS  AGE
  endpointslice.discovery.k8s.io/slice  IPv4  80  172.30.0.1,172.30.0.2,172.30.0.3 + 1 more...  AGE
  
  NAME  READY  AGE  CONTAINERS  IMAGES
  statefulset.apps/stateful  0/0  AGE  one  i:1
  
  NAME  DESIRED  CURRENT  READY  UP-TO-DATE  AVAILABLE  NODE SELECTOR  AGE  CONTAINERS  IMAGES  SELECTOR
  daemonset.apps/daemon  0  0  0  0  0  never=true  AGE  one  i:1  a in (x,z),!b
  NAME  CONTROLLER  REVISION  AGE
  revision  <none>  7  AGE
  $ kubectl get endpoints many 2>/dev/null
  NAME  ENDPOINTS  AGE
  many  172.30.0.1:80,172.30.0.2:80,172.30.0.1:81 + 1 more...  AGE
  $ kubectl get hpa,cronjobs,ingress,netpol,pdb,rolebindings,leases,resourceclaims,csistoragecapacities -o wide
  NAME  REFERENCE  TARGETS  MINPODS  MAXPODS  REPLICAS  AGE
  horizontalpodautoscaler.autoscaling/scaler  Deployment/none  memory: <unknown>/1Gi, cpu: <unknown>/70% + 1 more...  1  9  0  AGE
  
  NAME  SCHEDULE  TIMEZONE  SUSPEND  ACTIVE  LAST SCHEDULE  AGE  CONTAINERS  IMAGES  SELECTOR
  cronjob.batch/cron  0 0 1 1 *  Etc/UTC  True  0  <none>  AGE  one  i:1  <none>
  
  NAME  CLASS  HOSTS  ADDRESS  PORTS  AGE
  ingress.networking.k8s.io/ingress  none  a.example.com,b.example.com,c.example.com + 1 more...  80, 443  AGE
  
  NAME  POD-SELECTOR  AGE
  networkpolicy.networking.k8s.io/policy  a=b,c,d notin (e)  AGE
  
  NAME  MIN AVAILABLE  MAX UNAVAILABLE  ALLOWED DISRUPTIONS  AGE
  poddisruptionbudget.policy/budget  N/A  25%  0  AGE
  
  NAME  ROLE  AGE  USERS  GROUPS  SERVICEACCOUNTS
  rolebinding.rbac.authorization.k8s.io/binding  ClusterRole/view  AGE  ann, bob  people  other/robot
  
  NAME  HOLDER  AGE
  lease.coordination.k8s.io/lease  me  AGE
  
  NAME  STATE  AGE
  resourceclaim.resource.k8s.io/device  pending  AGE
  
  NAME  CREATED AT
  csistoragecapacity.storage.k8s.io/capacity  TIME
  $ for kind in pv ingressclass csidriver csinode storageclass volumeattachment vac validatingadmissionpolicy validatingadmissionpolicybinding validatingwebhookconfiguration mutatingwebhookconfiguration runtimeclass deviceclass resourceslice prioritylevelconfiguration priorityclass servicecidr; do kubectl get $kind $NAMESPACE -o wide; done | sed s/Available/Pending/
  NAME  CAPACITY  ACCESS MODES  RECLAIM POLICY  STATUS  CLAIM  STORAGECLASS  VOLUMEATTRIBUTESCLASS  REASON  AGE  VOLUMEMODE
  NAMESPACE  5Gi  RWO  Retain  Pending  elsewhere/other  none  <unset>  AGE  Filesystem
  NAME  CONTROLLER  PARAMETERS  AGE
  NAMESPACE  example.com/none  Shop.example.com/corner  AGE
  NAME  ATTACHREQUIRED  PODINFOONMOUNT  STORAGECAPACITY  TOKENREQUESTS  REQUIRESREPUBLISH  MODES  AGE
  NAMESPACE  false  false  false  <unset>  false  Persistent,Ephemeral  AGE
  NAME  DRIVERS  AGE
  NAMESPACE  1  AGE
  NAME  PROVISIONER  RECLAIMPOLICY  VOLUMEBINDINGMODE  ALLOWVOLUMEEXPANSION  AGE
  NAMESPACE  example.com/none  Delete  WaitForFirstConsumer  true  AGE
  NAME  ATTACHER  PV  NODE  ATTACHED  AGE
  NAMESPACE  none.example.com  none  none  false  AGE
  NAME  DRIVERNAME  AGE
  NAMESPACE  example.com/none  AGE
  NAME  VALIDATIONS  PARAMKIND  AGE
  NAMESPACE  1  v1/ConfigMap  AGE
  NAME  POLICYNAME  PARAMREF  AGE
  NAMESPACE  NAMESPACE  elsewhere/p  AGE
  NAME  WEBHOOKS  AGE
  NAMESPACE  0  AGE
  NAME  WEBHOOKS  AGE
  NAMESPACE  0  AGE
  NAME  HANDLER  AGE
  NAMESPACE  none  AGE
  NAME  AGE
  NAMESPACE  AGE
  NAME  NODE  DRIVER  POOL  AGE
  NAMESPACE  none.example.com  p  AGE
  NAME  TYPE  NOMINALCONCURRENCYSHARES  QUEUES  HANDSIZE  QUEUELENGTHLIMIT  AGE
  NAMESPACE  Limited  5  64  6  50  AGE
  NAME  VALUE  GLOBAL-DEFAULT  AGE  PREEMPTIONPOLICY
  NAMESPACE  7  false  AGE  Never
  NAME  CIDRS  AGE
  NAMESPACE  172.31.0.0/24  AGE
  $ kubectl get hpa.v1.autoscaling scaler
  NAME  REFERENCE  TARGETS  MINPODS  MAXPODS  REPLICAS  AGE
  scaler  Deployment/none  memory: <unknown>/1Gi, cpu: <unknown>/70% + 1 more...  1  9  0  AGE

As they change

  $ kubectl patch pvc claim --subresource=status --type=merge -p '{"status":{"phase":"Bound","capacity":{"storage":"2Gi"},"accessModes":["ReadWriteOnce","ReadWriteMany"]}}' -o name
  persistentvolumeclaim/claim
  $ kubectl get pvc claim
  NAME  STATUS  VOLUME  CAPACITY  ACCESS MODES  STORAGECLASS  VOLUMEATTRIBUTESCLASS  AGE
  claim  Bound  none  <unset>  AGE
  $ kubectl patch ingress ingress --subresource=status --type=merge -p '{"status":{"loadBalancer":{"ingress":[{"ip":"172.30.0.1"},{"hostname":"lb.example.com"}]}}}' -o name
  ingress.networking.k8s.io/ingress
  $ kubectl get ingress ingress
  NAME  CLASS  HOSTS  ADDRESS  PORTS  AGE
  ingress  none  a.example.com,b.example.com,c.example.com + 1 more...  172.30.0.1,lb.example.com  80, 443  AGE
  $ kubectl annotate storageclass $NAMESPACE storageclass.kubernetes.io/is-default-class=true
  storageclass.storage.k8s.io/NAMESPACE annotated
  $ kubectl get storageclass $NAMESPACE
  NAME  PROVISIONER  RECLAIMPOLICY  VOLUMEBINDINGMODE  ALLOWVOLUMEEXPANSION  AGE
  NAMESPACE (default)  example.com/none  Delete  WaitForFirstConsumer  true  AGE
  $ cat > pods.sh <<END
  > kubectl run p\$1 --image=i --overrides='{"spec":{"schedulerName":"nobody"}}' -o name
  > kubectl patch pod p\$1 --subresource=status --type=merge -p "{\"status\":\$2}" >/dev/null; kubectl get pod p\$1 --no-headers
  > END
  $ sh pods.sh 1 '{"phase":"Running","containerStatuses":[{"name":"p1","ready":false,"restartCount":5,"image":"","imageID":"","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}'
  pod/p1
  p1  0/1  CrashLoopBackOff  5  AGE
  $ sh pods.sh 2 '{"phase":"Succeeded","containerStatuses":[{"name":"p2","ready":false,"restartCount":0,"image":"","imageID":"","state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}'
  pod/p2
  p2  0/1  Completed  0  AGE
  $ sh pods.sh 3 '{"phase":"Failed","containerStatuses":[{"name":"p3","ready":false,"restartCount":0,"image":"","imageID":"","state":{"terminated":{"exitCode":3}}}]}'
  pod/p3
  p3  0/1  ExitCode:3  0  AGE
  $ sh pods.sh 4 '{"phase":"Failed","containerStatuses":[{"name":"p4","ready":false,"restartCount":0,"image":"","imageID":"","state":{"terminated":{"exitCode":137,"signal":9}}}]}'
  pod/p4
  p4  0/1  Signal:9  0  AGE
  $ sh pods.sh 5 '{"phase":"Failed","reason":"Evicted"}'
  pod/p5
  p5  0/1  Evicted  0  AGE
  $ sh pods.sh 6 '{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}'
  pod/p6
  p6  0/1  SchedulingGated  0  AGE
  $ kubectl delete pod p1 --grace-period=0 --force 2>/dev/null
  pod "p1" force deleted from NAMESPACE namespace
  $ kubectl delete --wait=false -f all.yaml >/dev/null 2>&1
