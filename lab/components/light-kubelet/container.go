package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// kubelet's own: a container that ends is started again after 10 s, then twice as long, five minutes at most. Here the
// first wait is short, since a lab is not to be waited for.
const (
	firstBackOff   = time.Second
	longestBackOff = 30 * time.Second
)

// Container is one container of a pod.
type Container struct {
	pod    *Pod
	spec   core.Container
	inside Inside
	path   string
	log    string

	mutex    sync.Mutex
	launcher *exec.Cmd
	ready    bool
	running  *meta.Time
	ended    *core.ContainerStateTerminated
	restarts int32
}

func self() string {
	path, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	return path
}

// command is a command line in all namespaces of the node.
func (n *Node) command(argv ...string) *exec.Cmd {
	namespaces := []string{"--target=" + n.initPid(), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--"}
	return exec.Command("nsenter", append(namespaces, argv...)...)
}

// keep runs the container's program, again and again, until the context ends.
func (c *Container) keep(ctx context.Context) {
	for wait := firstBackOff; ctx.Err() == nil; wait = min(wait*2, longestBackOff) {
		c.runOnce(ctx)
		if ctx.Err() != nil || c.pod.object.Spec.RestartPolicy == core.RestartPolicyNever {
			break
		}
		c.pod.publish()
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		c.mutex.Lock()
		c.restarts++
		c.mutex.Unlock()
	}
	<-ctx.Done()
}

func (c *Container) runOnce(ctx context.Context) {
	argv := []string{}
	if !c.pod.object.Spec.HostNetwork {
		argv = append(argv, "nsenter", "--net=/run/netns/"+c.pod.netnsName())
	}
	argv = append(argv, "unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child=KILL", self(), "container", c.path)
	command := c.pod.node.command(argv...)
	output, err := os.OpenFile(c.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		log.Print(err)
		return
	}
	defer output.Close()
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		fmt.Fprintln(output, err)
		return
	}
	now := meta.Now()
	c.mutex.Lock()
	c.launcher, c.running, c.ready = command, &now, c.spec.ReadinessProbe == nil
	c.mutex.Unlock()
	c.pod.publish()
	own, stop := context.WithCancel(ctx)
	go c.watchReadiness(own)
	go c.endWith(own, ctx)
	err = command.Wait()
	stop()
	code := int32(0)
	if err != nil {
		code = int32(command.ProcessState.ExitCode())
	}
	c.mutex.Lock()
	c.launcher, c.running, c.ready = nil, nil, false
	c.ended = &core.ContainerStateTerminated{
		ExitCode: code, Reason: map[bool]string{true: "Completed", false: "Error"}[code == 0],
		StartedAt: now, FinishedAt: meta.Now(),
	}
	c.mutex.Unlock()
}

// endWith ends the program when its pod is to go: asked first, and made to after the pod's grace.
func (c *Container) endWith(own, ctx context.Context) {
	<-own.Done()
	if ctx.Err() == nil {
		return
	}
	grace := 30 * time.Second
	if seconds := c.pod.object.Spec.TerminationGracePeriodSeconds; seconds != nil {
		grace = time.Duration(*seconds) * time.Second
	}
	if pid := c.process(); pid != 0 && syscall.Kill(pid, syscall.SIGTERM) == nil {
		for deadline := time.Now().Add(grace); time.Now().Before(deadline) && syscall.Kill(pid, 0) == nil; {
			time.Sleep(20 * time.Millisecond)
		}
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.launcher != nil {
		_ = syscall.Kill(-c.launcher.Process.Pid, syscall.SIGKILL)
	}
}

// process is the pid, as the machine sees it, of the container's own program: the youngest of the launcher's line of
// only children that has become it.
func (c *Container) process() int {
	c.mutex.Lock()
	launcher := c.launcher
	c.mutex.Unlock()
	if launcher == nil {
		return 0
	}
	pid := launcher.Process.Pid
	for depth := 0; depth < 4; depth++ {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		children := strings.Fields(string(text))
		if len(children) == 0 {
			return 0
		}
		if _, err := fmt.Sscan(children[0], &pid); err != nil {
			return 0
		}
		if isFirst(pid) {
			return pid
		}
	}
	return 0
}

// isFirst: the first process of a pid namespace that is not a node's.
func isFirst(pid int) bool {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return false
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) > 3 && fields[0] == "NSpid:" {
			return fields[len(fields)-1] == "1"
		}
	}
	return false
}

func (c *Container) status() core.ContainerStatus {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	started := c.running != nil
	status := core.ContainerStatus{
		Name: c.spec.Name, Image: c.spec.Image, ImageID: c.spec.Image,
		ContainerID: "plain://" + string(c.pod.object.UID) + "-" + c.spec.Name,
		Ready:       c.ready, Started: &started, RestartCount: c.restarts,
	}
	switch {
	case c.running != nil:
		status.State.Running = &core.ContainerStateRunning{StartedAt: *c.running}
	case c.ended != nil:
		status.State.Waiting = &core.ContainerStateWaiting{Reason: "CrashLoopBackOff"}
	default:
		status.State.Waiting = &core.ContainerStateWaiting{Reason: "ContainerCreating"}
	}
	if c.ended != nil {
		status.LastTerminationState.Terminated = c.ended
	}
	return status
}
