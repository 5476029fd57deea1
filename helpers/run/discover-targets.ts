import type { ReadTopology } from '../cluster/topology.ts';
import type { Config } from '../config/config.ts';
import { targetsFromConfig } from '../config/targets.ts';
import { NetwrightError } from '../errors.ts';
import { byClass, discoverIngress } from './discover-ingress.ts';
import type { TargetHost, Targets, TargetService } from '../model/targets.ts';
import { isRouted, nameUnder, plainPath } from '../model/ingress-host.ts';
import type { IngressInfo, ServiceInfo } from '../model/topology.ts';
import { askedPorts } from '../observe/plans/service-ports.ts';

/** Names of ports that speak HTTP, as Istio and most charts write them. */
const HTTP_PORT_NAME = /^(http|web)(-|$)/;

/** The port that speaks HTTP: as the pods' own probes ask it, or else by its name or number. */
const httpPortOf = (service: ServiceInfo): ServiceInfo['ports'][number] | undefined => {
  const ports = askedPorts(service, {});
  return (
    ports.find(({ check }) => check?.by === 'http') ??
    ports.find(({ name, port, check }) => !check && (HTTP_PORT_NAME.test(name ?? '') || port === 80))
  );
};

/**
 * The path to ask a port by: what the pods' own probe asks there, unless a path is named, or what an answer has to hold
 * is.
 */
function pathFor({ healthPath, isHealthPathNamed, identity }: Config, service: ServiceInfo, httpPort?: number): string {
  const check = service.ports.find(({ port, protocol }) => port === httpPort && protocol === 'TCP')?.check;
  return isHealthPathNamed || identity.kind !== 'compare' ? healthPath : (check?.path ?? healthPath);
}

function discoveredService(config: Config, service: ServiceInfo): TargetService {
  const { namespace, name } = service;
  const httpPort = httpPortOf(service)?.port;
  return { namespace, name, httpPort, healthPath: pathFor(config, service, httpPort), identity: config.identity };
}

/** A Service that was named, asked by the path of its pods' own probe where none was. */
function namedService(config: Config, read: ReadTopology, target: TargetService): TargetService {
  const { namespace, name, httpPort } = target;
  const service = read.topology.services.find((each) => each.namespace === namespace && each.name === name);
  return service ? { ...target, healthPath: pathFor(config, service, httpPort) } : target;
}

/** The path to ask of what a rule routes: the usual one where that is under it, else the rule's own. */
function pathUnder({ path, pathType }: IngressInfo['rules'][number], usual: string): string {
  if (pathType === 'Exact') return path;
  return isRouted({ path, pathType }, usual) ? usual : plainPath(path);
}

function discoveredHosts({ topology }: ReadTopology, usual: string): TargetHost[] {
  const hosts = topology.ingresses
    .filter(({ takesShare }) => !takesShare)
    .flatMap(({ namespace, rules }) =>
      rules
        .filter(({ service }) => service !== '')
        .map((rule) => ({
          host: nameUnder(rule.host),
          path: pathUnder(rule, usual),
          service: `${namespace}/${rule.service}`,
        })),
    );
  // Two rules may come down to one question.
  return [...new Map(hosts.map((each) => [`${each.host}${each.path}`, each])).values()];
}

/** A target with the mesh that its Service's pods are in. */
function inMesh(target: TargetService, services: readonly ServiceInfo[]): TargetService {
  const mesh = services.find(({ namespace, name }) => namespace === target.namespace && name === target.name)?.mesh;
  return mesh === undefined ? target : { ...target, mesh };
}

/**
 * What the run looks at: what the configuration names, and for the rest what the cluster shows. Throws a usage error
 * when a Service that is named is not there.
 */
export function discoverTargets(config: Config, read: ReadTopology): Targets {
  const named = targetsFromConfig(config);
  const services =
    named.services?.map((target) => namedService(config, read, target)) ??
    read.topology.services
      .filter(({ clusterIp, type }) => type !== 'ExternalName' && clusterIp)
      .map((service) => discoveredService(config, service));
  const missing = services.filter(
    ({ namespace, name }) =>
      !read.topology.services.some((service) => service.namespace === namespace && service.name === name),
  );
  if (missing.length > 0) {
    const there = read.topology.services.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
    throw new NetwrightError(
      `the cluster has no Service ${missing.map(({ namespace, name }) => `${namespace}/${name}`).join(', ')}`,
      {
        code: 'service-unknown',
        hint: there
          ? `Services there: ${there}; see NETWRIGHT_SERVICES and NETWRIGHT_NAMESPACE`
          : 'no Service is in that namespace; see NETWRIGHT_NAMESPACE',
      },
    );
  }
  const hosts = named.hosts ?? discoveredHosts(read, config.healthPath);
  return {
    ...named,
    ...discoverIngress(config, read),
    services: services.map((target) => inMesh(target, read.topology.services)),
    hosts: byClass(hosts, read.topology.ingresses, read),
  };
}
