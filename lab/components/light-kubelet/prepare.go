package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (p *Pod) folder() string { return filepath.Join(p.node.folder(), string(p.object.UID)) }

// netnsName names the pod's network namespace in its node.
func (p *Pod) netnsName() string { return "cni-" + string(p.object.UID) }

// prepare gives the pod its address, its files, and its containers, which do not run yet.
func (p *Pod) prepare(ctx context.Context) error {
	if len(p.object.Spec.InitContainers) > 0 {
		return fmt.Errorf("a light node runs no init containers")
	}
	if err := os.MkdirAll(p.folder(), 0o755); err != nil {
		return err
	}
	addresses := p.node.Addresses
	if !p.object.Spec.HostNetwork {
		var err error
		if addresses, err = p.addNetwork(ctx); err != nil {
			return err
		}
	}
	p.mutex.Lock()
	p.addresses = addresses
	p.mutex.Unlock()
	mounts := map[string]string{}
	for _, volume := range p.object.Spec.Volumes {
		path, err := p.volume(ctx, volume)
		if err != nil {
			return fmt.Errorf("volume %s: %w", volume.Name, err)
		}
		mounts[volume.Name] = path
	}
	service := p.apiService(ctx)
	var made []*Container
	for _, spec := range p.object.Spec.Containers {
		container, err := p.container(spec, mounts, service)
		if err != nil {
			return fmt.Errorf("container %s: %w", spec.Name, err)
		}
		made = append(made, container)
	}
	p.mutex.Lock()
	p.containers = made
	p.mutex.Unlock()
	return nil
}

// addNetwork asks the node's own CNI configuration for an address. It waits for one, as kubelet does.
func (p *Pod) addNetwork(ctx context.Context) ([]string, error) {
	for !p.node.networkIsReady() {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	if output, err := p.node.command("ip", "netns", "add", p.netnsName()).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("its network namespace: %w: %s", err, output)
	}
	// A container runtime's own part, by its loopback plugin.
	if output, err := p.node.command("ip", "-n", p.netnsName(), "link", "set", "lo", "up").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("its loopback: %w: %s", err, output)
	}
	output, err := p.cni("add")
	if err != nil {
		return nil, fmt.Errorf("its address: %w: %s", err, output)
	}
	var addresses []string
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	err = json.Unmarshal([]byte(lines[len(lines)-1]), &addresses)
	return addresses, err
}

func (p *Pod) cni(command string) ([]byte, error) {
	var ports []map[string]any
	for _, container := range p.object.Spec.Containers {
		for _, port := range container.Ports {
			if port.HostPort > 0 {
				ports = append(ports, map[string]any{
					"hostPort": port.HostPort, "containerPort": port.ContainerPort, "hostIP": port.HostIP,
					"protocol": strings.ToLower(string(port.Protocol)),
				})
			}
		}
	}
	text, err := json.Marshal(ports)
	if err != nil {
		return nil, err
	}
	name := p.netnsName()
	argv := []string{self(), "cni", command, "/run/netns/" + name, string(p.object.UID), string(text), p.node.config.CNIBin}
	return p.node.command(argv...).CombinedOutput()
}

// clear gives back what prepare took.
func (p *Pod) clear() {
	if !p.object.Spec.HostNetwork {
		_, _ = p.cni("del")
		_ = p.node.command("ip", "netns", "del", p.netnsName()).Run()
	}
	_ = os.RemoveAll(p.folder())
}

// apiService is what kubelet tells every pod of the API server's Service.
func (p *Pod) apiService(ctx context.Context) []string {
	service, err := p.node.client.CoreV1().Services("default").Get(ctx, "kubernetes", meta.GetOptions{})
	if err != nil {
		return nil
	}
	host := "KUBERNETES_SERVICE_HOST=" + service.Spec.ClusterIP
	return []string{host, "KUBERNETES_SERVICE_PORT=443", "KUBERNETES_SERVICE_PORT_HTTPS=443"}
}

// container makes what a container's first process reads, from the pod's and the image's words.
func (p *Pod) container(spec core.Container, mounts map[string]string, service []string) (*Container, error) {
	image, known := p.node.config.Images[spec.Image]
	if !known {
		return nil, fmt.Errorf("no image %s in the lab's kit", spec.Image)
	}
	environment := append(append([]string{}, image.Env...), service...)
	environment = append(environment, "HOSTNAME="+p.hostname())
	for _, variable := range spec.Env {
		value, err := p.value(variable)
		if err != nil {
			return nil, err
		}
		environment = append(environment, variable.Name+"="+value)
	}
	command := append(append([]string{}, image.Entrypoint...), spec.Args...)
	if len(spec.Command) > 0 {
		command = append(append([]string{}, spec.Command...), spec.Args...)
	}
	folder := filepath.Join(p.folder(), "containers", spec.Name)
	inside := Inside{
		Root: filepath.Join(folder, "root"), Image: image.Root, Command: command, Environment: environment,
		WorkingDir: spec.WorkingDir, Capabilities: capabilitiesOf(spec.SecurityContext),
	}
	if !p.object.Spec.HostNetwork {
		inside.Hostname = p.hostname()
	}
	inside.UID, inside.GID = p.identity(spec)
	for _, mount := range spec.VolumeMounts {
		inside.Mounts = append(inside.Mounts, Mount{
			From: filepath.Join(mounts[mount.Name], mount.SubPath), To: mount.MountPath, ReadOnly: mount.ReadOnly,
		})
	}
	if err := os.MkdirAll(inside.Root, 0o755); err != nil {
		return nil, err
	}
	inside.Files = map[string]string{"/etc/resolv.conf": p.resolver(), "/etc/hosts": p.hosts()}
	text, err := json.Marshal(inside)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "spec.json")
	made := &Container{pod: p, spec: spec, inside: inside, path: path, log: filepath.Join(folder, "log")}
	return made, os.WriteFile(path, text, 0o600)
}

func (p *Pod) identity(spec core.Container) (uid, gid int) {
	if context := p.object.Spec.SecurityContext; context != nil {
		if context.RunAsUser != nil {
			uid = int(*context.RunAsUser)
		}
		if context.RunAsGroup != nil {
			gid = int(*context.RunAsGroup)
		}
	}
	if context := spec.SecurityContext; context != nil {
		if context.RunAsUser != nil {
			uid = int(*context.RunAsUser)
		}
		if context.RunAsGroup != nil {
			gid = int(*context.RunAsGroup)
		}
	}
	return uid, gid
}

func (p *Pod) hostname() string {
	if p.object.Spec.HostNetwork {
		return p.node.Name
	}
	return p.object.Name
}

func (p *Pod) hosts() string {
	return "127.0.0.1 localhost\n::1 localhost\n" + p.addresses[0] + " " + p.hostname() + "\n"
}

func (p *Pod) resolver() string {
	policy := p.object.Spec.DNSPolicy
	if policy == core.DNSDefault || policy == core.DNSClusterFirst && p.object.Spec.HostNetwork {
		text, _ := os.ReadFile("/proc/" + p.node.initPid() + "/root/etc/resolv.conf")
		return string(text)
	}
	var text strings.Builder
	if policy != core.DNSNone {
		domain := p.node.config.ClusterDomain
		fmt.Fprintf(&text, "search %s.svc.%s svc.%s %s\n", p.object.Namespace, domain, domain, domain)
		for _, address := range p.node.config.ClusterDNS {
			fmt.Fprintf(&text, "nameserver %s\n", address)
		}
		text.WriteString("options ndots:5\n")
	}
	if config := p.object.Spec.DNSConfig; config != nil {
		for _, address := range config.Nameservers {
			fmt.Fprintf(&text, "nameserver %s\n", address)
		}
		if len(config.Searches) > 0 {
			fmt.Fprintf(&text, "search %s\n", strings.Join(config.Searches, " "))
		}
		for _, option := range config.Options {
			if option.Value == nil {
				fmt.Fprintf(&text, "options %s\n", option.Name)
			} else {
				fmt.Fprintf(&text, "options %s:%s\n", option.Name, *option.Value)
			}
		}
	}
	return text.String()
}
