Who may do what.

  $ kubectl create serviceaccount bot
  serviceaccount/bot created
  $ kubectl create role reader --verb=get,list --resource=pods,configmaps
  role.rbac.authorization.k8s.io/reader created
  $ kubectl create rolebinding reader --role=reader --serviceaccount=$NAMESPACE:bot --user=$NAMESPACE-jane
  rolebinding.rbac.authorization.k8s.io/reader created
  $ kubectl auth can-i list pods --as $NAMESPACE-jane
  yes
  $ kubectl auth can-i list secrets --as $NAMESPACE-jane
  no
  [1]
  $ kubectl auth can-i get pods/log --as $NAMESPACE-jane
  yes
  $ kubectl auth can-i get configmaps/a --as system:serviceaccount:$NAMESPACE:bot
  yes
  $ kubectl auth can-i list pods -A --as $NAMESPACE-jane
  no
  [1]
  $ kubectl auth can-i get /version --as $NAMESPACE-jane
  yes
  $ kubectl auth can-i get /metrics --as $NAMESPACE-jane
  no
  [1]
  $ kubectl auth can-i '*' '*'
  yes
  $ kubectl auth can-i --list --as $NAMESPACE-jane
  Resources  Non-Resource URLs  Resource Names  Verbs
  selfsubjectreviews.authentication.k8s.io  []  []  [create]
  selfsubjectaccessreviews.authorization.k8s.io  []  []  [create]
  selfsubjectrulesreviews.authorization.k8s.io  []  []  [create]
  configmaps  []  []  [get list]
  pods  []  []  [get list]
                                                  [/api/*]  []  [get]
                                                  [/api]  []  [get]
                                                  [/apis/*]  []  [get]
                                                  [/apis]  []  [get]
                                                  [/healthz]  []  [get]
                                                  [/healthz]  []  [get]
                                                  [/livez]  []  [get]
                                                  [/livez]  []  [get]
                                                  [/openapi/*]  []  [get]
                                                  [/openapi]  []  [get]
                                                  [/readyz]  []  [get]
                                                  [/readyz]  []  [get]
                                                  [/version/]  []  [get]
                                                  [/version/]  []  [get]
                                                  [/version]  []  [get]
                                                  [/version]  []  [get]
  $ kubectl auth whoami --as $NAMESPACE-jane --as-group dev --as-uid 7 --as-user-extra scopes=a
  ATTRIBUTE  VALUE
  Username  NAMESPACE-jane
  UID  7
  Groups  [dev system:authenticated]
  Extra: scopes  [a]
  $ kubectl auth whoami --as system:serviceaccount:$NAMESPACE:bot -o json
  {
      "kind": "SelfSubjectReview",
      "apiVersion": "authentication.k8s.io/v1",
      "metadata": {
          "creationTimestamp": "TIME"
      },
      "status": {
          "userInfo": {
              "username": "system:serviceaccount:NAMESPACE:bot",
              "groups": [
                  "system:serviceaccounts",
                  "system:serviceaccounts:NAMESPACE",
                  "system:authenticated"
              ]
          }
      }
  }
  $ kubectl get pods --as $NAMESPACE-jane
  No resources found in NAMESPACE namespace.
  $ kubectl get secrets --as $NAMESPACE-jane
  Error from server (Forbidden): secrets is forbidden: User "NAMESPACE-jane" cannot list resource "secrets" in API group "" in the namespace "NAMESPACE"
  [1]
  $ kubectl delete pod web-0 --as $NAMESPACE-jane
  Error from server (Forbidden): pods "web-0" is forbidden: User "NAMESPACE-jane" cannot delete resource "pods" in API group "" in the namespace "NAMESPACE"
  [1]
  $ kubectl create configmap a --as $NAMESPACE-jane
  error: failed to create configmap: configmaps is forbidden: User "NAMESPACE-jane" cannot create resource "configmaps" in API group "" in the namespace "NAMESPACE"
  [1]

Tokens of service accounts are credentials.

  $ kubectl create token bot > token; tr -cd . < token | wc -c
  2
  $ kubectl config view --raw > own; KUBECONFIG=own kubectl config unset users
  Property "users" unset.
  $ kubectl --kubeconfig own --token $(cat token) auth whoami -o jsonpath='{.status.userInfo.username} {.status.userInfo.groups}{"\n"}'
  system:serviceaccount:NAMESPACE:bot ["system:serviceaccounts","system:serviceaccounts:NAMESPACE","system:authenticated"]
  $ kubectl --kubeconfig own --token $(cat token) get pods
  No resources found in NAMESPACE namespace.
  $ kubectl --kubeconfig own --token $(cat token) get secrets
  Error from server (Forbidden): secrets is forbidden: User "system:serviceaccount:NAMESPACE:bot" cannot list resource "secrets" in API group "" in the namespace "NAMESPACE"
  [1]
  $ kubectl create token bot --duration 5m
  error: failed to create token: TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 300: may not specify a duration less than 10 minutes
  [1]
  $ kubectl create token nobody
  error: failed to create token: serviceaccounts "nobody" not found
  [1]
  $ kubectl create token bot --bound-object-kind Secret --bound-object-name none
  error: failed to create token: secrets "none" not found
  [1]

Roles as they are to be.

  $ cat > roles.yaml <<END
  > apiVersion: rbac.authorization.k8s.io/v1
  > kind: Role
  > metadata: {name: reader, namespace: $NAMESPACE}
  > rules:
  > - {apiGroups: [""], resources: [pods], verbs: [get, list, watch]}
  > END
  $ kubectl auth reconcile -f roles.yaml
  role.rbac.authorization.k8s.io/reader reconciled
  	reconciliation required update
  	missing rules added:
  		{Verbs:[watch] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}
  $ kubectl get role reader -o jsonpath='{.rules}{"\n"}'
  [{"apiGroups": [""], "resources": ["pods", "configmaps"], "verbs": ["get", "list"]}, {"apiGroups": [""], "resources": ["pods"], "verbs": ["watch"]}]
  $ kubectl auth reconcile -f roles.yaml --remove-extra-permissions
  role.rbac.authorization.k8s.io/reader reconciled
  	reconciliation required update
  	extra rules removed:
  		{Verbs:[get] APIGroups:[] Resources:[configmaps] ResourceNames:[] NonResourceURLs:[]}
  		{Verbs:[list] APIGroups:[] Resources:[configmaps] ResourceNames:[] NonResourceURLs:[]}
  $ kubectl get role reader -o jsonpath='{.rules}{"\n"}'
  [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
  $ kubectl auth reconcile -f roles.yaml --as $NAMESPACE-jane
  Error from server (Forbidden): roles.rbac.authorization.k8s.io "reader" is forbidden: User "NAMESPACE-jane" cannot get resource "roles" in API group "rbac.authorization.k8s.io" in the namespace "NAMESPACE"
  [1]
