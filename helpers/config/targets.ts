import type { TargetHost, Targets, TargetService } from '../model/targets.ts';
import type { Config } from './config.ts';

const qualified = (reference: string, namespace: string): string =>
  reference.includes('/') ? reference : `${namespace}/${reference}`;

/** The targets as far as configuration names them; what is absent is left to discovery from the cluster. */
export function targetsFromConfig(config: Config): Partial<Targets> {
  const { namespace, healthPath, identity, ingressNodes } = config;
  const services = config.services?.map(({ name, port, ...service }): TargetService => ({
    namespace: service.namespace ?? namespace,
    name,
    ...(port !== undefined && { httpPort: port }),
    healthPath,
    identity,
  }));
  const hosts = config.hosts?.map(({ host, path, service }): TargetHost => ({
    host,
    path: path ?? healthPath,
    ...(service !== undefined && { service: qualified(service, namespace) }),
  }));
  const {
    loadBalancer,
    ingressHttpPort,
    ingressHttpsPort,
    ingressNodePortHttp,
    ingressNodePortHttps,
    ingressCaPath,
    ssh,
  } = config;
  return {
    ...(services && { services }),
    ...(hosts && { hosts }),
    ...(loadBalancer !== undefined && { loadBalancer }),
    ...(ingressHttpPort !== undefined && { ingressHttpPort }),
    ...(ingressHttpsPort !== undefined && { ingressHttpsPort }),
    ...(ingressNodePortHttp !== undefined && { ingressNodePortHttp }),
    ...(ingressNodePortHttps !== undefined && { ingressNodePortHttps }),
    ...(ingressNodes && 'names' in ingressNodes && { ingressNodes: ingressNodes.names }),
    ...(ingressCaPath !== undefined && { ingressCaPath }),
    ...(ssh && { ssh }),
  };
}
