package main

import (
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fill writes what is known of a pod into its status, as kubelet does.
func (p *Pod) fill(status *core.PodStatus) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	status.StartTime = &p.started
	status.HostIP = p.node.Addresses[0]
	status.HostIPs = nil
	for _, address := range p.node.Addresses {
		status.HostIPs = append(status.HostIPs, core.HostIP{IP: address})
	}
	status.PodIP, status.PodIPs = "", nil
	for _, address := range p.addresses {
		status.PodIPs = append(status.PodIPs, core.PodIP{IP: address})
	}
	if len(p.addresses) > 0 {
		status.PodIP = p.addresses[0]
	}
	status.Phase = core.PodPending
	status.ContainerStatuses = nil
	ready := len(p.containers) > 0
	for _, container := range p.containers {
		each := container.status()
		if each.State.Running != nil {
			status.Phase = core.PodRunning
		}
		ready = ready && each.Ready
		status.ContainerStatuses = append(status.ContainerStatuses, each)
	}
	if len(p.containers) == 0 {
		for _, each := range p.object.Spec.Containers {
			waiting := &core.ContainerStateWaiting{Reason: "ContainerCreating", Message: p.failure}
			status.ContainerStatuses = append(status.ContainerStatuses, core.ContainerStatus{
				Name: each.Name, Image: each.Image, State: core.ContainerState{Waiting: waiting},
			})
		}
	}
	set(status, core.PodReadyToStartContainers, len(p.addresses) > 0)
	set(status, core.PodInitialized, true)
	set(status, core.ContainersReady, ready)
	set(status, core.PodReady, ready)
	set(status, core.PodScheduled, true)
}

func set(status *core.PodStatus, kind core.PodConditionType, holds bool) {
	value := core.ConditionFalse
	if holds {
		value = core.ConditionTrue
	}
	for index := range status.Conditions {
		condition := &status.Conditions[index]
		if condition.Type != kind {
			continue
		}
		if condition.Status != value {
			condition.Status, condition.LastTransitionTime = value, meta.Now()
		}
		return
	}
	added := core.PodCondition{Type: kind, Status: value, LastTransitionTime: meta.Now()}
	status.Conditions = append(status.Conditions, added)
}
