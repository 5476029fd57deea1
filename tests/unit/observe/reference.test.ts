import { describe, expect, it } from 'vitest';
import { isAlike, referenceBy, referenceOf } from '../../../helpers/observe/reference.ts';

const answers = (...bodies: string[]) => bodies.map((body) => ({ status: 200, body }));
const pod = (name: string, more: object = {}) => JSON.stringify({ service: 'api', pod: name, ...more });

describe('what the pods of a Service answer', () => {
  it.each<[string, string[], string, boolean | undefined]>([
    ['is like the same text', ['ok', 'ok'], 'ok', true],
    ['is unlike another text', ['ok', 'ok'], 'welcome', false],
    ['is like a text that differs in its time only', ['at 10:00:01', 'at 10:00:02'], 'at 11:30:00', true],
    ['is like a text of the same second, whatever the next says', ['at 10:00:01', 'at 10:00:01'], 'at 11:30:00', true],
    ['is like a page with another token', ['<a id="0a1b2c3d4e">'], '<a id="f0e1d2c3b4">', true],
    ['tells nothing where texts have nothing in common', ['one', 'two'], 'three', undefined],
    ['is like an object that another pod gives', [pod('api-1'), pod('api-2')], pod('api-3'), true],
    ['is like an object with a field more', [pod('api-1'), pod('api-2')], pod('api-1', { load: 1 }), true],
    ['is unlike an object of another word', [pod('api-1'), pod('api-2')], '{"service":"ui","pod":"ui-1"}', false],
    ['is unlike an object without its fields', [pod('api-1')], '{"error":"unknown"}', false],
    ['is unlike what is no object', [pod('api-1')], '<html>', false],
    [
      'is like a text with another pod of the Deployment',
      ['I am odd-588d97b84f-g5v8w'],
      'I am odd-6c9f7d5b4c-xkqzt',
      true,
    ],
    ['is like an object of another pod', ['{"pod":"web-bcdfg-xwvzk"}'], '{"pod":"web-588d97b84f-hjklm"}', true],
    [
      'is unlike a text with a pod of another Deployment',
      ['I am odd-588d97b84f-g5v8w'],
      'I am even-588d97b84f-g5v8w',
      false,
    ],
    ['tells nothing where objects have no field in common', ['{"a":1}', '{"b":1}'], '{"c":1}', undefined],
  ])('%s', (_, bodies, body, alike) => {
    const reference = referenceOf(answers(...bodies));
    expect(reference && isAlike(reference, { body })).toBe(alike);
  });

  it('is not known where none answered', () => {
    expect(referenceOf([])).toBeUndefined();
    expect(referenceOf([{}])).toBeUndefined();
  });

  it('is compared by its status alone where that differs', () => {
    const reference = referenceOf([
      { status: 200, body: 'ok' },
      { status: 503, body: 'ok' },
    ]);
    expect(reference).toEqual({ statuses: [200, 503], mediaType: '' });
  });

  it('is late where every pod that took the connection was, whatever is said of one that is ending', () => {
    const late = { error: 'timeout', isLate: true } as const;
    const ending = { error: 'refused', isLate: false } as const;
    expect(referenceBy([late, ending, late])).toEqual({ statuses: [], isLate: true });
    expect(referenceBy([late, { answer: { status: 200, body: 'ok' } }])).toMatchObject({ statuses: [200] });
    expect(referenceBy([ending])).toBeUndefined();
  });

  it('is not HTTP where every pod that took the connection ended it so', () => {
    const reset = { error: 'reset', isLate: false } as const;
    expect(referenceBy([reset, { error: 'timeout', isLate: false }])).toEqual({ statuses: [], isNotHttp: true });
    expect(referenceBy([reset, { error: 'timeout', isLate: true }])).toBeUndefined();
  });
});
