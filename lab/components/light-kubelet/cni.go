package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"github.com/containernetworking/cni/libcni"
	types "github.com/containernetworking/cni/pkg/types/100"
)

const confFolder = "/etc/cni/net.d"

// confFile is the first configuration of a folder, by name, as container runtimes choose it.
func confFile(folder string) string {
	files, _ := filepath.Glob(filepath.Join(folder, "*.conflist"))
	sort.Strings(files)
	if len(files) == 0 {
		return ""
	}
	return files[0]
}

// runCNI runs inside a node: add prints the pod's addresses as JSON.
func runCNI(args []string) error {
	if len(args) != 5 {
		return fmt.Errorf("usage: cni add|del NETNS ID PORTS BIN")
	}
	list, err := libcni.ConfListFromFile(confFile(confFolder))
	if err != nil {
		return err
	}
	var ports []map[string]any
	if err := json.Unmarshal([]byte(args[3]), &ports); err != nil {
		return err
	}
	plugins := libcni.NewCNIConfig([]string{args[4]}, nil)
	runtime := &libcni.RuntimeConf{ContainerID: args[2], NetNS: args[1], IfName: "eth0"}
	if len(ports) > 0 {
		runtime.CapabilityArgs = map[string]any{"portMappings": ports}
	}
	if args[0] == "del" {
		return plugins.DelNetworkList(context.Background(), list, runtime)
	}
	answer, err := plugins.AddNetworkList(context.Background(), list, runtime)
	if err != nil {
		return err
	}
	result, err := types.NewResultFromResult(answer)
	if err != nil {
		return err
	}
	var addresses []string
	for _, each := range result.IPs {
		addresses = append(addresses, each.Address.IP.String())
	}
	return json.NewEncoder(os.Stdout).Encode(addresses)
}
