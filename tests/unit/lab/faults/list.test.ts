import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultOf } from '../../../../lab/faults/lib/force.ts';
import { FAULTS } from '../../../../lab/faults/index.ts';
import type { Where } from '../../../../lab/faults/lib/types.ts';

const FOLDER = new URL('../../../../lab/faults/', import.meta.url);

const hasForms = (code: string): boolean => FAULTS.filter((other) => other.code === code).length > 1;

/** Where a fault could be, with everything that an injection may add. */
const SOMEWHERE: Where = {
  node: 'n1',
  from: 'n1',
  to: 'n2',
  service: 'ui',
  host: 'my.keybuzz.io',
  replica: 'coredns-1',
  endpoint: '10.42.0.9',
};

describe('the list of faults', () => {
  it('holds every id once', () => {
    const ids = FAULTS.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('names by every id its finding, and a form where the finding has several', () => {
    const wrong = FAULTS.filter(
      ({ id, code }) =>
        !/^[a-z0-9-]+(\/[a-z0-9-]+)?$/.test(id) || id.split('/')[0] !== code || (hasForms(code) && !id.includes('/')),
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it('still knows a fault by the code that it had before it was renamed', () => {
    expect(faultOf('hetzner-cloud-firewall-inbound-deny/all').id).toBe('firewall-inbound-deny/all');
  });

  it('holds the faults of every file that has some', async () => {
    const files = (await readdir(FOLDER, { recursive: true })).filter((name) => name.endsWith('.ts'));
    const codes = new Set(FAULTS.map(({ code }) => code));
    const declared: string[] = [];
    const codesOfFiles: string[] = [];
    for (const file of files) {
      if (file === 'index.ts') continue;
      const { faults } = (await import(new URL(file, FOLDER).href)) as { faults?: { code: string }[] };
      if (faults === undefined) continue;
      declared.push(basename(file, '.ts'));
      codesOfFiles.push(...new Set(faults.map(({ code }) => code)));
    }
    expect(codesOfFiles).toEqual(declared);
    expect(declared.toSorted()).toEqual([...codes].toSorted());
  });

  it('has at least forty causes', () => {
    expect(new Set(FAULTS.map(({ code }) => code)).size).toBeGreaterThanOrEqual(40);
  });

  it('says in its title what is broken, without a full stop, each time in other words', () => {
    const titles = FAULTS.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.filter((title) => title.length < 15 || title.endsWith('.'))).toEqual([]);
  });
});

describe('the place that a finding must name', () => {
  it('is the node of a fault of one node, unless only the load balancer can tell', () => {
    expect(
      new Set(
        FAULTS.filter(({ takes, code }) => takes === 'node' && code !== 'load-balancer-target-unhealthy').map(
          ({ expected }) => JSON.stringify(expected(SOMEWHERE)),
        ),
      ),
    ).toEqual(new Set(['[{"node":"n1"}]']));
  });

  it('is one direction, or both, or both ends, of a fault between two nodes', () => {
    const both = [
      { from: 'n1', to: 'n2' },
      { from: 'n2', to: 'n1' },
    ];
    const pairs = FAULTS.filter(({ takes }) => takes === 'pair').map(
      ({ id, expected }) => [id, expected(SOMEWHERE)] as const,
    );
    const ends = [{ node: 'n1' }, { node: 'n2' }];
    const atEnds = new Set(['calico-tunnel-address-duplicate']);
    expect(pairs).toEqual(
      pairs.map(([id]) => [id, atEnds.has(id) ? ends : id.endsWith('/one-pair') ? both : both.slice(0, 1)]),
    );
  });

  it('is no place at all for a fault that is everywhere', () => {
    expect(FAULTS.filter(({ id }) => /[/-]all(-nodes)?$/.test(id)).flatMap(({ expected }) => expected({}))).toEqual([]);
  });
});

describe('an id that no fault has', () => {
  it('is answered with the forms that its cause has', () => {
    expect(() => faultOf('vtep-mac-mismatch')).toThrow(
      expect.objectContaining({
        code: 'lab-fault-unknown',
        exitCode: 2,
        hint: expect.stringContaining('vtep-mac-mismatch/one-node'),
      }),
    );
  });

  it('is answered with the list when nothing is like it', () => {
    expect(() => faultOf('gremlins')).toThrow(expect.objectContaining({ hint: 'netwright lab fault list' }));
  });
});
