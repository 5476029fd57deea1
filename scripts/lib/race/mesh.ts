import { join } from 'node:path';
import { AGNHOST } from '../../../lab/images/agnhost.ts';
import { namespaceOf } from '../../../lab/paths.ts';
import { inNetns } from '../../../lab/run-in.ts';
import { runCapped } from './capped.ts';
import { causeIn, type Contestant } from './contestant.ts';

const SCRIPT = join(import.meta.dirname, 'mesh.sh');

/** What an overlay test script printed: how many tries were good, and which were not. Pure. */
export function readMesh(output: string): { good: number; failed: string[] } {
  const lines = output.split('\n');
  return {
    good: lines.filter((line) => line.startsWith('ok ')).length,
    failed: lines.flatMap((line) => (line.startsWith('FAIL ') ? [line.slice('FAIL '.length)] : [])),
  };
}

/** kubectl exec from each pod to each pod, one after the other. */
export const mesh: Contestant = {
  id: 'mesh',
  title: '`kubectl exec` mesh',
  async compete({ lab, kit, kubeconfig, folder, capMs, signal, state }) {
    const argv = ['sh', SCRIPT, join(kit.binDir, 'kubectl'), AGNHOST];
    const capped = await runCapped(inNetns(namespaceOf(lab, 'runner'), argv), {
      capMs,
      signal,
      logPath: join(folder, `mesh-${state}.log`),
      sign: /^FAIL /m,
      environment: { KUBECONFIG: kubeconfig },
    });
    const { good, failed } = readMesh(capped.output);
    const ended = capped.exitCode === 0 || failed.length > 0;
    return {
      ...capped,
      verdict: !ended ? 'none' : failed.length > 0 ? 'unhealthy' : 'healthy',
      text: ended
        ? `${failed.length} of ${good + failed.length} tries failed${failed[0] ? `, the first "${failed[0]}"` : ''}`
        : capped.output.trim().slice(-200),
      cause: causeIn(failed),
    };
  },
};
