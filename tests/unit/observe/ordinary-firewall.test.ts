import { describe, expect, it } from 'vitest';
import { execute } from '../../../helpers/observe/execute.ts';
import { planControls } from '../../../helpers/observe/overlay/bursts/controls.ts';
import { planKubelets } from '../../../helpers/observe/overlay/bursts/kubelets.ts';
import { pairsOf } from '../../../helpers/observe/plans/pairs.ts';
import { planPodMesh } from '../../../helpers/observe/plans/pod-mesh.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import { fleetThatAnswers } from './support/fleet.ts';
import { runContext } from './support/run-context.ts';

const context = runContext({ nodes: 3 });
const mtus = { podBytes: 1450, hostBytes: 1500 };
const plans = {
  'pod-to-pod': planPodMesh(context, mtus),
  overlay: [...planControls(context, pairsOf(context), new Map()), ...planKubelets(context)],
};
/** A world in which a node's address answers at the kubelet's port alone, and pods answer at all of theirs. */
const listedOnly = fleetThatAnswers((spec) => ({
  succeeded: 'host' in spec && spec.host.startsWith('192.0.2.') && spec.port !== 10_250 ? 0 : 1,
}));

describe('behind a firewall that lets in the ports of the cluster alone', () => {
  it.each(Object.entries(plans))('nothing that %s asks fails, and the rest is still seen', async (_, plan) => {
    const options = { fleet: listedOnly, recorder: new Recorder(undefined, 't'), concurrency: 8 };
    const observed = await execute(plan, options);
    const verdicts = new Set(observed.map(({ verdict }) => verdict));
    expect(verdicts).toEqual(new Set(['pass', 'evidence']));
  });
});
