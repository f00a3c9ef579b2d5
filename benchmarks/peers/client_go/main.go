// client-go: lists, decodes and caches pods as its documentation and its examples teach.
//
// Speaks the lines of benchmarks/peer.py. Its one argument is the encoding that it asks the server for: json or
// protobuf.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	goruntime "runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const protobufType = "application/vnd.kubernetes.protobuf"

type parameters struct {
	Workload   string `json:"workload"`
	Kubeconfig string `json:"kubeconfig"`
	Namespace  string `json:"namespace"`
	BodyFile   string `json:"body_file"`
	Count      int    `json:"count"`
	Changes    int    `json:"changes"`
	Batch      int    `json:"batch"`
	Strip      bool   `json:"strip"`
}

type peer struct {
	parameters
	client kubernetes.Interface
	body   []byte
	out    *json.Encoder
	heap   float64 // while a cache was open
}

// work does what a workload asks for. It calls begin where that is not all measured, but only what comes then.
type work func(begin func() error) ([]*corev1.Pod, error)

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(encoding string) error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	p := peer{}
	if err := json.Unmarshal(lines.Bytes(), &p.parameters); err != nil {
		return err
	}
	p.out = json.NewEncoder(os.Stdout)
	work, err := p.prepared(encoding)
	if err != nil {
		return err
	}
	pods, err := work(p.sayReady)
	if err != nil {
		return err
	}
	if err := p.out.Encode(map[string]any{"answer": digest(pods)}); err != nil {
		return err
	}
	pods = nil
	for lines.Scan() {
		spent, err := p.round(work)
		if err != nil {
			return err
		}
		if err := p.out.Encode(spent); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (p *peer) round(work work) (map[string]float64, error) {
	goruntime.GC() // garbage of the round before is not this one's
	before, wall, cpu := heapBytes(), time.Now(), cpuSeconds()
	pods, err := work(func() error {
		goruntime.GC()
		wall, cpu = time.Now(), cpuSeconds()
		return p.sayReady()
	})
	if err != nil {
		return nil, err
	}
	if read(pods) == 0 {
		return nil, errors.New("nothing was read")
	}
	if p.Workload == "keep-cached" {
		return map[string]float64{"kept_bytes": (p.heap - before) / float64(len(pods))}, nil
	}
	return map[string]float64{"cpu_seconds": cpuSeconds() - cpu, "wall_seconds": time.Since(wall).Seconds()}, nil
}

func (p *peer) sayReady() error {
	return p.out.Encode(map[string]bool{"ready": true})
}

// heapBytes gives the memory of all objects that are alive.
func heapBytes() float64 {
	goruntime.GC()
	goruntime.GC() // what had a finalizer is gone only now
	stats := goruntime.MemStats{}
	goruntime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc)
}

func (p *peer) prepared(encoding string) (work, error) {
	if p.Workload == "decode" {
		return p.decode, p.readBody(encoding)
	}
	config, err := clientcmd.BuildConfigFromFlags("", p.Kubeconfig)
	if err != nil {
		return nil, err
	}
	config.ContentType, config.AcceptContentTypes = "application/json", "application/json"
	if encoding == "protobuf" {
		config.ContentType, config.AcceptContentTypes = protobufType, protobufType+",application/json"
	}
	p.client, err = kubernetes.NewForConfig(config)
	return map[string]work{"list": p.list, "cache": p.cached, "keep-cached": p.cached, "updates": p.followed}[p.Workload], err
}

func (p *peer) list(func() error) ([]*corev1.Pod, error) {
	list, err := p.client.CoreV1().Pods(p.Namespace).List(context.Background(), metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	return pointers(list), nil
}

func (p *peer) cached(func() error) ([]*corev1.Pod, error) {
	return p.withCache(func() error {
		if p.Workload == "keep-cached" {
			p.heap = heapBytes()
		}
		return nil
	}, cache.ResourceEventHandlerFuncs{})
}

// followed is told of changes that somebody else makes.
func (p *peer) followed(begin func() error) ([]*corev1.Pod, error) {
	count, done := 0, make(chan error, 1)
	updated := func(_, _ any) {
		count++
		if count == p.Changes {
			done <- nil
		} else if count%p.Batch == 0 {
			if err := p.sayReady(); err != nil {
				done <- err
			}
		}
	}
	return p.withCache(func() error {
		if err := begin(); err != nil {
			return err
		}
		return <-done
	}, cache.ResourceEventHandlerFuncs{UpdateFunc: updated})
}

// withCache fills a cache, calls synced, gives the cache's pods and closes it.
func (p *peer) withCache(synced func() error, handler cache.ResourceEventHandlerFuncs) ([]*corev1.Pod, error) {
	options := []informers.SharedInformerOption{informers.WithNamespace(p.Namespace)}
	if p.Strip {
		options = append(options, informers.WithTransform(withoutManagedFields))
	}
	ctx, stop := context.WithCancel(context.Background())
	factory := informers.NewSharedInformerFactoryWithOptions(p.client, 0, options...)
	defer factory.Shutdown()
	defer stop()
	pods := factory.Core().V1().Pods()
	informer := pods.Informer()
	if handler.UpdateFunc != nil {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return nil, err
		}
	}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return nil, errors.New("the cache has not synced")
	}
	if err := synced(); err != nil {
		return nil, err
	}
	all, err := pods.Lister().List(labels.Everything())
	if err == nil && len(all) != p.Count {
		err = fmt.Errorf("the cache has %d pods", len(all))
	}
	return all, err
}

func withoutManagedFields(object any) (any, error) {
	if accessor, err := meta.Accessor(object); err == nil {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}

// decode does what the client does with the body of an answer.
func (p *peer) decode(func() error) ([]*corev1.Pod, error) {
	list := &corev1.PodList{}
	if err := runtime.DecodeInto(scheme.Codecs.UniversalDeserializer(), p.body, list); err != nil {
		return nil, err
	}
	return pointers(list), nil
}

// readBody reads the list of pods, and says it in protobuf if that is to be decoded.
func (p *peer) readBody(encoding string) error {
	body, err := os.ReadFile(p.BodyFile)
	p.body = body
	if err != nil || encoding != "protobuf" {
		return err
	}
	list := &corev1.PodList{}
	if err := runtime.DecodeInto(scheme.Codecs.UniversalDeserializer(), body, list); err != nil {
		return err
	}
	list.APIVersion, list.Kind = "v1", "PodList"
	encoded := bytes.Buffer{}
	err = protobuf.NewSerializer(scheme.Scheme, scheme.Scheme).Encode(list, &encoded)
	p.body = encoded.Bytes()
	return err
}

func pointers(list *corev1.PodList) []*corev1.Pod {
	pods := make([]*corev1.Pod, len(list.Items))
	for i := range list.Items {
		pods[i] = &list.Items[i]
	}
	return pods
}

func read(pods []*corev1.Pod) int {
	count := 0
	for _, pod := range pods {
		count += len(pod.Name) + len(pod.Status.Phase) + len(pod.Spec.Containers[0].Image)
	}
	return count
}

func digest(pods []*corev1.Pod) []any {
	rows := make([][]string, len(pods))
	for i, pod := range pods {
		memory := pod.Spec.Containers[0].Resources.Requests[corev1.ResourceMemory]
		rows[i] = []string{
			pod.Namespace,
			pod.Name,
			string(pod.UID),
			pod.ResourceVersion,
			pod.Labels["app.kubernetes.io/name"],
			lastManager(pod),
			pod.Spec.Containers[len(pod.Spec.Containers)-1].Image,
			memory.String(),
			pod.Spec.Tolerations[len(pod.Spec.Tolerations)-1].Key,
			pod.Spec.Volumes[len(pod.Spec.Volumes)-1].Name,
			string(pod.Status.Phase),
			pod.Status.PodIP,
			string(pod.Status.Conditions[len(pod.Status.Conditions)-1].Type),
			pod.Status.ContainerStatuses[0].ContainerID,
		}
	}
	slices.SortFunc(rows, slices.Compare[[]string])
	text := make([]string, len(rows))
	for i, row := range rows {
		text[i] = strings.Join(row, "|")
	}
	sum := sha256.Sum256([]byte(strings.Join(text, "\n")))
	return []any{len(pods), hex.EncodeToString(sum[:])}
}

func lastManager(pod *corev1.Pod) string {
	if len(pod.ManagedFields) == 0 { // stripped
		return ""
	}
	return pod.ManagedFields[len(pod.ManagedFields)-1].Manager
}

func cpuSeconds() float64 {
	usage := syscall.Rusage{}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
