import { statusOf } from './api-error.ts';

/** As many objects as kubectl asks for at once: a cluster of any size is read without one answer of any size. */
const PAGE = 500;

/** What a list is asked with, as the API's methods take it. */
export interface Page {
  limit?: number;
  _continue?: string;
}

interface ListOf<T> {
  items: T[];
  metadata?: { _continue?: string };
}

async function inPages<T>(list: (page: Page) => Promise<ListOf<T>>): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const { items, metadata } = await list({ limit: PAGE, ...(next && { _continue: next }) });
    all.push(...items);
    // oxlint-disable-next-line no-underscore-dangle -- the library's name, since `continue` is a word of the language
    next = metadata?._continue || undefined;
  } while (next);
  return all;
}

/**
 * All objects of a list, read in pages. A list that went stale between two pages (410, Expired) is read anew, in one
 * piece, as client-go's pager does: so that it comes to an end on a cluster that changes all the time.
 */
export async function listAll<T>(list: (page: Page) => Promise<ListOf<T>>): Promise<T[]> {
  try {
    return await inPages(list);
  } catch (error) {
    if (statusOf(error) !== 410) throw error;
    return (await list({})).items;
  }
}
