import { observeOutsideNames } from '../helpers/observe/outside-names.ts';
import { observeEgress } from '../helpers/observe/egress.ts';
import { planNames } from '../helpers/observe/plans/names.ts';
import { DNS_SERVICE, EXTERNAL_NAME } from '../helpers/suite/requirements.ts';
import { defineSuite } from '../helpers/suite/suite.ts';

// In the incident nslookup of a Service timed out though CoreDNS ran: the replicas were on other nodes.
export default defineSuite({
  name: 'coredns',
  incident: '`nslookup` of a Service timed out though CoreDNS ran',
  probes:
    'short and qualified names, SRV, each replica by itself, a name outside (as applications ask for it, and A with ' +
    "AAAA), search domains, the nodes' own resolvers; over UDP and TCP",
  observesWithOthers: true,
  observe: async (run) => {
    const [names, outside, egress] = await Promise.all([
      run.observe((context) => planNames(context, run.hosts.clusterDomain)),
      observeOutsideNames(run.observe, run.hosts),
      observeEgress(run.context, run.hosts.resolvers, run.options),
    ]);
    return [...names, ...outside, ...egress];
  },
  symptoms: [
    {
      title: "a short Service name resolves by the pod's own resolver on every node",
      select: ({ role }) => role === 'resolver-short-name',
    },
    {
      title: 'a qualified Service name resolves by the DNS Service from every node',
      select: ({ role }) => role === 'service-name',
      requires: [DNS_SERVICE],
    },
    {
      title: 'an SRV record resolves by the DNS Service from every node',
      select: ({ role }) => role === 'service-srv',
      requires: [DNS_SERVICE],
    },
    {
      title: 'names resolve by each CoreDNS replica from every node',
      select: ({ role }) => role === 'replica-name' || role === 'replica-srv',
      requires: [DNS_SERVICE],
    },
    {
      title: 'a name outside the cluster resolves from every node',
      select: ({ role }) => role === 'service-external-name' || role === 'replica-external-name',
      requires: [EXTERNAL_NAME],
    },
    {
      title: "a name outside the cluster resolves by the pod's own resolver, whatever its search list",
      select: ({ role }) => role === 'resolver-external-name' || role === 'search-domain',
      requires: [EXTERNAL_NAME],
    },
    {
      title: 'AAAA of a name outside the cluster is answered where A is',
      select: ({ role }) => role === 'service-external-aaaa',
      requires: [DNS_SERVICE, EXTERNAL_NAME],
    },
    {
      title: 'the resolver that a node is given answers the node and its pods',
      select: ({ role }) => role === 'upstream-external-name',
      requires: [EXTERNAL_NAME],
    },
  ],
});
