import { probesOf, type Ended } from './bench.ts';

/** Everything there is, as a user has it who sets nothing but this. */
export const DISCOVERED = {
  NETWRIGHT_NAMESPACE: '*',
  NETWRIGHT_SERVICES: '',
  NETWRIGHT_HOSTS: '',
  NETWRIGHT_HEALTH_PATH: '',
  NETWRIGHT_IDENTITY: '',
};

/** What a run said of a cluster that should be sound, with each probe and symptom that did not pass, in words. */
export function judged(ended: Ended) {
  const { code, report } = ended;
  const notPassed = [...probesOf(ended, 'fail'), ...probesOf(ended, 'inconclusive')].map(
    ({ suite, role, destination, verdict, reason }) => `${suite} ${role} ${destination.name}: ${verdict}: ${reason}`,
  );
  const symptoms = (report?.symptoms ?? []).filter(({ verdict }) => verdict === 'fail' || verdict === 'inconclusive');
  const holes = (report?.holes ?? []).filter(({ isByChoice }) => !isByChoice);
  const notSeen = [...symptoms.map(({ title, text }) => `${title}: ${text}`), ...holes.map(({ why }) => why)];
  const findings = report?.findings.map((finding) => finding.code);
  return { code, verdict: report?.verdict, findings, notPassed: [...new Set([...notPassed, ...notSeen])] };
}

/** What it says of one that is. */
export const HEALTHY = { code: 0, verdict: 'healthy', findings: [], notPassed: [] };
