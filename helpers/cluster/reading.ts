import type { Reading } from '../model/facts.ts';
import { apiError } from './api-error.ts';
import type { ClusterClient } from './connect.ts';

/** What was read, or why it was not, in the words of the API server. Never throws. */
export async function reading<T>(client: ClusterClient, read: Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await read };
  } catch (error) {
    return { value: null, notObserved: apiError(error, 'the API server', client.server).message };
  }
}
