import { labDown, labUp } from '../../lab/index.ts';
import { prepareKit } from '../../lab/setup/index.ts';

/**
 * One small lab for all lab tests that only look, or that heal what they break. NETWRIGHT_TEST_LAB names one that is
 * already up.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['NETWRIGHT_TEST_LAB']) return undefined;
  const name = `nwtest-${process.pid}`;
  const { signal } = new AbortController();
  const kit = await prepareKit({ signal });
  await labUp({ name, topology: 'small', kit, signal });
  process.env['NETWRIGHT_TEST_LAB'] = name;
  return async () => {
    await labDown(name);
  };
}
