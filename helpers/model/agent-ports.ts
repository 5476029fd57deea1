/** Defaults of the ports on which the agent's own servers listen: pod network, and host network (configurable). */
export const AGENT_PORTS = { podTcp: 8377, podUdp: 8377, hostTcp: 18377, hostUdp: 18377 } as const;
