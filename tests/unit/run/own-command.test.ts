import { describe, expect, it } from 'vitest';
import { ownCommand, withOwnCommand } from '../../../helpers/run/own-command.ts';

const files = { kind: 'files' as const, paths: ['/etc/rancher/k3s/k3s.yaml'] };
const on = (name: string, kubeContext: string) => ownCommand({ topology: { name }, kubeconfig: files, kubeContext });

describe('the command that looks at the same cluster again', () => {
  it('names the lab, or the context of the kubeconfig that was used', () => {
    expect(on('lab:demo', 'demo')).toBe('npx netwright run --target lab:demo');
    expect(on('prod', 'admin@prod')).toBe('NETWRIGHT_CONTEXT=admin@prod npx netwright run');
    expect(on('prod', "it's prod")).toBe(String.raw`NETWRIGHT_CONTEXT='it'\''s prod' npx netwright run`);
  });

  it('stands in the verify of every finding, and elsewhere nothing is changed', () => {
    const finding = {
      code: 'x',
      title: '',
      confidence: 'proved' as const,
      locations: [],
      evidence: [],
      remedy: 'do not netwright run',
      verify: 'kubectl get nodes && netwright run --suite overlay # prints HEALTHY',
      rivals: [],
      explains: { findings: [], observations: [] },
    };
    const [own] = withOwnCommand([finding], 'npx netwright run --target lab:demo');
    expect(own).toEqual({
      ...finding,
      verify: 'kubectl get nodes && npx netwright run --target lab:demo --suite overlay # prints HEALTHY',
    });
  });
});
