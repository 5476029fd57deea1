import type { Config } from '../config/config.ts';
import type { RunReport } from '../report/run-report.ts';
import { newProblems } from './verdict.ts';

/** A run does not wait long for whom it tells. */
const TIMEOUT_MS = 5_000;
/** What is told of a change by its place; the report has the rest. */
const MOST = 20;

type Changes = NonNullable<RunReport['changes']>;
type Change = Changes['problems'][number];

const brief = ({ code, place, title, confidence }: Change) => ({ code, place, title, confidence });

/** What is told of a run; undefined where nothing changed since the last one, or it is the first and healthy. */
export function noticeOf(report: RunReport) {
  const { changes, cluster, runId, verdict, profile } = report;
  const fresh = new Set(newProblems(report));
  const all = changes?.problems ?? [];
  const isNew = all.filter(({ state, code }) => state === 'new' && fresh.has(code));
  const mended = all.filter(({ state }) => state === 'mended');
  const before = changes?.previous?.verdict;
  const hasTurned = before === undefined ? verdict !== 'healthy' : before !== verdict;
  if (isNew.length === 0 && mended.length === 0 && !hasTurned) return undefined;
  return {
    cluster: cluster.name,
    runId,
    profile,
    verdict,
    ...(before !== undefined && { previousVerdict: before }),
    new: isNew.slice(0, MOST).map(brief),
    mended: mended.slice(0, MOST).map(brief),
  };
}

type Notice = NonNullable<ReturnType<typeof noticeOf>>;

/** What Slack takes for markup. */
const plain = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function slackText({ cluster, verdict, previousVerdict, new: fresh, mended }: Notice): string {
  const line = (label: string) => (each: Notice['new'][number]) => `• ${label}: ${each.title} (${each.code})`;
  const distinct = (told: string[]) => [...new Set(told)];
  const turn = previousVerdict === undefined || previousVerdict === verdict ? '' : `, was ${previousVerdict}`;
  return plain(
    [
      `Network of ${cluster}: ${verdict}${turn}`,
      ...distinct(fresh.map(line('new'))),
      ...distinct(mended.map(line('mended'))),
    ].join('\n'),
  );
}

/** Resolves to why it was not taken; the URL is a secret and is in no message. */
async function send(what: string, url: string, init: RequestInit): Promise<string | undefined> {
  try {
    const { ok, status } = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    return ok ? undefined : `${what} was answered with status ${status}`;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? `: ${cause.code}` : '';
    const late = error instanceof Error && error.name === 'TimeoutError';
    return `${what} could not be told${late ? ` within ${TIMEOUT_MS / 1000} s` : code}`;
  }
}

/** Tells the webhook of a run in which something changed. Resolves to why it was not taken. Never rejects. */
export async function notify(config: Pick<Config, 'webhook'>, report: RunReport): Promise<string | undefined> {
  const notice = config.webhook && noticeOf(report);
  if (!config.webhook || !notice) return undefined;
  const { url, format } = config.webhook;
  const body = JSON.stringify(format === 'slack' ? { text: slackText(notice) } : notice);
  return send('the webhook (NETWRIGHT_WEBHOOK)', url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
}

/**
 * Gives a run's metrics to a Pushgateway, in place of what it has of this cluster. Resolves to why it was not taken.
 * Never rejects.
 */
export async function push(url: string | undefined, cluster: string, metrics: string): Promise<string | undefined> {
  if (url === undefined) return undefined;
  const target = new URL(url);
  // In base64 any name may stand in a path, also one with a slash.
  const group = `metrics/job/netwright/cluster@base64/${Buffer.from(cluster).toString('base64url')}`;
  target.pathname = `${target.pathname.replace(/\/$/, '')}/${group}`;
  return send('the Pushgateway (NETWRIGHT_PUSHGATEWAY)', target.href, {
    method: 'PUT',
    headers: { 'content-type': 'text/plain; version=0.0.4' },
    body: metrics,
  });
}

/** Tells the dead man's switch where a run stands. Resolves to why it was not taken. Never rejects. */
export async function ping(url: string | undefined, at: 'start' | 'success' | 'fail'): Promise<string | undefined> {
  if (url === undefined) return undefined;
  const target = new URL(url);
  if (at !== 'success') target.pathname = `${target.pathname.replace(/\/$/, '')}/${at}`;
  return send("the dead man's switch (NETWRIGHT_PING)", target.href, { method: 'POST' });
}
