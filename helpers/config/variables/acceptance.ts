import { ACCEPTED_NETWORKS } from '../../model/facts/acceptance.ts';
import { isObjectName, list } from '../values.ts';
import { oneOf, path, variable } from './variable.ts';

const workloads = () =>
  list('a list of namespace/name, separated by commas', (text) =>
    text.split('/').length === 2 && text.split('/').every(isObjectName) ? text : undefined,
  );

/** What a snapshot is written to, and what an acceptance is held against. */
export const ACCEPTANCE = {
  NETWRIGHT_SNAPSHOT: variable(path(), {
    group: 'Run',
    meaning: 'file that the run writes what the network is to, as netwright snapshot does; nothing is accepted then',
    default: 'not set',
    example: './before.json',
  }),
  NETWRIGHT_ACCEPT_BEFORE: variable(path(), {
    group: 'Run',
    meaning: 'snapshot from before a change, which the profile acceptance holds the network against',
    default: 'not set',
    example: './before.json',
  }),
  NETWRIGHT_ACCEPT_NETWORK: variable(oneOf(ACCEPTED_NETWORKS), {
    group: 'Run',
    meaning: 'network that has to run after a change, for the profile acceptance',
    default: 'not set: the one that runs has to be the same everywhere',
    example: 'calico-ipip',
  }),
  NETWRIGHT_ACCEPT_DEPLOYMENTS: variable(workloads(), {
    group: 'Run',
    meaning: 'workloads that have to be Deployments in the pod network, for the profile acceptance',
    default: 'those that the snapshot from before has so',
    example: 'shop/web,shop/api',
  }),
  NETWRIGHT_EXERCISE_WORKLOADS: variable(workloads(), {
    group: 'Run',
    meaning:
      'Deployments that the profile acceptance scales up, restarts and scales down, with requests through their ' +
      'Services and hosts, of which none may be lost',
    default: 'not set: nothing is scaled or restarted',
    example: 'shop/web',
  }),
};
