package main

import (
	"context"
	"fmt"
	"log"
	"sync"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// Pod is one pod that runs, or is being started or ended.
type Pod struct {
	node   *Node
	object *core.Pod
	cancel context.CancelFunc
	// ended is closed when its processes are gone.
	ended chan struct{}

	mutex      sync.Mutex
	addresses  []string
	containers []*Container
	failure    string
	reason     string
	started    meta.Time
}

type podTable struct {
	mutex sync.Mutex
	byUID map[string]*Pod
}

func (t *podTable) find(namespace, name string) *Pod {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, pod := range t.byUID {
		if pod.object.Namespace == namespace && pod.object.Name == name {
			return pod
		}
	}
	return nil
}

// watchPods hands every pod to its node: one watch for all nodes.
func watchPods(ctx context.Context, client kubernetes.Interface, nodes map[string]*Node) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	informer := factory.Core().V1().Pods().Informer()
	seen := func(object any) {
		pod, ok := object.(*core.Pod)
		if !ok {
			return
		}
		if node := nodes[pod.Spec.NodeName]; node != nil {
			node.sync(ctx, pod)
		}
	}
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    seen,
		UpdateFunc: func(_, object any) { seen(object) },
		DeleteFunc: func(object any) {
			if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = gone.Obj
			}
			if pod, ok := object.(*core.Pod); ok {
				if node := nodes[pod.Spec.NodeName]; node != nil {
					node.end(string(pod.UID))
				}
			}
		},
	}); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	<-ctx.Done()
	return nil
}

// sync starts a pod that is new, and ends one that is to go.
func (n *Node) sync(ctx context.Context, object *core.Pod) {
	uid := string(object.UID)
	n.pods.mutex.Lock()
	pod, known := n.pods.byUID[uid]
	isOver := object.Status.Phase == core.PodSucceeded || object.Status.Phase == core.PodFailed
	if !known && !isOver && object.DeletionTimestamp == nil {
		own, cancel := context.WithCancel(ctx)
		pod = &Pod{node: n, object: object.DeepCopy(), cancel: cancel, ended: make(chan struct{}), started: meta.Now()}
		n.pods.byUID[uid] = pod
		go pod.run(own)
	}
	n.pods.mutex.Unlock()
	if object.DeletionTimestamp != nil {
		go n.remove(ctx, object)
	}
}

// end stops a pod's processes and waits until they are gone.
func (n *Node) end(uid string) {
	n.pods.mutex.Lock()
	pod := n.pods.byUID[uid]
	n.pods.mutex.Unlock()
	if pod == nil {
		return
	}
	pod.cancel()
	<-pod.ended
	n.pods.mutex.Lock()
	delete(n.pods.byUID, uid)
	n.pods.mutex.Unlock()
}

func (n *Node) remove(ctx context.Context, object *core.Pod) {
	n.end(string(object.UID))
	now := int64(0)
	options := meta.DeleteOptions{GracePeriodSeconds: &now, Preconditions: meta.NewUIDPreconditions(string(object.UID))}
	err := n.client.CoreV1().Pods(object.Namespace).Delete(ctx, object.Name, options)
	if err != nil && !errors.IsNotFound(err) && !errors.IsConflict(err) && ctx.Err() == nil {
		log.Printf("%s: %s/%s is not deleted: %v", n.Name, object.Namespace, object.Name, err)
	}
}

// run takes a pod from its network to its end.
func (p *Pod) run(ctx context.Context) {
	defer close(p.ended)
	if err := p.prepare(ctx); err != nil {
		if ctx.Err() == nil {
			log.Printf("%s: %s/%s: %v", p.node.Name, p.object.Namespace, p.object.Name, err)
			p.fail("FailedCreatePodSandBox", err)
			p.publish()
		}
		<-ctx.Done()
		p.clear()
		return
	}
	var group sync.WaitGroup
	for _, container := range p.containers {
		group.Add(1)
		go func() {
			defer group.Done()
			container.keep(ctx)
		}()
	}
	group.Wait()
	p.clear()
}

func (p *Pod) fail(reason string, err error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.reason, p.failure = reason, fmt.Sprint(err)
}

// publish writes the pod's status; again, where the API server does not take it.
func (p *Pod) publish() {
	for attempt := 0; attempt < 20; attempt++ {
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		object, err := p.node.client.CoreV1().Pods(p.object.Namespace).Get(ctx, p.object.Name, meta.GetOptions{})
		if err == nil && object.UID == p.object.UID {
			p.fill(&object.Status)
			_, err = p.node.client.CoreV1().Pods(p.object.Namespace).UpdateStatus(ctx, object, meta.UpdateOptions{})
		}
		stop()
		if err == nil || errors.IsNotFound(err) {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}
