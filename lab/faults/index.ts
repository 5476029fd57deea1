import * as all from './all.ts';
import type { LabFault } from './lib/types.ts';

/** Every fault that a lab can have: one file a cause, its forms inside. */
export const FAULTS: LabFault[] = Object.values(all).flat();
