package main

import (
	"bufio"
	"context"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// kubelet's own: a lease of 40 s, renewed every quarter of it.
const (
	leaseSeconds  = 40
	renewInterval = leaseSeconds * time.Second / 4
	kubeletPort   = 10250
)

// Node is one node: its registration, its pods, and its port.
type Node struct {
	NodeConfig
	config *Config
	client kubernetes.Interface
	pods   podTable

	mutex sync.Mutex
	init  string
}

func newNode(config *Config, node NodeConfig, client kubernetes.Interface) *Node {
	return &Node{NodeConfig: node, config: config, client: client, pods: podTable{byUID: map[string]*Pod{}}}
}

func (n *Node) netns() string { return "/run/netns/" + n.config.Lab + "-" + n.Name }

func (n *Node) folder() string { return filepath.Join(n.config.Folder, n.Name, "light") }

// initPid is the pid, as the machine sees it, of the node's first process; empty while there is none.
func (n *Node) initPid() string {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.init != "" && isInit(n.init) {
		return n.init
	}
	n.init = ""
	files, _ := filepath.Glob("/sys/fs/cgroup/*/" + n.Cgroup + "/cgroup.procs")
	for _, file := range append(files, "/sys/fs/cgroup/"+n.Cgroup+"/cgroup.procs") {
		text, _ := os.ReadFile(file)
		for _, pid := range strings.Fields(string(text)) {
			if isInit(pid) {
				n.init = pid
				return pid
			}
		}
	}
	return ""
}

// isInit: the last number of NSpid is the pid in the innermost namespace, 1 for its first process.
func isInit(pid string) bool {
	file, err := os.Open("/proc/" + pid + "/status")
	if err != nil {
		return false
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "NSpid:" {
			return fields[2] == "1"
		}
	}
	return false
}

// run registers the node once its namespaces are there and its network has a configuration, serves its port and renews
// its lease.
func (n *Node) run(ctx context.Context) {
	for n.initPid() == "" && ctx.Err() == nil {
		time.Sleep(100 * time.Millisecond)
	}
	go n.serveStreams(ctx)
	for !n.register(ctx) && ctx.Err() == nil {
		time.Sleep(500 * time.Millisecond)
	}
	for !n.networkIsReady() && ctx.Err() == nil {
		time.Sleep(200 * time.Millisecond)
	}
	for !n.report(ctx) && ctx.Err() == nil {
		time.Sleep(500 * time.Millisecond)
	}
	log.Printf("%s: ready", n.Name)
	for ticks := time.NewTicker(renewInterval); ctx.Err() == nil; {
		n.renew(ctx)
		n.reportAgain(ctx)
		select {
		case <-ctx.Done():
		case <-ticks.C:
		}
	}
}

// networkIsReady: as the container runtime has it, there is a configuration of the pods' network.
func (n *Node) networkIsReady() bool {
	return confFile("/proc/"+n.initPid()+"/root/etc/cni/net.d") != ""
}

func (n *Node) register(ctx context.Context) bool {
	labels := map[string]string{
		"kubernetes.io/hostname": n.Name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
		"beta.kubernetes.io/os": "linux", "beta.kubernetes.io/arch": "amd64",
	}
	nodes := n.client.CoreV1().Nodes()
	own := &core.Node{ObjectMeta: meta.ObjectMeta{Name: n.Name, Labels: labels}}
	_, err := nodes.Create(ctx, own, meta.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		node, err := nodes.Get(ctx, n.Name, meta.GetOptions{})
		if err != nil {
			return false
		}
		if node.Labels == nil {
			node.Labels = map[string]string{}
		}
		for key, value := range labels {
			node.Labels[key] = value
		}
		_, err = nodes.Update(ctx, node, meta.UpdateOptions{})
		return err == nil
	}
	return err == nil
}

func (n *Node) report(ctx context.Context) bool {
	node, err := n.client.CoreV1().Nodes().Get(ctx, n.Name, meta.GetOptions{})
	if err != nil {
		return false
	}
	capacity := core.ResourceList{
		core.ResourceCPU: resource.MustParse("4"), core.ResourceMemory: resource.MustParse("8Gi"),
		core.ResourcePods: resource.MustParse("110"),
	}
	now := meta.Now()
	condition := func(kind core.NodeConditionType, status core.ConditionStatus, reason string) core.NodeCondition {
		return core.NodeCondition{
			Type: kind, Status: status, Reason: reason, Message: reason, LastHeartbeatTime: now, LastTransitionTime: now,
		}
	}
	node.Status.Capacity, node.Status.Allocatable = capacity, capacity
	node.Status.Addresses = nil
	for _, address := range n.Addresses {
		node.Status.Addresses = append(node.Status.Addresses, core.NodeAddress{Type: core.NodeInternalIP, Address: address})
	}
	node.Status.Addresses = append(node.Status.Addresses, core.NodeAddress{Type: core.NodeHostName, Address: n.Name})
	node.Status.Conditions = []core.NodeCondition{
		condition(core.NodeMemoryPressure, core.ConditionFalse, "KubeletHasSufficientMemory"),
		condition(core.NodeDiskPressure, core.ConditionFalse, "KubeletHasNoDiskPressure"),
		condition(core.NodePIDPressure, core.ConditionFalse, "KubeletHasSufficientPID"),
		condition(core.NodeReady, core.ConditionTrue, "KubeletReady"),
	}
	node.Status.DaemonEndpoints.KubeletEndpoint.Port = kubeletPort
	node.Status.NodeInfo = core.NodeSystemInfo{
		OperatingSystem: "linux", Architecture: "amd64", KubeletVersion: n.config.Version, OSImage: "light lab",
		KernelVersion: kernelRelease(), ContainerRuntimeVersion: "plain://1",
	}
	_, err = n.client.CoreV1().Nodes().UpdateStatus(ctx, node, meta.UpdateOptions{})
	return err == nil
}

// reportAgain says that the node is ready where it was given up meanwhile, as when the machine stood still for longer
// than a lease. Kubelet reports by itself as well.
func (n *Node) reportAgain(ctx context.Context) {
	node, err := n.client.CoreV1().Nodes().Get(ctx, n.Name, meta.GetOptions{ResourceVersion: "0"})
	if err != nil {
		return
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == core.NodeReady && condition.Status != core.ConditionTrue {
			n.report(ctx)
		}
	}
}

func (n *Node) renew(ctx context.Context) {
	leases := n.client.CoordinationV1().Leases("kube-node-lease")
	seconds, now := int32(leaseSeconds), meta.NowMicro()
	lease, err := leases.Get(ctx, n.Name, meta.GetOptions{})
	if err == nil {
		lease.Spec.RenewTime = &now
		_, err = leases.Update(ctx, lease, meta.UpdateOptions{})
	} else if errors.IsNotFound(err) {
		spec := coordination.LeaseSpec{HolderIdentity: &n.Name, LeaseDurationSeconds: &seconds, RenewTime: &now}
		own := &coordination.Lease{ObjectMeta: meta.ObjectMeta{Name: n.Name}, Spec: spec}
		_, err = leases.Create(ctx, own, meta.CreateOptions{})
	}
	if err != nil && ctx.Err() == nil {
		log.Printf("%s: lease: %v", n.Name, err)
	}
}
