import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { faultOf } from '../../../../lab/faults/force.ts';
import { FAULTS } from '../../../../lab/faults/index.ts';
import type { Where } from '../../../../lab/faults/types.ts';

const FOLDER = new URL('../../../../lab/faults/', import.meta.url);

/** Where a fault could be, with everything that an injection may add. */
const SOMEWHERE: Where = { node: 'n1', from: 'n1', to: 'n2', service: 'ui', host: 'my.keybuzz.io', replica: 'coredns-1', endpoint: '10.42.0.9' };

describe('the list of faults', () => {
  it('holds every id once', () => {
    const ids = FAULTS.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('names by every id its finding, and a form where the finding has several', () => {
    for (const { id, code } of FAULTS) {
      const forms = FAULTS.filter((other) => other.code === code).length;
      expect(id).toMatch(/^[a-z0-9-]+(\/[a-z0-9-]+)?$/);
      expect(id.split('/')[0]).toBe(code);
      if (forms > 1) expect(id, `${code} has ${forms} forms`).toContain('/');
    }
  });

  it('holds the faults of every file that has some', async () => {
    const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts'));
    const codes = new Set(FAULTS.map(({ code }) => code));
    const declared: string[] = [];
    for (const file of files) {
      if (file === 'index.ts') continue;
      const { faults } = (await import(new URL(file, FOLDER).href)) as { faults?: { code: string }[] };
      if (faults === undefined) continue;
      expect(faults.map(({ code }) => `${code}.ts`), file).toEqual(faults.map(() => file));
      declared.push(file.replace(/\.ts$/, ''));
    }
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
  it('is the node of a fault of one node', () => {
    for (const fault of FAULTS.filter(({ takes }) => takes === 'node')) expect(fault.expected(SOMEWHERE), fault.id).toEqual([{ node: 'n1' }]);
  });

  it('is one direction, or both, of a fault between two nodes', () => {
    const one = [{ from: 'n1', to: 'n2' }];
    for (const fault of FAULTS.filter(({ takes }) => takes === 'pair')) {
      expect([one, [...one, { from: 'n2', to: 'n1' }]], fault.id).toContainEqual(fault.expected(SOMEWHERE));
      if (fault.id.endsWith('/one-pair')) expect(fault.expected(SOMEWHERE), fault.id).toHaveLength(2);
      if (fault.id.endsWith('/one-direction')) expect(fault.expected(SOMEWHERE), fault.id).toHaveLength(1);
    }
  });

  it('is no place at all for a fault that is everywhere', () => {
    for (const fault of FAULTS.filter(({ id }) => /\/all(-nodes)?$/.test(id))) expect(fault.expected({}), fault.id).toEqual([]);
  });
});

describe('an id that no fault has', () => {
  it('is answered with the forms that its cause has', () => {
    expect(() => faultOf('vtep-mac-mismatch')).toThrow(expect.objectContaining({ code: 'lab-fault-unknown', exitCode: 2, hint: expect.stringContaining('vtep-mac-mismatch/one-node') }));
  });

  it('is answered with the list when nothing is like it', () => {
    expect(() => faultOf('gremlins')).toThrow(expect.objectContaining({ hint: 'netwright lab fault list' }));
  });
});
