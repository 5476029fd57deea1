import { stripVTControlCharacters } from 'node:util';

/** What a reader can do nothing good with: controls, halves of surrogate pairs, marks that turn the text. */
// oxlint-disable-next-line no-control-regex -- these are the signs to remove
const NO_TEXT = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]|\p{Surrogate}/gu;

/** Longer texts of a cluster's are no reason that a person reads. */
const MOST_SIGNS = 4_000;

/** A text that came from outside, without what is no text, and cut where it never ends. */
export function plainText(text: string): string {
  const cut = text.length > MOST_SIGNS ? `${text.slice(0, MOST_SIGNS)}…` : text;
  return stripVTControlCharacters(cut).replaceAll(NO_TEXT, '');
}

/** The same of every text in a value of plain data. */
export function plainTexts<T>(value: T): T {
  const clean = (each: unknown): unknown => {
    if (typeof each === 'string') return plainText(each);
    if (Array.isArray(each)) return each.map(clean);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, clean(inner)]));
  };
  return clean(value) as T;
}
