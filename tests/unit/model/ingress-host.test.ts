import { describe, expect, it } from 'vitest';
import {
  ANY_HOST,
  isSharedHost,
  isCoveredBy,
  isRouted,
  nameUnder,
  plainPath,
  ruleFor,
} from '../../../helpers/model/ingress-host.ts';
import type { IngressInfo } from '../../../helpers/model/topology.ts';

const ingress = (
  name: string,
  ...rules: [host: string, path: string, pathType?: 'Exact' | 'Prefix'][]
): IngressInfo => ({
  namespace: 'shop',
  name,
  rules: rules.map(([host, path, pathType = 'Prefix']) => ({ host, path, pathType, service: name, servicePort: 80 })),
  tlsHosts: [],
});

describe('the host of a rule', () => {
  it.each([
    ['shop.example', 'shop.example', true],
    ['shop.example', 'my.example', false],
    ['*.example', 'my.example', true],
    ['*.example', 'a.my.example', false],
    ['*.example', 'example', false],
    ['', 'my.example', true],
  ])('%s and the name %s: covered %s', (pattern, host, covered) => {
    expect(isCoveredBy(pattern, host)).toBe(covered);
  });

  it.each(['shop.example', '*.example', ''])('%s covers the name that is made up for it', (pattern) => {
    expect(isCoveredBy(pattern, nameUnder(pattern))).toBe(true);
  });
});

describe('the path of a rule', () => {
  it.each([
    ['/', '/'],
    ['/api', '/api'],
    ['/v1.0/x', '/v1.0/x'],
    ['/api(/|$)(.*)', '/api'],
    ['/.*', '/'],
    ['/*', '/'],
    ['(/api)?', '/'],
  ])('%s is asked as %s', (path, plain) => {
    expect(plainPath(path)).toBe(plain);
  });

  it.each([
    ['Prefix', '/', '/health', true],
    ['Prefix', '/api', '/api/health', true],
    ['Prefix', '/api', '/apis', false],
    ['Exact', '/api', '/api', true],
    ['Exact', '/api', '/api/health', false],
    ['ImplementationSpecific', '/api(/|$)(.*)', '/api/health', true],
  ] as const)('%s %s, asked for %s: routed %s', (pathType, path, asked, routed) => {
    expect(isRouted({ path, pathType }, asked)).toBe(routed);
  });
});

describe('the rule that routes', () => {
  const ingresses = [
    ingress('all', ['', '/']),
    ingress('wild', ['*.example', '/']),
    ingress('shop', ['shop.example', '/'], ['shop.example', '/api'], ['shop.example', '/api', 'Exact']),
    ingress('long', ['shop.example', '/api/v1']),
  ];
  const by = (host: string, path: string) => {
    const found = ruleFor(ingresses, host, path);
    return found && `${found.ingress.name} ${found.rule.path} ${found.rule.pathType}`;
  };

  it.each([
    ['shop.example', '/', 'shop / Prefix'],
    ['shop.example', '/api/x', 'shop /api Prefix'],
    ['shop.example', '/api', 'shop /api Exact'],
    ['shop.example', '/api/v1/x', 'long /api/v1 Prefix'],
    ['my.example', '/', 'wild / Prefix'],
    [ANY_HOST, '/', 'all / Prefix'],
  ])('%s%s is %s', (host, path, rule) => {
    expect(by(host, path)).toBe(rule);
  });

  it('is never one of an Ingress that takes a part of another’s requests', () => {
    const canary = { ...ingress('canary', ['shop.example', '/api/v1/x']), takesShare: true };
    expect(ruleFor([canary, ...ingresses], 'shop.example', '/api/v1/x')?.ingress.name).toBe('long');
    expect([isSharedHost([canary], 'shop.example'), isSharedHost([canary], 'my.example')]).toEqual([true, false]);
  });

  it('is none where no rule covers the host', () => {
    expect(ruleFor([ingress('shop', ['shop.example', '/'])], 'my.example', '/')).toBeUndefined();
  });
});
