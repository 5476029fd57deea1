/** An object of Kubernetes as faults read and change it. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  spec?: Record<string, unknown>;
  status?: unknown;
  data?: Record<string, string>;
}

/** The parts of a pod that faults look at. */
export interface PodObject {
  metadata: { name: string; namespace: string };
  spec: { nodeName?: string; hostNetwork?: boolean; containers?: { ports?: { containerPort: number }[] }[] };
  status: { podIP?: string; phase?: string };
}

/** The object without what the API server owns, so that it can be put back over any later version of itself. */
export function forReplacement(object: KubeObject): KubeObject {
  const { status: _, ...rest } = structuredClone(object);
  for (const owned of ['resourceVersion', 'uid', 'creationTimestamp', 'generation', 'managedFields'])
    delete rest.metadata[owned];
  return rest;
}
