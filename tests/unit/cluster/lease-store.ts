import { status, VERSION, type Answer, type Answers } from './fake-api.ts';

/** A Lease as it comes in JSON, as far as it is looked at. */
interface Lease {
  metadata?: { name?: string; uid?: string; resourceVersion?: string };
  spec?: { holderIdentity?: string; leaseDurationSeconds?: number; acquireTime?: string; renewTime?: string };
}

interface DeleteOptions {
  preconditions?: { uid?: string; resourceVersion?: string };
}

/**
 * One Lease, as an API server keeps it: versions rise with each write, and a write or removal under an old one is
 * refused.
 */
export class LeaseStore {
  lease: Lease | undefined;
  #version = 0;
  #uid = 0;

  readonly answers: Answers = ({ method, path, body }) => {
    if (path === '/version') return VERSION;
    if (!path.startsWith('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases'))
      return status(404, 'NotFound', `nothing at ${path}`);
    if (method === 'GET')
      return this.lease
        ? { status: 200, body: this.lease }
        : status(404, 'NotFound', 'leases "netwright-run" not found');
    if (method === 'DELETE') return this.#delete(JSON.parse(body || '{}') as DeleteOptions);
    return this.#write(method, JSON.parse(body) as Lease);
  };

  /** A write of somebody else's. */
  put(holderIdentity: string, renewTime = new Date(), leaseDurationSeconds = 30): void {
    this.#store({
      metadata: { name: 'netwright-run' },
      spec: {
        holderIdentity,
        leaseDurationSeconds,
        acquireTime: renewTime.toISOString(),
        renewTime: renewTime.toISOString(),
      },
    });
  }

  #store(lease: Lease): Answer {
    this.#version += 1;
    const uid = this.lease?.metadata?.uid ?? `uid-${(this.#uid += 1)}`;
    this.lease = { ...lease, metadata: { ...lease.metadata, uid, resourceVersion: String(this.#version) } };
    return { status: 200, body: this.lease };
  }

  #write(method: string, lease: Lease): Answer {
    if (method === 'POST')
      return this.lease ? status(409, 'AlreadyExists', 'leases "netwright-run" already exists') : this.#store(lease);
    if (!this.lease) return status(404, 'NotFound', 'leases "netwright-run" not found');
    return lease.metadata?.resourceVersion === this.lease.metadata?.resourceVersion
      ? this.#store(lease)
      : status(409, 'Conflict', 'the object has been modified');
  }

  #delete({ preconditions: { uid, resourceVersion } = {} }: DeleteOptions): Answer {
    const own = this.lease?.metadata;
    if (!own) return status(404, 'NotFound', 'leases "netwright-run" not found');
    if ((uid ?? own.uid) !== own.uid || (resourceVersion ?? own.resourceVersion) !== own.resourceVersion)
      return status(409, 'Conflict', 'the precondition failed');
    this.lease = undefined;
    return { status: 200, body: { kind: 'Status', status: 'Success' } };
  }
}
