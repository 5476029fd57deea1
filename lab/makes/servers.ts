import { beforePort } from './families.ts';
import { choice, type LabSettings } from './settings.ts';

/** 3: three API servers with a member of etcd each, as K3s' embedded etcd has it; one of them may be lost. */
export const servers = choice({ key: 'servers', meaning: 'servers that run a control plane' }, 'servers', [1, 3]);

/** Whether several servers run a control plane. */
export const hasSeveralServers = ({ servers: number }: Pick<LabSettings, 'servers'>): boolean => number > 1;

/** Where every node asks for the API: of several servers by a balancer of its own, as K3s' agents do. */
export const apiEndpointOf = (server: string, settings: Pick<LabSettings, 'servers'>): string =>
  hasSeveralServers(settings) ? '127.0.0.1:6444' : `${beforePort(server)}:6443`;
