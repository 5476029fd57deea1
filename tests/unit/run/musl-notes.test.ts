import { describe, expect, it } from 'vitest';
import { muslNotes } from '../../../helpers/run/musl-notes.ts';
import { fact } from '../../support/cluster.ts';
import { at, probeOf } from '../../support/observations.ts';

const resolv = (...search: string[]) => ({ nameservers: ['10.43.0.10'], search, options: [] });
const asked = (rcode: string, answers: string[]) =>
  probeOf('dns', {
    role: 'search-domain',
    source: at('pod', 'a'),
    asked: { name: 'netwright-1.invalid.corp.test' },
    got: { rcode, answers },
  });
const whys = (...observations: Parameters<typeof muslNotes>[0]) => {
  const notes = muslNotes(observations);
  expect(notes.every(({ isByChoice }) => isByChoice)).toBe(true);
  return notes.map(({ why }) => why);
};

describe('a search list with the root', () => {
  it('is noted where pods have it', () => {
    expect(whys(fact('pod-resolv', resolv('svc.cluster.local', '.'), 'b'), fact('resolv', resolv('.'), 'b'))).toEqual([
      'resolv.conf of pods on b has "search .": musl then resolves no name with a few dots',
    ]);
  });

  it('is noted where only pods have it that are given what the node has', () => {
    expect(whys(fact('pod-resolv', resolv('svc.cluster.local'), 'a'), fact('resolv', resolv('.'), 'a'))).toEqual([
      'pods with dnsPolicy Default on a have "search .": musl then resolves no name with a few dots',
    ]);
  });

  it('is not noted where there is none', () => {
    expect(
      whys(fact('pod-resolv', resolv('svc.cluster.local', 'corp.test.'), 'a'), fact('resolv', resolv(), 'a')),
    ).toEqual([]);
  });
});

describe('a search domain', () => {
  it('that answers any name without data is noted', () => {
    expect(whys(asked('NOERROR', []))).toEqual([
      'the search domain corp.test of pods on a answers any name without data: musl looks no further',
    ]);
  });

  it('that says what it does not have is not noted', () => {
    expect(whys(asked('NXDOMAIN', []))).toEqual([]);
  });
});
