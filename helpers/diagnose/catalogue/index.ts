import { LAYERS, type CatalogueEntry } from '../entry.ts';
import * as causes from './causes.ts';

/** Every cause that a diagnosis knows: by layer, nearest to the root first, and by code within a layer. */
export const catalogue: readonly CatalogueEntry[] = Object.values(causes).toSorted(
  (a: CatalogueEntry, b: CatalogueEntry) =>
    LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer) || (a.code < b.code ? -1 : 1),
);
