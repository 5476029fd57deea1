import { reading } from '../reading.ts';
import type { ClusterClient } from '../connect.ts';

/** The parts of Gateway API objects that a run needs; all may be absent. */
interface Metadata {
  namespace?: string;
  name?: string;
}

export interface Listener {
  name?: string;
  port?: number;
  protocol?: string;
  hostname?: string;
}

export interface Gateway {
  metadata?: Metadata;
  spec?: { listeners?: Listener[] };
  status?: { addresses?: { value?: string }[] };
}

export interface RouteMatch {
  path?: { type?: string; value?: string };
  method?: string;
  headers?: unknown[];
  queryParams?: unknown[];
}

export interface ParentRef {
  kind?: string;
  namespace?: string;
  name?: string;
  sectionName?: string;
  port?: number;
}

export interface HttpRoute {
  metadata?: Metadata;
  spec?: {
    parentRefs?: ParentRef[];
    hostnames?: string[];
    rules?: {
      matches?: RouteMatch[];
      backendRefs?: { kind?: string; namespace?: string; name?: string; port?: number; weight?: number }[];
    }[];
  };
}

export interface GatewayObjects {
  gateways: Gateway[];
  routes: HttpRoute[];
}

const GROUP = { group: 'gateway.networking.k8s.io', version: 'v1' };
export const NO_GATEWAYS: GatewayObjects = { gateways: [], routes: [] };

/**
 * Reads HTTPRoutes, and where there are any the Gateways. Never throws: a cluster without the Gateway API, or one that
 * does not let us read it, has none.
 */
export async function readGateways(client: ClusterClient): Promise<GatewayObjects> {
  const list = async <T>(plural: string): Promise<T[]> => {
    const read = client.customObjects.listClusterCustomObject({ ...GROUP, plural }) as Promise<{ items?: T[] }>;
    return (await reading(client, read)).value?.items ?? [];
  };
  const routes = await list<HttpRoute>('httproutes');
  return routes.length === 0 ? NO_GATEWAYS : { routes, gateways: await list<Gateway>('gateways') };
}
