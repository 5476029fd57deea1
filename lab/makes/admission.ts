import { choice } from './settings.ts';

/** restricted: what a cluster does that was hardened by the guides of its distribution. */
export const admission = choice({ key: 'admission', meaning: 'which pods the API server lets in' }, 'admission', [
  'open',
  'restricted',
]);
