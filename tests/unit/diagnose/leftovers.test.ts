import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import { leftovers } from '../../../helpers/diagnose/leftovers.ts';
import { viewOf } from '../../../helpers/diagnose/view/view.ts';
import type { Observation, ProbeObservation } from '../../../helpers/model/observation.ts';
import { CLUSTER, failing, podToPod, run } from '../../support/cluster.ts';
import { at, probeOf, type Fields } from '../../support/observations.ts';

const HOSTS = ['api.example', 'shop.example'];
const ingress = (protocol: 'http' | 'https', node: string, host: string, fields: Fields<'http'> = {}) =>
  probeOf('http', {
    suite: 'ingress',
    role: 'worker',
    source: at('runner'),
    destination: at('host', node, { name: host, port: protocol === 'https' ? 443 : 80 }),
    crosses: { host, size: 'mixed' },
    asked: { protocol },
    ...fields,
  });
const everyHost = (protocol: 'http' | 'https', node: string, fields: Fields<'http'> = {}) =>
  HOSTS.map((host) => ingress(protocol, node, host, fields));

/** Groups of what failed where no cause accounts for it, and whether each counts where some cause is named. */
function groups(...observations: (Observation | readonly Observation[])[]) {
  const all = run(...observations);
  const failed = all.filter((each): each is ProbeObservation => each.type === 'probe' && each.verdict === 'fail');
  return leftovers(viewOf(all), failed, true).map(({ title, isOwnProblem }) => ({ title, isOwnProblem }));
}

describe('failures that no cause explains', () => {
  it('are one group by place and kind, with what answers there all the same', () => {
    expect(
      groups(CLUSTER, everyHost('https', 'b', failing('refused')), everyHost('http', 'b'), everyHost('https', 'c')),
    ).toEqual([{ title: 'b:443 refuses https for all 2 hosts (2 probes), http there answers', isOwnProblem: true }]);
  });

  it('are one group where the same places fail alike by several protocols', () => {
    expect(
      groups(CLUSTER, everyHost('https', 'b', failing('refused')), everyHost('http', 'b', failing('refused'))).map(
        ({ title }) => title,
      ),
    ).toEqual(['b:443 and b:80 refuse http and https for all 2 hosts (4 probes)']);
  });

  it('are apart where they fail in different ways', () => {
    expect(
      groups(
        CLUSTER,
        ingress('https', 'b', 'api.example', failing('refused')),
        ingress('https', 'c', 'api.example', failing('timeout')),
      ),
    ).toEqual([
      { title: 'b:443 refuses https for api.example (1 probe)', isOwnProblem: true },
      { title: 'c:443 does not answer https for api.example (1 probe)', isOwnProblem: false },
    ]);
  });

  it('that are silent count by themselves where all of a place is, and not where other probes there answer', () => {
    const three = [...HOSTS, 'www.example'];
    const dead = three.map((host) => ingress('https', 'b', host, failing('timeout')));
    expect(groups(CLUSTER, dead)).toMatchObject([{ isOwnProblem: true }]);
    expect(groups(CLUSTER, dead, ingress('https', 'b', 'other.example'))).toMatchObject([{ isOwnProblem: false }]);
  });

  it('all count where no cause is named, and what is sound is said', () => {
    const observations = run(CLUSTER, podToPod('a', 'b'), ingress('https', 'b', 'api.example', failing('timeout')));
    const { groups: own, sound } = diagnose(observations);
    expect(own).toMatchObject([{ isOwnProblem: true, confirm: expect.stringContaining('ssh b tcpdump') }]);
    expect(sound).toEqual(['pods reach pods of other nodes (1 of 1 probes)']);
  });

  it('come with the command that shows who listens where something refuses', () => {
    const refused = everyHost('https', 'b', failing('refused'));
    const [group] = leftovers(viewOf(run(CLUSTER, refused)), refused, false);
    expect(group?.confirm).toContain("ssh b 'ss -ltnp sport = :443");
  });
});
