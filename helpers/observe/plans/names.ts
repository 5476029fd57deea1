import type { ProbePod, RunContext } from '../../model/run-context.ts';
import type { Place, ProbeName } from '../../model/observation.ts';
import { judgeDns, judgeResolve, type DnsExpectation } from '../judges.ts';
import type { Planned, SpecOf } from '../planned-probe.ts';
import { byService, directly } from './crossing.ts';
import { externalRecord } from './external-record.ts';
import { paced } from './paced.ts';
import { serviceNames } from './service-names.ts';
import type { DnsSpec } from '../../probe/protocol.ts';
import { clusterIpOf } from '../../model/family.ts';

interface Question {
  name: string;
  recordType: DnsSpec['recordType'];
  expected: DnsExpectation;
  role: 'name' | 'srv' | 'external-name';
  about?: string;
}

/**
 * What every node asks: each Service's qualified name where it has to resolve, the API server's SRV record, and the
 * external name when one is configured.
 */
function questions(context: RunContext, domain: string): Question[] {
  const recordType = context.family === 'IPv6' ? 'AAAA' : 'A';
  const names = serviceNames(context.topology, domain).map(({ name, addresses, about }): Question => ({
    name,
    about,
    recordType,
    expected: { addresses },
    role: 'name',
  }));
  const srv: Question = {
    name: `_https._tcp.kubernetes.default.svc.${domain}`,
    recordType: 'SRV',
    expected: {},
    role: 'srv',
  };
  const external = context.externalName;
  return [
    ...names,
    srv,
    ...(external ? [{ name: external, ...externalRecord(context), role: 'external-name' as const }] : []),
  ];
}

/** The cluster's DNS Service, whose pods answer all names. */
const dnsService = ({ topology: { dns } }: RunContext): string | undefined => dns && `${dns.namespace}/${dns.name}`;

const source = ({ network, node, pod, ip }: ProbePod) => ({ network, node, pod, ip });

/** Who is asked: the DNS Service, or a replica. */
interface Server {
  ip: string;
  role: 'service' | 'replica';
  node?: string;
  pod?: string;
  name: string;
}

function ask(
  context: RunContext,
  from: ProbePod,
  question: Question,
  transport: 'udp' | 'tcp',
  server: Server,
): Planned<'dns'> {
  const { timeoutMs } = context.settings;
  const spec: SpecOf['dns'] = {
    kind: 'dns',
    host: server.ip,
    port: 53,
    name: question.name,
    recordType: question.recordType,
    transport,
    timeoutMs,
  };
  const destination: Place = {
    ip: server.ip,
    port: 53,
    node: server.node,
    pod: server.pod,
    name: server.name,
    ...(server.node && { network: 'pod' as const }),
  };
  const external = question.role === 'external-name' ? true : undefined;
  const role: ProbeName = `${server.role}-${question.role}`;
  return {
    suite: 'coredns',
    kind: 'dns',
    role,
    crosses:
      server.role === 'service'
        ? byService(source(from), dnsService(context), 'small', { dns: true, external })
        : directly(source(from), destination, 'small', { replica: server.pod, external }),
    pathClass: server.node === undefined ? undefined : from.network === 'pod' ? 'pod-pod' : 'host-pod',
    source: source(from),
    destination,
    asked: { protocol: transport, name: question.name, recordType: question.recordType },
    service: dnsService(context),
    about: question.about,
    // Asked twice over UDP: one lost datagram is no outage, and no time-out is waited for twice.
    specs: transport === 'udp' ? [spec, spec] : [spec],
    judge: (results) => judgeDns(results, question.expected),
  };
}

/** Short names go through the pod's own resolver, as applications do: search list, ndots and all. */
function shortNames(context: RunContext): Planned<'resolve'>[] {
  const { timeoutMs } = context.settings;
  return context.pods
    .filter(({ network }) => network === 'pod')
    .flatMap((from) =>
      context.topology.services
        .filter((service) => clusterIpOf(service) !== undefined)
        .map(({ namespace, name, clusterIp, clusterIps = [clusterIp] }): Planned<'resolve'> => ({
          suite: 'coredns',
          kind: 'resolve',
          role: 'resolver-short-name',
          source: source(from),
          destination: { name: dnsService(context) ?? 'resolver' },
          crosses: byService(source(from), dnsService(context) ?? 'resolver', 'small', { dns: true }),
          asked: { protocol: 'udp', name: `${name}.${namespace}`, recordType: 'A' },
          service: dnsService(context),
          about: `${namespace}/${name}`,
          specs: [{ kind: 'resolve', host: '', port: 0, name: `${name}.${namespace}`, timeoutMs: timeoutMs * 2 }],
          judge: (results) => judgeResolve(results, { addresses: clusterIps }),
        })),
    );
}

/**
 * Names under the cluster's domain from every node, paced: by the resolver of the pod, by the DNS Service's ClusterIP,
 * and by each CoreDNS replica, over UDP and TCP.
 */
export function planNames(context: RunContext, domain: string): Planned[] {
  const { dns, dnsPods } = context.topology;
  const servers: Server[] = [
    ...(dns && clusterIpOf(dns)
      ? [{ ip: dns.clusterIp, role: 'service' as const, name: `${dns.namespace}/${dns.name}` }]
      : []),
    ...dnsPods
      .filter(({ ip }) => ip)
      .map(({ ip, node, name }) => ({ ip, role: 'replica' as const, node, pod: name, name })),
  ];
  const asked = context.pods.flatMap((from) =>
    servers.flatMap((server) =>
      questions(context, domain).flatMap((question) =>
        (['udp', 'tcp'] as const).map((transport) => ask(context, from, question, transport, server)),
      ),
    ),
  );
  // A pod's own resolver asks for both families at once.
  return paced([...asked, ...(context.isSecondFamily ? [] : shortNames(context))]);
}
