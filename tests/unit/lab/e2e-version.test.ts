import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KUBERNETES_VERSION } from '../../../lab/setup/components.ts';

const versionIn = (component: string): string | undefined => {
  const path = new URL(`../../../lab/components/${component}/go.mod`, import.meta.url);
  return /^require k8s\.io\/kubernetes (\S+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
};

it("Kubernetes' end-to-end tests are those of the Kubernetes that the lab runs", () => {
  expect(versionIn('kubernetes')).toBe(KUBERNETES_VERSION);
  expect(versionIn('e2e')).toBe(KUBERNETES_VERSION);
});
