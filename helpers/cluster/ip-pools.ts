import { statusOf } from './api-error.ts';
import type { PoolInfo } from '../model/snapshot.ts';
import type { ClusterClient } from './connect.ts';

/** A Calico IPPool. A field that is not set has Calico's own default. */
export interface IpPool {
  metadata?: { name?: string };
  spec?: {
    cidr?: string;
    ipipMode?: string;
    vxlanMode?: string;
    natOutgoing?: boolean;
    disabled?: boolean;
    blockSize?: number;
  };
}

/** Calico's IPPools. Clusters without Calico do not know the resource, and have none. Throws as the client does. */
export async function listPools({ customObjects }: ClusterClient): Promise<IpPool[]> {
  try {
    const list: { items?: IpPool[] } = await customObjects.listClusterCustomObject({
      group: 'crd.projectcalico.org',
      version: 'v1',
      plural: 'ippools',
    });
    return list.items ?? [];
  } catch (error) {
    if (statusOf(error) === 404) return [];
    throw error;
  }
}

/** A pool; a field that is not set has Calico's own default. */
export const poolInfo = ({ metadata, spec }: IpPool): PoolInfo => ({
  name: metadata?.name ?? '',
  cidr: spec?.cidr ?? '',
  ipipMode: spec?.ipipMode ?? 'Never',
  vxlanMode: spec?.vxlanMode ?? 'Never',
  natOutgoing: spec?.natOutgoing === true,
  disabled: spec?.disabled === true,
  ...(spec?.blockSize !== undefined && { blockSize: spec.blockSize }),
});
