import { describe } from 'vitest';
import { observeTogether } from '../helpers/suite/service-paths.ts';
import { observeOnce, symptom } from '../helpers/suite/symptom.ts';

// In the incident `curl localhost:30080` over SSH on a worker timed out.
describe('node-port', () => {
  const seen = observeOnce(observeTogether('node-port'));
  const noNodePort = { whenNothing: () => 'no Service of the targets has a NodePort' };

  symptom(
    'every NodePort answers on every node when asked from outside',
    seen,
    ({ role }) => role === 'from-runner',
    noNodePort,
  );
  symptom(
    'every NodePort answers on every node when asked from the other nodes',
    seen,
    ({ role }) => role === 'from-node',
    noNodePort,
  );
  symptom('every NodePort answers at localhost on the node itself', seen, ({ role }) => role === 'on-node-ssh', {
    whenNothing: ({ context }) =>
      context.targets.ssh
        ? 'no Service of the targets has a NodePort'
        : 'SSH to the nodes is not configured (NETWRIGHT_SSH_USER)',
  });
});
