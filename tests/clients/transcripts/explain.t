What kubectl says of kinds and of the server; descriptions, and the values of enumerations, are left aside.

  $ printf 'grep "\t<[^ne]\|^[A-Z]*: \|^error"' > fields.sh
  $ kubectl explain configmaps | sh fields.sh
  KIND:  ConfigMap
  VERSION:  v1
    apiVersion	<string>
    binaryData	<map[string]string>
    data	<map[string]string>
    immutable	<boolean>
    kind	<string>
    metadata	<ObjectMeta>
  $ kubectl explain pod.spec.containers.resources | sh fields.sh
  KIND:  Pod
  VERSION:  v1
  FIELD: resources <ResourceRequirements>
    claims	<[]ResourceClaim>
    limits	<map[string]Quantity>
    requests	<map[string]Quantity>
  $ kubectl explain deployment.spec.strategy --recursive | sh fields.sh
  GROUP:  apps
  KIND:  Deployment
  VERSION:  v1
  FIELD: strategy <DeploymentStrategy>
    rollingUpdate	<RollingUpdateDeployment>
      maxSurge	<IntOrString>
      maxUnavailable	<IntOrString>
    type	<string>
  $ kubectl explain deployments --api-version=apps/v1 | sh fields.sh
  GROUP:  apps
  KIND:  Deployment
  VERSION:  v1
    apiVersion	<string>
    kind	<string>
    metadata	<ObjectMeta>
    spec	<DeploymentSpec>
    status	<DeploymentStatus>
  $ kubectl explain hpa.spec.metrics | sh fields.sh
  GROUP:  autoscaling
  KIND:  HorizontalPodAutoscaler
  VERSION:  v2
  FIELD: metrics <[]MetricSpec>
    containerResource	<ContainerResourceMetricSource>
    external	<ExternalMetricSource>
    object	<ObjectMetricSource>
    pods	<PodsMetricSource>
    resource	<ResourceMetricSource>
    type	<string> -required-
  $ kubectl explain service.spec.ports.targetPort | sh fields.sh
  KIND:  Service
  VERSION:  v1
  FIELD: targetPort <IntOrString>
  $ kubectl explain customresourcedefinition.spec.versions.schema | sh fields.sh
  GROUP:  apiextensions.k8s.io
  KIND:  CustomResourceDefinition
  VERSION:  v1
  FIELD: schema <CustomResourceValidation>
    openAPIV3Schema	<JSONSchemaProps>
  $ kubectl explain poddisruptionbudget.spec.maxUnavailable | sh fields.sh
  GROUP:  policy
  KIND:  PodDisruptionBudget
  VERSION:  v1
  FIELD: maxUnavailable <IntOrString>
  $ kubectl explain event.involvedObject | sh fields.sh
  KIND:  Event
  VERSION:  v1
  FIELD: involvedObject <ObjectReference>
    apiVersion	<string>
    fieldPath	<string>
    kind	<string>
    name	<string>
    namespace	<string>
    resourceVersion	<string>
    uid	<string>
  $ kubectl explain events.events.k8s.io.series | sh fields.sh
  error: field "series" does not exist
  KIND:  Event
  VERSION:  v1
  $ kubectl explain pod.spec.missing 2>&1 | sh fields.sh
  KIND:  Pod
  VERSION:  v1
  error: field "missing" does not exist
  $ kubectl explain nonsense
  the server doesn't have a resource type "nonsense"
  [1]
  $ for kind in pods deployments horizontalpodautoscalers customresourcedefinitions events; do kubectl explain $kind --recursive 2>&1; done | sh fields.sh | sha256sum
  bd471a65265491ef24c045b90941e670fddea2acb7f388d03396c7202b5ff5d7  -

Resources

  $ kubectl api-versions | grep -v 'kubex\|example'
  admissionregistration.k8s.io/v1
  apiextensions.k8s.io/v1
  apiregistration.k8s.io/v1
  apps/v1
  authentication.k8s.io/v1
  authorization.k8s.io/v1
  autoscaling/v1
  autoscaling/v2
  batch/v1
  certificates.k8s.io/v1
  coordination.k8s.io/v1
  discovery.k8s.io/v1
  events.k8s.io/v1
  flowcontrol.apiserver.k8s.io/v1
  networking.k8s.io/v1
  node.k8s.io/v1
  policy/v1
  rbac.authorization.k8s.io/v1
  resource.k8s.io/v1
  scheduling.k8s.io/v1
  storage.k8s.io/v1
  v1
  $ kubectl api-resources | grep -v 'kubex\|example'
  NAME  SHORTNAMES  APIVERSION  NAMESPACED  KIND
  bindings  v1  true  Binding
  componentstatuses  cs  v1  false  ComponentStatus
  configmaps  cm  v1  true  ConfigMap
  endpoints  ep  v1  true  Endpoints
  events  ev  v1  true  Event
  limitranges  limits  v1  true  LimitRange
  namespaces  ns  v1  false  Namespace
  nodes  no  v1  false  Node
  persistentvolumeclaims  pvc  v1  true  PersistentVolumeClaim
  persistentvolumes  pv  v1  false  PersistentVolume
  pods  po  v1  true  Pod
  podtemplates  v1  true  PodTemplate
  replicationcontrollers  rc  v1  true  ReplicationController
  resourcequotas  quota  v1  true  ResourceQuota
  secrets  v1  true  Secret
  serviceaccounts  sa  v1  true  ServiceAccount
  services  svc  v1  true  Service
  mutatingwebhookconfigurations  admissionregistration.k8s.io/v1  false  MutatingWebhookConfiguration
  validatingadmissionpolicies  admissionregistration.k8s.io/v1  false  ValidatingAdmissionPolicy
  validatingadmissionpolicybindings  admissionregistration.k8s.io/v1  false  ValidatingAdmissionPolicyBinding
  validatingwebhookconfigurations  admissionregistration.k8s.io/v1  false  ValidatingWebhookConfiguration
  customresourcedefinitions  crd,crds  apiextensions.k8s.io/v1  false  CustomResourceDefinition
  apiservices  apiregistration.k8s.io/v1  false  APIService
  controllerrevisions  apps/v1  true  ControllerRevision
  daemonsets  ds  apps/v1  true  DaemonSet
  deployments  deploy  apps/v1  true  Deployment
  replicasets  rs  apps/v1  true  ReplicaSet
  statefulsets  sts  apps/v1  true  StatefulSet
  selfsubjectreviews  authentication.k8s.io/v1  false  SelfSubjectReview
  tokenreviews  authentication.k8s.io/v1  false  TokenReview
  localsubjectaccessreviews  authorization.k8s.io/v1  true  LocalSubjectAccessReview
  selfsubjectaccessreviews  authorization.k8s.io/v1  false  SelfSubjectAccessReview
  selfsubjectrulesreviews  authorization.k8s.io/v1  false  SelfSubjectRulesReview
  subjectaccessreviews  authorization.k8s.io/v1  false  SubjectAccessReview
  horizontalpodautoscalers  hpa  autoscaling/v2  true  HorizontalPodAutoscaler
  cronjobs  cj  batch/v1  true  CronJob
  jobs  batch/v1  true  Job
  certificatesigningrequests  csr  certificates.k8s.io/v1  false  CertificateSigningRequest
  leases  coordination.k8s.io/v1  true  Lease
  endpointslices  discovery.k8s.io/v1  true  EndpointSlice
  events  ev  events.k8s.io/v1  true  Event
  flowschemas  flowcontrol.apiserver.k8s.io/v1  false  FlowSchema
  prioritylevelconfigurations  flowcontrol.apiserver.k8s.io/v1  false  PriorityLevelConfiguration
  ingressclasses  networking.k8s.io/v1  false  IngressClass
  ingresses  ing  networking.k8s.io/v1  true  Ingress
  ipaddresses  ip  networking.k8s.io/v1  false  IPAddress
  networkpolicies  netpol  networking.k8s.io/v1  true  NetworkPolicy
  servicecidrs  networking.k8s.io/v1  false  ServiceCIDR
  runtimeclasses  node.k8s.io/v1  false  RuntimeClass
  poddisruptionbudgets  pdb  policy/v1  true  PodDisruptionBudget
  clusterrolebindings  rbac.authorization.k8s.io/v1  false  ClusterRoleBinding
  clusterroles  rbac.authorization.k8s.io/v1  false  ClusterRole
  rolebindings  rbac.authorization.k8s.io/v1  true  RoleBinding
  roles  rbac.authorization.k8s.io/v1  true  Role
  deviceclasses  resource.k8s.io/v1  false  DeviceClass
  resourceclaims  resource.k8s.io/v1  true  ResourceClaim
  resourceclaimtemplates  resource.k8s.io/v1  true  ResourceClaimTemplate
  resourceslices  resource.k8s.io/v1  false  ResourceSlice
  priorityclasses  pc  scheduling.k8s.io/v1  false  PriorityClass
  csidrivers  storage.k8s.io/v1  false  CSIDriver
  csinodes  storage.k8s.io/v1  false  CSINode
  csistoragecapacities  storage.k8s.io/v1  true  CSIStorageCapacity
  storageclasses  sc  storage.k8s.io/v1  false  StorageClass
  volumeattachments  storage.k8s.io/v1  false  VolumeAttachment
  volumeattributesclasses  vac  storage.k8s.io/v1  false  VolumeAttributesClass
  $ kubectl api-resources --namespaced=false --verbs=list,create -o name | grep -v 'kubex\|example'
  namespaces
  nodes
  persistentvolumes
  mutatingwebhookconfigurations.admissionregistration.k8s.io
  validatingadmissionpolicies.admissionregistration.k8s.io
  validatingadmissionpolicybindings.admissionregistration.k8s.io
  validatingwebhookconfigurations.admissionregistration.k8s.io
  customresourcedefinitions.apiextensions.k8s.io
  apiservices.apiregistration.k8s.io
  certificatesigningrequests.certificates.k8s.io
  flowschemas.flowcontrol.apiserver.k8s.io
  prioritylevelconfigurations.flowcontrol.apiserver.k8s.io
  ingressclasses.networking.k8s.io
  ipaddresses.networking.k8s.io
  servicecidrs.networking.k8s.io
  runtimeclasses.node.k8s.io
  clusterrolebindings.rbac.authorization.k8s.io
  clusterroles.rbac.authorization.k8s.io
  deviceclasses.resource.k8s.io
  resourceslices.resource.k8s.io
  priorityclasses.scheduling.k8s.io
  csidrivers.storage.k8s.io
  csinodes.storage.k8s.io
  storageclasses.storage.k8s.io
  volumeattachments.storage.k8s.io
  volumeattributesclasses.storage.k8s.io
  $ kubectl api-resources --api-group=apps -o wide
  NAME  SHORTNAMES  APIVERSION  NAMESPACED  KIND  VERBS  CATEGORIES
  controllerrevisions  apps/v1  true  ControllerRevision  create,delete,deletecollection,get,list,patch,update,watch
  daemonsets  ds  apps/v1  true  DaemonSet  create,delete,deletecollection,get,list,patch,update,watch  all
  deployments  deploy  apps/v1  true  Deployment  create,delete,deletecollection,get,list,patch,update,watch  all
  replicasets  rs  apps/v1  true  ReplicaSet  create,delete,deletecollection,get,list,patch,update,watch  all
  statefulsets  sts  apps/v1  true  StatefulSet  create,delete,deletecollection,get,list,patch,update,watch  all
  $ kubectl api-resources --categories=all -o name
  pods
  replicationcontrollers
  services
  daemonsets.apps
  deployments.apps
  replicasets.apps
  statefulsets.apps
  horizontalpodautoscalers.autoscaling
  cronjobs.batch
  jobs.batch
  $ kubectl api-resources --api-group=nonsense.example.com
  NAME  SHORTNAMES  APIVERSION  NAMESPACED  KIND

The server

  $ kubectl version -o yaml | sed -n '/^serverVersion/,$p' | grep 'itVersion\|ajor\|inor'
    emulationMajor: "1"
    emulationMinor: "35"
    gitVersion: v1.35.4
    major: "1"
    minCompatibilityMajor: "1"
    minCompatibilityMinor: "34"
    minor: "35"
  $ kubectl cluster-info | sed 's/\x1b\[[0-9;]*m//g'
  Kubernetes control plane is running at SERVER
  
  To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.
  $ kubectl get --raw /version | grep -i 'm[ai][jn]or\|gitVersion'
    "major": "1",
    "minor": "35",
    "emulationMajor": "1",
    "emulationMinor": "35",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "34",
    "gitVersion": "v1.35.4",
