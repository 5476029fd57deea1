import * as fc from 'fast-check';

/** Where packets go: hosts around the router, behind others, Services' addresses, and the router's own. */
export const DESTINATIONS = [
  '10.61.0.3',
  '10.62.0.2',
  '10.62.0.3',
  '10.63.0.2',
  '172.20.1.5',
  '172.20.2.5',
  '192.0.2.7',
  '10.96.0.10',
  '10.96.0.11',
  '10.61.0.1',
  '10.62.0.1',
] as const;
export const PORTS = [53, 80, 443, 8472, 30080] as const;

export const oneOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

export const address = oneOf([...DESTINATIONS, '10.61.0.2', '10.61.0.7', '172.20.1.5']);
export const prefix = oneOf([
  '10.61.0.0/24',
  '10.62.0.0/24',
  '10.60.0.0/14',
  '172.20.0.0/16',
  '10.96.0.0/12',
  '0.0.0.0/0',
]);
export const port = oneOf(PORTS);
export const endpoint = oneOf(['10.62.0.2', '10.63.0.2', '10.63.0.3', '172.20.1.5', '10.61.0.3']);
export const mark = oneOf(['0x1', '0x10', '0x4000', '0x11']);

export const negated = (text: string) => oneOf(['', '', '! ']).map((not) => `${not}${text}`);
