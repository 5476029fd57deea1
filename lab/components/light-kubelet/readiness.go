package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// watchReadiness asks as the readiness probe says, from the node, by http, https or TCP. Other kinds of probe, and
// liveness, are not asked: a program that ends is started again.
func (c *Container) watchReadiness(ctx context.Context) {
	probe := c.spec.ReadinessProbe
	if probe == nil {
		return
	}
	period := time.Duration(max(probe.PeriodSeconds, 1)) * time.Second
	// As kubelet: as soon as it can be until the first success, then by the period.
	for wait := 200 * time.Millisecond; ctx.Err() == nil; {
		holds := c.ask(ctx, probe)
		c.mutex.Lock()
		changed := c.ready != holds && c.running != nil
		if changed {
			c.ready = holds
		}
		c.mutex.Unlock()
		if changed && ctx.Err() == nil {
			c.pod.publish()
		}
		if holds {
			wait = period
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

func (c *Container) ask(ctx context.Context, probe *core.Probe) bool {
	limit := time.Duration(max(probe.TimeoutSeconds, 1)) * time.Second
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	dial := func(ctx context.Context, network, address string) (connection net.Conn, err error) {
		err = inNetns(c.pod.node.netns(), func() error {
			connection, err = (&net.Dialer{}).DialContext(ctx, network, address)
			return err
		})
		return connection, err
	}
	address := c.pod.addresses[0]
	switch {
	case probe.TCPSocket != nil:
		connection, err := dial(ctx, "tcp", net.JoinHostPort(address, c.port(probe.TCPSocket.Port)))
		if err == nil {
			connection.Close()
		}
		return err == nil
	case probe.HTTPGet != nil:
		scheme := strings.ToLower(string(probe.HTTPGet.Scheme))
		if scheme == "" {
			scheme = "http"
		}
		anyCertificate := &tls.Config{InsecureSkipVerify: true}
		transport := &http.Transport{DialContext: dial, DisableKeepAlives: true, TLSClientConfig: anyCertificate}
		url := fmt.Sprintf("%s://%s%s", scheme, net.JoinHostPort(address, c.port(probe.HTTPGet.Port)), probe.HTTPGet.Path)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return false
		}
		answer, err := transport.RoundTrip(request)
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode >= 200 && answer.StatusCode < 400
	default:
		return true
	}
}

func (c *Container) port(port intstr.IntOrString) string {
	for _, each := range c.spec.Ports {
		if port.Type == intstr.String && each.Name == port.StrVal {
			return fmt.Sprint(each.ContainerPort)
		}
	}
	return port.String()
}
