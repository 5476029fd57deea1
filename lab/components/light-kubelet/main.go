// light-kubelet plays kubelet for all nodes of a light lab: it registers them, runs their pods as plain processes in
// their namespaces, and serves exec and logs at each node's own address, with kubelet's own code for streams.
// What it does not do is in docs/lab.md.
//
//	light-kubelet serve CONFIG          for all nodes, until it is ended
//	light-kubelet container SPEC        inside a container's new namespaces: mounts, drops rights, becomes its program
//	light-kubelet cni add|del NETNS ID PORTS   inside a node: gives a pod its address, or takes it back
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// Config is written by the lab before the program starts.
type Config struct {
	// Lab is the name of the lab; a node's network namespace is LAB-NODE.
	Lab        string
	Kubeconfig string
	// Folder for what pods need: one below it a node.
	Folder string
	Nodes  []NodeConfig
	// Images by reference.
	Images        map[string]Image
	ClusterDNS    []string
	ClusterDomain string
	// Version that the nodes report.
	Version string
	CNIBin  string
}

// NodeConfig is one node.
type NodeConfig struct {
	Name      string
	Addresses []string
	// Cgroup names the folder, below each hierarchy, that holds the node's processes.
	Cgroup string
}

// Image is one that lies unpacked.
type Image struct {
	Root       string
	Entrypoint []string
	Env        []string
}

func main() {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	if len(os.Args) < 3 {
		log.Fatal("usage: light-kubelet serve CONFIG | container SPEC | cni add|del NETNS ID PORTS")
	}
	var err error
	switch os.Args[1] {
	case "serve":
		err = serve(os.Args[2])
	case "container":
		err = becomeContainer(os.Args[2])
	case "cni":
		err = runCNI(os.Args[2:])
	default:
		err = fmt.Errorf("no such command: %s", os.Args[1])
	}
	if err != nil {
		log.Fatal(err)
	}
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func serve(path string) error {
	var config Config
	if err := readJSON(path, &config); err != nil {
		return err
	}
	rest, err := clientcmd.BuildConfigFromFlags("", config.Kubeconfig)
	if err != nil {
		return err
	}
	// One program asks for all nodes: what each kubelet of its own would be allowed, together.
	rest.QPS, rest.Burst = 2000, 4000
	rest.UserAgent = "light-kubelet"
	client, err := kubernetes.NewForConfig(rest)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	nodes := map[string]*Node{}
	for _, each := range config.Nodes {
		nodes[each.Name] = newNode(&config, each, client)
	}
	for _, node := range nodes {
		go node.run(ctx)
	}
	return watchPods(ctx, client, nodes)
}
