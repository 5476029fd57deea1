import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Lease } from '@kubernetes/client-node';
import { NetwrightError } from '../errors.ts';
import { apiError, statusOf } from './api-error.ts';
import type { ClusterClient } from './connect.ts';
import { durationMsOf, LEASE, leaseOf } from './lease-record.ts';
import { readLease } from './lease-silence.ts';

const lostLock = (why: string, cause?: unknown): NetwrightError =>
  new NetwrightError(`the run lock is no longer ours: ${why}`, {
    code: 'run-lock-lost',
    hint: 'what was observed since then may be the work of two runs at once: run again, alone',
    cause,
  });

/** Keeps a lock that was taken: renews it, one renewal after the other, until it is stopped or lost. */
export class LeaseRenewal {
  readonly #client: ClusterClient;
  readonly #holder: string;
  readonly #stop = new AbortController();
  readonly #lost = new AbortController();
  #held: V1Lease;
  /** When the newest renewal that succeeded was sent, by the clock that only goes forward. */
  #renewedAt = performance.now();
  #trouble: string | undefined;
  readonly #loop: Promise<void>;

  constructor(client: ClusterClient, holder: string, held: V1Lease) {
    this.#client = client;
    this.#holder = holder;
    this.#held = held;
    this.#loop = this.#keep();
  }

  /** Aborts when the lock is no longer ours, with a `run-lock-lost` as the reason. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** What went wrong with renewals, when something did. */
  get trouble(): string | undefined {
    const { aborted, reason } = this.#lost.signal;
    return aborted ? (reason as NetwrightError).message : this.#trouble;
  }

  /** Ends the renewals, the one under way too, and resolves to the lock as it was left; undefined when it is lost. */
  async stop(): Promise<V1Lease | undefined> {
    this.#stop.abort();
    await this.#loop;
    return this.#lost.signal.aborted ? undefined : this.#held;
  }

  async #keep(): Promise<void> {
    const durationMs = durationMsOf(this.#held);
    while (!this.#stop.signal.aborted && !this.#lost.signal.aborted) {
      // A failed renewal is repeated soon: the lock holds for a while.
      const pauseMs = this.#trouble === undefined ? durationMs / 3 : durationMs / 15;
      // A pause must not keep a process alive whose run has ended without releasing the lock.
      await sleep(pauseMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {});
      if (!this.#stop.signal.aborted) await this.#renew(durationMs);
    }
  }

  async #renew(durationMs: number): Promise<void> {
    const sentAt = performance.now();
    try {
      const body = leaseOf(this.#holder, durationMs / 1_000, this.#held);
      this.#held = await this.#client.coordination.replaceNamespacedLease({ ...LEASE, body });
      this.#renewedAt = sentAt;
      this.#trouble = undefined;
    } catch (error) {
      await this.#failed(error, durationMs);
    }
  }

  async #failed(error: unknown, durationMs: number): Promise<void> {
    try {
      if (statusOf(error) === 404) return this.#lost.abort(lostLock('it was removed by hand'));
      if (statusOf(error) === 409) return await this.#afterConflict();
      throw error;
    } catch (unanswered) {
      this.#trouble = apiError(unanswered, 'it could not be renewed: the API server', this.#client.server).message;
      if (performance.now() - this.#renewedAt < durationMs) return;
      const why = `it could not be renewed for ${durationMs / 1_000} s, so another run may take it`;
      this.#lost.abort(lostLock(why, unanswered));
    }
  }

  /** A newer version may be our own, when the answer to a renewal was lost. */
  async #afterConflict(): Promise<void> {
    const current = await readLease(this.#client);
    const holder = current?.spec?.holderIdentity;
    if (current && holder === this.#holder) {
      this.#held = current;
      this.#trouble = 'an answer to a renewal was lost';
      return;
    }
    this.#lost.abort(lostLock(holder ? `${holder} took it over` : 'it was removed by hand'));
  }
}
