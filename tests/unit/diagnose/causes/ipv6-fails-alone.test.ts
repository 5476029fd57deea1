import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { CLUSTER, diagnosed, podToPod, run } from '../../../support/cluster.ts';
import { at1, crosses, FAILS, ipv6Of, mesh } from '../../../support/both-families.ts';
import { at, probeOf } from '../../../support/observations.ts';

const titles = (...observations: Parameters<typeof diagnosed>) =>
  diagnosed(...observations).map(({ confidence, title }) => `${confidence}: ${title}`);

describe('A fault of IPv6 alone', () => {
  it('is none where both families pass', () => {
    expect(
      titles(
        CLUSTER,
        mesh(() => false),
      ),
    ).toEqual([]);
  });

  it('of one node is a candidate there by its family, and nothing is said of IPv4', () => {
    expect(titles(CLUSTER, mesh(at1('b')))).toEqual(['candidate: IPv6 fails where IPv4 passes: b']);
    expect(diagnose(run(CLUSTER, mesh(at1('b')))).unexplained).toEqual([]);
  });

  it('of all nodes is one, of the cluster', () => {
    expect(
      titles(
        CLUSTER,
        mesh(() => true),
      ),
    ).toEqual(['candidate: IPv6 fails where IPv4 passes: between all nodes']);
  });

  it('of one pair is that of the pair', () => {
    const isPair = (from: string, to: string) => from !== 'c' && to !== 'c';
    expect(titles(CLUSTER, mesh(isPair))).toEqual(['candidate: IPv6 fails where IPv4 passes: a to b']);
  });

  it('is not named where IPv4 fails at the same place: what is left of it is said by its family', () => {
    const { findings, groups } = diagnose(run(CLUSTER, mesh(at1('b'), FAILS)));
    expect(findings.map(({ code }) => code).filter((code) => code.startsWith('ipv6'))).toEqual([]);
    expect(groups.every(({ title, observations }) => title.includes('over IPv6') || observations.length > 0)).toBe(
      true,
    );
  });

  it('is said by its family where it has no name', () => {
    const lone = podToPod('a', 'b', {
      role: 'tcp-large',
      source: at('pod', 'a', { ip: ipv6Of('a') }),
      destination: at('pod', 'b', { ip: ipv6Of('b'), port: 8377 }),
      crosses: { ...crosses('a', 'b'), size: 'large' },
      ...FAILS,
    });
    expect(
      diagnose(
        run(
          CLUSTER,
          mesh(() => false),
          lone,
        ),
      ).groups.map(({ title }) => title),
    ).toEqual(['pods on b do not answer TCP over IPv6 (1 probe)']);
  });

  it('of the Services of one node is a candidate there', () => {
    const service = (ip: string, more: object = {}) =>
      probeOf('tcp', {
        suite: 'cluster-ip',
        role: 'service',
        source: at('pod', 'a'),
        destination: { ip, port: 80, name: 'shop/api' },
        crosses: { service: 'shop/api', servedFrom: ['a'], translation: ['a'], pods: ['a'], size: 'small' },
        ...more,
      });
    const services = [service('10.43.0.10'), service('fd00:43::a', FAILS), service('fd00:43::b', FAILS)];
    expect(
      titles(
        CLUSTER,
        mesh(() => false),
        services,
      ),
    ).toEqual(['candidate: IPv6 fails where IPv4 passes: a']);
    expect(
      titles(
        CLUSTER,
        mesh(() => false),
        services.slice(0, 2),
      ),
    ).toEqual([]);
  });
});
