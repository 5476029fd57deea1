import type { Profile } from '../model/targets.ts';

/** How thorough a run is. The same fields as a run's settings (helpers/model/run-context.ts). */
export interface ProfileSettings {
  timeoutMs: number;
  udpAttempts: number;
  serviceAttempts: number;
  concurrency: number;
  burst: number;
  fullMeshNodes: number;
}

export const PROFILE_SETTINGS: Readonly<Record<Profile, Readonly<ProfileSettings>>> = {
  /** Before a release: seconds matter, and what is asked is whether it works. */
  gate: {
    // Past the first retransmission of a TCP handshake (1 s, RFC 6298): one lost SYN is no failure.
    timeoutMs: 2000,
    // One lost datagram is one in ten: what is tolerated (helpers/observe/judges.ts), and no more.
    udpAttempts: 10,
    // With three endpoints each one is left out with (2/3)^6 = 9 %; the endpoints are also probed one by one.
    serviceAttempts: 6,
    // Enough that a plan in which everything times out ends in a few time-outs, not in one a probe.
    concurrency: 64,
    // Stands out from some tens of stray packets.
    burst: 100,
    // 240 ordered pairs: still one batch a node of 15 partners.
    fullMeshNodes: 16,
  },
  /** Once a night: loss of some per cent should show. */
  nightly: {
    // Past the second retransmission (1 s + 2 s).
    timeoutMs: 3500,
    // A loss of 5 % shows at least once in 50 with 92 %.
    udpAttempts: 50,
    // (2/3)^12 = 0.8 % that one of three endpoints is left out.
    serviceAttempts: 12,
    concurrency: 64,
    burst: 300,
    fullMeshNodes: 32,
  },
  /** After a migration: every pair of all but the largest clusters, loss of one per cent. */
  acceptance: {
    timeoutMs: 3500,
    // A loss of 1 % shows at least once in 200 with 87 %.
    udpAttempts: 200,
    // (2/3)^30 = 5 in a million.
    serviceAttempts: 30,
    // Lower than above: what is measured here are times, too.
    concurrency: 32,
    burst: 1000,
    fullMeshNodes: 64,
  },
};
