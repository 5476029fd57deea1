import { describe, expect, it } from 'vitest';
import { MAKES, parseMakes } from '../../../lab/makes/index.ts';
import { USUAL } from '../../../lab/makes/settings.ts';

describe('the makes of a lab', () => {
  it('are the usual ones where nothing is said', () => {
    expect(parseMakes('')).toEqual(USUAL);
  });

  it('are read from several pairs, with the usual for the rest', () => {
    expect(parseMakes('vxlan-port=4789, vni=4096')).toEqual({ ...USUAL, vxlanPort: 4789, vni: 4096 });
    expect(parseMakes('cluster-domain=corp.local')).toEqual({ ...USUAL, clusterDomain: 'corp.local' });
    expect(parseMakes('backend=host-gw')).toEqual({ ...USUAL, backend: 'host-gw' });
  });

  it.each([
    ['port=4789', 'a lab has no make "port"'],
    ['vxlan-port=80', '"80" is no value of vxlan-port'],
    ['vxlan-port', '"" is no value of vxlan-port'],
    ['vni=1.5', '"1.5" is no value of vni'],
    ['cluster-domain=Corp_local', '"Corp_local" is no value of cluster-domain'],
    ['cluster-domain=corp.local.', '"corp.local." is no value of cluster-domain'],
    ['backend=udp', '"udp" is no value of backend'],
  ])('%s is refused', (text, problem) => {
    expect(() => parseMakes(text)).toThrow(problem);
  });

  it('have each a key of its own', () => {
    expect(new Set(MAKES.map(({ key }) => key)).size).toBe(MAKES.length);
  });
});
