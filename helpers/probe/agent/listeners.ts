import { presentAddresses } from './addresses.ts';
import { codeOf } from './failure.ts';

/** Addresses come and go: a tunnel's device is made when its network plug-in starts. */
const REFRESH_INTERVAL_MS = 1000;

/** Opens a listener at an address, or rejects with the system's error; gives what closes it. */
export type Listen = (address: string) => Promise<() => void>;

/**
 * Keeps a listener at each of the wanted addresses that this machine has. Rejects when one cannot be opened at the
 * start. Resolves to what closes them all.
 */
export async function listenAt(wanted: readonly string[], listen: Listen): Promise<() => void> {
  const open = new Map<string, () => void>();
  const refresh = async (): Promise<void> => {
    for (const address of presentAddresses(wanted).filter((each) => !open.has(each))) {
      try {
        open.set(address, await listen(address));
      } catch (error) {
        // An address may go between being listed and being bound, or may not be ready yet; the next round sees to it.
        if (codeOf(error) !== 'EADDRNOTAVAIL') throw error;
      }
    }
  };
  await refresh();
  const timer = setInterval(() => void refresh().catch(() => {}), REFRESH_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    for (const close of open.values()) close();
  };
}
