// Block-routes stands in for BIRD, which is no Go module: it puts routes to the blocks of other nodes onto this node's
// tunnel device, from what the API server has, and speaks no BGP.
//
//	block-routes KUBECONFIG NODE DEVICE
package main

import (
	"context"
	"encoding/json"
	"log"
	"net"
	"os"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	// By this number of /etc/iproute2/rt_protos the kernel and felix know BIRD's routes.
	protocolBird = 12
	askAgain     = time.Second
	annotation   = "projectcalico.org/IPv4Address"
)

type objects struct {
	Items []struct {
		Metadata struct {
			Name        string
			Annotations map[string]string
		}
		Spec struct {
			Node, Cidr, State, Deleted string
		}
	}
}

func list(client rest.Interface, path string) (found objects, err error) {
	body, err := client.Get().AbsPath(path).DoRaw(context.Background())
	if err == nil {
		err = json.Unmarshal(body, &found)
	}
	return found, err
}

// The block of every other node, and the address of that node.
func wanted(client rest.Interface, own string) (map[string]net.IP, error) {
	nodes, err := list(client, "/api/v1/nodes")
	if err != nil {
		return nil, err
	}
	affinities, err := list(client, "/apis/crd.projectcalico.org/v1/blockaffinities")
	if err != nil {
		return nil, err
	}
	addresses := map[string]net.IP{}
	for _, node := range nodes.Items {
		text, _, _ := strings.Cut(node.Metadata.Annotations[annotation], "/")
		addresses[node.Metadata.Name] = net.ParseIP(text)
	}
	ways := map[string]net.IP{}
	for _, affinity := range affinities.Items {
		spec := affinity.Spec
		if address := addresses[spec.Node]; spec.Node != own && spec.State == "confirmed" && address != nil {
			ways[spec.Cidr] = address
		}
	}
	return ways, nil
}

func program(device string, ways map[string]net.IP) error {
	link, err := netlink.LinkByName(device)
	if err != nil {
		return err
	}
	filter := &netlink.Route{LinkIndex: link.Attrs().Index, Protocol: protocolBird}
	present, err := netlink.RouteListFiltered(netlink.FAMILY_V4, filter, netlink.RT_FILTER_OIF|netlink.RT_FILTER_PROTOCOL)
	if err != nil {
		return err
	}
	for _, route := range present {
		if route.Dst != nil && ways[route.Dst.String()] == nil {
			_ = netlink.RouteDel(&route)
		}
	}
	for block, gateway := range ways {
		_, to, err := net.ParseCIDR(block)
		if err != nil {
			continue
		}
		if err := netlink.RouteReplace(&netlink.Route{
			LinkIndex: link.Attrs().Index,
			Dst:       to,
			Gw:        gateway,
			Protocol:  protocolBird,
			Flags:     int(netlink.FLAG_ONLINK),
		}); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: block-routes KUBECONFIG NODE DEVICE")
	}
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		log.Fatal(err)
	}
	for ; ; time.Sleep(askAgain) {
		ways, err := wanted(client.RESTClient(), os.Args[2])
		if err == nil {
			err = program(os.Args[3], ways)
		}
		if err != nil {
			log.Print(err)
		}
	}
}
