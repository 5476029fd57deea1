import { describe } from 'vitest';
import { observeTogether } from '../helpers/suite/service-paths.ts';
import { observeOnce, symptom } from '../helpers/suite/symptom.ts';

// In the incident nslookup of a Service timed out though CoreDNS ran: the replicas were on other nodes.
describe('coredns', () => {
  const seen = observeOnce(observeTogether('coredns'));
  const noDns = { whenNothing: () => 'no DNS Service (label k8s-app=kube-dns) was found in kube-system' };

  symptom(
    "a short Service name resolves by the pod's own resolver on every node",
    seen,
    ({ role }) => role === 'resolver-short-name',
  );
  symptom(
    'a qualified Service name resolves by the DNS Service from every node',
    seen,
    ({ role }) => role === 'service-name',
    noDns,
  );
  symptom(
    'an SRV record resolves by the DNS Service from every node',
    seen,
    ({ role }) => role === 'service-srv',
    noDns,
  );
  symptom(
    'names resolve by each CoreDNS replica from every node',
    seen,
    ({ role }) => role === 'replica-name' || role === 'replica-srv',
    noDns,
  );
  const noExternal = { whenNothing: () => 'no name outside the cluster is configured (NETWRIGHT_EXTERNAL_NAME)' };
  symptom(
    'a name outside the cluster resolves from every node',
    seen,
    ({ role }) => role === 'service-external-name' || role === 'replica-external-name',
    noExternal,
  );
  symptom(
    'the resolver that a node is given answers the node and its pods',
    seen,
    ({ role }) => role === 'upstream-external-name',
    noExternal,
  );
});
