import { describe } from 'vitest';
import { observeTogether } from '../helpers/suite/service-paths.ts';
import { observeOnce, symptom } from '../helpers/suite/symptom.ts';

// In the incident every ClusterIP timed out from pods whose endpoint of the moment was on another node.
describe('cluster-ip', () => {
  const seen = observeOnce(observeTogether('cluster-ip'));
  const noServices = { whenNothing: () => 'no Service with a ClusterIP is among the targets' };
  const noEndpoints = { whenNothing: () => 'no Service of the targets has a ready endpoint' };

  symptom(
    'every Service answers by its ClusterIP from the pod network of every node',
    seen,
    ({ role, source }) => role === 'service' && source.network === 'pod',
    noServices,
  );
  symptom(
    'every Service answers by its ClusterIP from the host network of every node',
    seen,
    ({ role, source }) => role === 'service' && source.network === 'host',
    noServices,
  );
  symptom(
    'every endpoint on the asking node answers by its own address',
    seen,
    ({ role, source, destination }) => role === 'endpoint' && source.node === destination.node,
    noEndpoints,
  );
  symptom(
    'every endpoint on another node answers by its own address',
    seen,
    ({ role, source, destination }) => role === 'endpoint' && source.node !== destination.node,
    noEndpoints,
  );
});
