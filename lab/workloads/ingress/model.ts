/** The parts of the Kubernetes objects that the controller reads. */

export interface Ingress {
  metadata: { namespace: string; name: string };
  spec: {
    ingressClassName?: string;
    tls?: { hosts?: string[]; secretName?: string }[];
    rules?: {
      host?: string;
      http?: {
        paths: { path?: string; backend: { service?: { name: string; port: { number?: number; name?: string } } } }[];
      };
    }[];
  };
}

export interface Service {
  metadata: { namespace: string; name: string };
  spec: { ports?: { name?: string; port: number }[] };
}

export interface EndpointSlice {
  metadata: { namespace: string; name: string; labels?: Record<string, string> };
  endpoints?: { addresses: string[]; conditions?: { ready?: boolean } }[] | null;
  ports?: { name?: string; port?: number }[] | null;
}

export interface TlsSecret {
  metadata: { namespace: string; name: string };
  type?: string;
  data?: Record<string, string>;
}

export interface IngressClass {
  metadata: { name: string };
  spec?: { controller?: string };
}

export interface World {
  ingresses: Ingress[];
  services: Service[];
  endpointSlices: EndpointSlice[];
  secrets: TlsSecret[];
  ingressClasses: IngressClass[];
  /** Whether the node has addresses of IPv6 beside those of its own loopback and links. */
  hasIpv6?: boolean;
}

export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
