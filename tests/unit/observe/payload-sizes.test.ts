import { expect, test } from 'vitest';
import type { RunContext } from '../../../helpers/model/run-context.ts';
import { planPodMesh } from '../../../helpers/observe/plans/pod-mesh.ts';
import { MAX_ECHO_BYTES } from '../../../helpers/probe/agent/http-responder.ts';

// What the plan reads of a run; the rest of it is of no account to it.
const context = {
  settings: { timeoutMs: 1_000, udpAttempts: 1, fullMeshNodes: 16 },
  topology: { nodes: [{ name: 'a' }, { name: 'b' }], services: [] },
  targets: { services: [] },
  agent: { ports: { podTcp: 1, podUdp: 1, hostTcp: 2, hostUdp: 2 } },
  pods: ['a', 'b'].map((node) => ({ node, network: 'pod', namespace: 'n', pod: `p-${node}`, ip: '10.42.0.2' })),
} as unknown as RunContext;

test('no payload that is planned is larger than an agent sends back', () => {
  const sizes = planPodMesh(context, { podBytes: 8_950, hostBytes: 9_000 }).flatMap((probe) =>
    probe.kind === 'payload' ? probe.specs.map(({ payloadBytes }) => payloadBytes) : [],
  );
  expect(sizes.length).toBeGreaterThan(0);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_ECHO_BYTES);
});
