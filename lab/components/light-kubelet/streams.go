package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/types"
	api "k8s.io/apimachinery/pkg/util/remotecommand"
	client "k8s.io/client-go/tools/remotecommand"
	"k8s.io/kubelet/pkg/cri/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// kubelet's own limits (streamingConnectionIdleTimeout, and the time in which streams must be made).
const (
	streamIdle     = 4 * time.Hour
	streamCreation = 30 * time.Second
)

// serveStreams listens at the node's own address, in its network namespace, as kubelet does. Who has no certificate of
// the cluster is not asked for one: a lab has no one else.
func (n *Node) serveStreams(ctx context.Context) {
	certificate, err := selfSigned(n.Name)
	if err != nil {
		log.Fatal(err)
	}
	var listener net.Listener
	for ctx.Err() == nil {
		err := inNetns(n.netns(), func() (err error) {
			listener, err = net.Listen("tcp", fmt.Sprintf(":%d", kubeletPort))
			return err
		})
		if err == nil {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	routes := http.NewServeMux()
	routes.HandleFunc("/exec/{namespace}/{pod}/{container}", n.serveExec)
	routes.HandleFunc("/containerLogs/{namespace}/{pod}/{container}", n.serveLog)
	routes.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	own := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}}
	server := &http.Server{Handler: routes, TLSConfig: own}
	server.ErrorLog = log.New(io.Discard, "", 0)
	log.Printf("%s: %v", n.Name, server.ServeTLS(listener, "", ""))
}

func (n *Node) containerOf(request *http.Request) *Container {
	pod := n.pods.find(request.PathValue("namespace"), request.PathValue("pod"))
	if pod == nil {
		return nil
	}
	pod.mutex.Lock()
	defer pod.mutex.Unlock()
	for _, container := range pod.containers {
		if container.spec.Name == request.PathValue("container") {
			return container
		}
	}
	return nil
}

func (n *Node) serveExec(w http.ResponseWriter, request *http.Request) {
	container := n.containerOf(request)
	if container == nil || container.process() == 0 {
		http.Error(w, "container not found or not running", http.StatusNotFound)
		return
	}
	options, err := remotecommand.NewOptions(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	command := request.URL.Query()["command"]
	name, protocols := container.spec.Name, api.SupportedStreamingProtocols
	remotecommand.ServeExec(w, request, container, "", "", name, command, options, streamIdle, streamCreation, protocols)
}

// ExecInContainer runs a command with the container's root, namespaces, user and environment.
func (c *Container) ExecInContainer(
	ctx context.Context, _ string, _ types.UID, _ string, argv []string, in io.Reader, out, errors io.WriteCloser, _ bool,
	_ <-chan client.TerminalSize, _ time.Duration,
) error {
	namespaces := []string{
		fmt.Sprintf("--target=%d", c.process()), "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd",
		fmt.Sprintf("--setgid=%d", c.inside.GID), fmt.Sprintf("--setuid=%d", c.inside.UID), "--",
	}
	command := exec.CommandContext(ctx, "nsenter", append(namespaces, argv...)...)
	command.Env = c.inside.Environment
	command.Stdout, command.Stderr = out, errors
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	command.WaitDelay = time.Second
	if in != nil {
		pipe, err := command.StdinPipe()
		if err != nil {
			return err
		}
		go func() {
			_, _ = io.Copy(pipe, in)
			pipe.Close()
		}()
	}
	err := command.Run()
	if command.ProcessState != nil && !command.ProcessState.Success() {
		return utilexec.CodeExitError{Err: err, Code: command.ProcessState.ExitCode()}
	}
	return err
}

func (n *Node) serveLog(w http.ResponseWriter, request *http.Request) {
	container := n.containerOf(request)
	if container == nil {
		http.Error(w, "container not found", http.StatusNotFound)
		return
	}
	text, err := os.ReadFile(container.log)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	lines := strings.SplitAfter(string(text), "\n")
	var tail int
	if _, err := fmt.Sscan(request.FormValue("tailLines"), &tail); err == nil && tail+1 < len(lines) {
		lines = lines[len(lines)-tail-1:]
	}
	_, _ = io.WriteString(w, strings.Join(lines, ""))
}

func selfSigned(name string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0), DNSNames: []string{name},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
