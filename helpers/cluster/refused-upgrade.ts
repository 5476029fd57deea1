import type { KubeConfig } from '@kubernetes/client-node';
import { NetwrightError } from '../errors.ts';
import type { UpgradeRefused } from './exec-socket.ts';

/** Words by which the API server says that it is the way to a kubelet that fails. */
const BEHIND_THE_SERVER = /\bdial|:10250|backend|Session for client/;
/** Statuses of a proxy that has no answer from whom it asks, or does not know how. */
const OF_A_GATEWAY = [405, 426, 501, 502, 503, 504];

/** Whether it is a Status object, as the API server writes its own refusals. */
const isStatus = (text: string): boolean => /"kind"\s*:\s*"Status"/.test(text);

/**
 * Whether something between here and the API server kept a request from becoming a WebSocket: a proxy drops the header
 * that asks for it, and the API server then says that it is required; or it answers itself.
 */
function isOfTheWay({ status, message }: UpgradeRefused): boolean {
  if (BEHIND_THE_SERVER.test(message)) return false;
  if (status === 400) return /upgrade/i.test(message) || !isStatus(message);
  // A page, as firewalls of applications write them.
  if (status === 403) return /<\w+/.test(message);
  return OF_A_GATEWAY.includes(status) && !isStatus(message);
}

/** What a page or a Status says, in one line. */
const wordsOf = (text: string): string => {
  const said = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text.replaceAll(/<[^>]*>/g, ' ');
  return said.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
};

/** The error of access that it is where the way refuses to become a WebSocket; undefined for any other refusal. */
export function refusedOnTheWay(kubeConfig: KubeConfig, refused: UpgradeRefused): NetwrightError | undefined {
  if (!isOfTheWay(refused)) return undefined;
  const { server = '', proxyUrl } = kubeConfig.getCurrentCluster() ?? {};
  const by = refused.by === undefined ? '' : ` (${refused.by})`;
  const way = proxyUrl ? `${server}${by} by the proxy ${new URL(proxyUrl).host}` : `${server}${by}`;
  const words = wordsOf(refused.message);
  return new NetwrightError(
    `exec is refused on the way to the API server: ${way} answers ${refused.status} to the request for a WebSocket` +
      (words === '' ? '' : `: ${words}`),
    {
      code: 'exec-upgrade-refused',
      hint:
        'have the proxy pass Upgrade and Connection headers on (nginx: proxy_http_version 1.1, proxy_set_header ' +
        'Upgrade $http_upgrade), or use a kubeconfig that leads to the API server directly; kubectl exec fails as well',
      cause: refused,
    },
  );
}
