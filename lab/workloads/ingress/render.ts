import { SERVICE_NAME_LABEL, type Ingress, type World } from './model.ts';

/** The name by which IngressClass objects say that they are ours: ingress-nginx's own, whose behaviour this follows. */
export const CONTROLLER = 'k8s.io/ingress-nginx';

/**
 * How long an endpoint may take to accept a connection before the gateway answers 504. ingress-nginx waits 5 s; a lab
 * is in a hurry.
 */
const CONNECT_TIMEOUT_SECONDS = 2;

export interface RenderOptions {
  /** Send http on to https where the host has a certificate, as ingress-nginx does by itself. */
  redirects?: boolean;
  /** Expect a PROXY protocol header before every request. */
  proxyProtocol?: boolean;
}

export interface Rendered {
  conf: string;
  /** Files that the configuration names, by path relative to the certificates' folder. */
  certificates: Record<string, string>;
}

interface Location {
  path: string;
  upstream: string;
  endpoints: string[];
}

function endpointsOf(
  world: World,
  namespace: string,
  service: string,
  port: { number?: number; name?: string },
): string[] {
  const servicePort = world.services
    .find(({ metadata }) => metadata.namespace === namespace && metadata.name === service)
    ?.spec.ports?.find(
      (candidate) => candidate.port === port.number || (port.name !== undefined && candidate.name === port.name),
    );
  if (!servicePort) return [];
  return world.endpointSlices
    .filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.[SERVICE_NAME_LABEL] === service)
    .flatMap((slice) => {
      const target = slice.ports?.find(({ name }) => (name ?? '') === (servicePort.name ?? ''))?.port;
      const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
      return target === undefined
        ? []
        : ready.flatMap(({ addresses }) =>
            addresses.map((address) => `${address.includes(':') ? `[${address}]` : address}:${target}`),
          );
    })
    .toSorted();
}

function locationsOf(world: World, host: string | undefined, ingresses: Ingress[]): Location[] {
  return ingresses.flatMap(({ metadata: { namespace }, spec }) =>
    (spec.rules ?? [])
      .filter((rule) => rule.host === host)
      .flatMap((rule) => rule.http?.paths ?? [])
      .flatMap(({ path, backend: { service } }) =>
        service
          ? [
              {
                path: path ?? '/',
                upstream: `${namespace}-${service.name}-${service.port.number ?? service.port.name}`,
                endpoints: endpointsOf(world, namespace, service.name, service.port),
              },
            ]
          : [],
      ),
  );
}

function certificateOf(world: World, host: string, ingresses: Ingress[]): { name: string; pem: string } | undefined {
  for (const { metadata, spec } of ingresses) {
    const secretName = spec.tls?.find(({ hosts }) => hosts?.includes(host))?.secretName;
    const secret = world.secrets.find(
      (candidate) => candidate.metadata.namespace === metadata.namespace && candidate.metadata.name === secretName,
    );
    const { 'tls.crt': certificate, 'tls.key': key } = secret?.data ?? {};
    if (certificate && key)
      return {
        name: `${metadata.namespace}-${secretName}.pem`,
        pem: `${Buffer.from(certificate, 'base64').toString()}\n${Buffer.from(key, 'base64').toString()}`,
      };
  }
  return undefined;
}

const location = ({ path, upstream, endpoints }: Location): string =>
  endpoints.length === 0
    ? `    location ${path} { return 503; }`
    : `    location ${path} { proxy_pass http://${upstream}; }`;

/** Both families where the node has both: without IPv6 in the kernel nginx would not start with it. */
function listens({ hasIpv6 }: World, { proxyProtocol }: RenderOptions, more = ''): string {
  const words = `${more}${proxyProtocol ? ' proxy_protocol' : ''}`;
  const both = (port: string) => [`listen ${port}${words};`, ...(hasIpv6 ? [`listen [::]:${port}${words};`] : [])];
  return [...both('80'), ...both('443 ssl')].join(' ');
}

const REDIRECT = '    if ($scheme = http) { return 308 https://$host$request_uri; }\n';

function server(
  host: string,
  locations: Location[],
  { certificate, redirects }: { certificate: string; redirects: boolean },
  listening: string,
): string {
  return `  server {
    ${listening}
    server_name ${host};
    ssl_certificate ${certificate}; ssl_certificate_key ${certificate};
${redirects ? REDIRECT : ''}\
${locations.map(location).join('\n')}
  }`;
}

/**
 * The whole nginx configuration for what the cluster holds: a server a host, proxied straight to pod addresses, 503
 * where a Service has no ready endpoint. Hosts that no Ingress of our class has are served by the rules for every host,
 * and with 404 where there is none, with a certificate of no name. Pure.
 */
export function render(
  world: World,
  folder: string,
  fallbackCertificate: string,
  options: RenderOptions = {},
): Rendered {
  const classes = new Set(
    world.ingressClasses.filter(({ spec }) => spec?.controller === CONTROLLER).map(({ metadata }) => metadata.name),
  );
  const ours = world.ingresses.filter(
    ({ spec }) => spec.ingressClassName !== undefined && classes.has(spec.ingressClassName),
  );
  const hosts = [
    ...new Set(ours.flatMap(({ spec }) => (spec.rules ?? []).flatMap(({ host }) => host ?? []))),
  ].toSorted();
  const certificates: Record<string, string> = {};
  const upstreams = new Map<string, string[]>();
  const servers = hosts.map((host) => {
    const locations = locationsOf(world, host, ours);
    for (const { upstream, endpoints } of locations) if (endpoints.length > 0) upstreams.set(upstream, endpoints);
    const certificate = certificateOf(world, host, ours);
    if (certificate) certificates[certificate.name] = certificate.pem;
    const path = certificate ? `${folder}/${certificate.name}` : fallbackCertificate;
    const redirects = options.redirects === true && certificate !== undefined;
    return server(host, locations, { certificate: path, redirects }, listens(world, options));
  });
  const everyHost = locationsOf(world, undefined, ours);
  for (const { upstream, endpoints } of everyHost) if (endpoints.length > 0) upstreams.set(upstream, endpoints);
  const others = everyHost.some(({ path }) => path === '/') ? [] : ['    location / { return 404; }'];
  // max_fails=0 and no next upstream: each endpoint shows itself, dead ones as 504, where ingress-nginx would try
  // others first.
  const upstreamText = [...upstreams].map(
    ([name, endpoints]) =>
      `  upstream ${name} {\n${endpoints.map((endpoint) => `    server ${endpoint} max_fails=0;`).join('\n')}\n  }`,
  );
  return {
    certificates,
    conf: `daemon off;
user root;
worker_processes 1;
pid /tmp/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  server_tokens off;
  client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi; uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
  client_max_body_size 8m;
  server_names_hash_bucket_size 128;
  proxy_http_version 1.1;
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_connect_timeout ${CONNECT_TIMEOUT_SECONDS}s; proxy_read_timeout 10s; proxy_send_timeout 10s;
  proxy_next_upstream off;
${upstreamText.join('\n')}
  server {
    ${listens(world, options, ' default_server')}
    ssl_certificate ${fallbackCertificate}; ssl_certificate_key ${fallbackCertificate};
${[...everyHost.map(location), ...others].join('\n')}
  }
${servers.join('\n')}
}
`,
  };
}
