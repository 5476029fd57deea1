import type { HostLink } from './facts/agent.ts';

/** The device that has an address; undefined where none has it, or there is no address. */
export const holderOf = <Link extends Pick<HostLink, 'addresses'>>(
  links: readonly Link[] | undefined,
  address: string | undefined,
): Link | undefined => links?.find(({ addresses }) => addresses.some((each) => each.split('/')[0] === address));

/** Whether a device is called as cards are, where nothing else tells by which one a node sends. */
export const looksLikeCard = (name: string): boolean => /^(eth|en|bond|wlan)/.test(name);
