import type { BurstOutcome, BurstReadings } from '../../../model/burst.ts';
import type { Verdict } from '../../../model/observation.ts';
import {
  CLOSED_SHARE,
  COUNTED_SHARE,
  DOUBTFUL_NOISE_SHARE,
  FEW_SHARE,
  NOISE_SHARE,
  WHOLE_SHARE,
} from '../../../model/thresholds.ts';

export interface VxlanJudgement {
  outcome: BurstOutcome;
  /** Share of the burst that came out of B's tunnel device, 0 to 1. */
  arrivedShare?: number;
  reason: string;
}

const inconclusive = (reason: string): VxlanJudgement => ({ outcome: 'inconclusive', reason });

function arrivedAndDropped(readings: BurstReadings): string | undefined {
  const { sent, receiverUdp, receiverUplinkRx, uplinkNoise } = readings;
  const udp = (name: string) => receiverUdp[name] ?? 0;
  if (udp('InCsumErrors') >= sent * COUNTED_SHARE)
    return `arrived and was dropped for its UDP checksum (UdpInCsumErrors rose by ${udp('InCsumErrors')})`;
  if (udp('NoPorts') >= sent * COUNTED_SHARE)
    return `arrived and nobody listened (UdpNoPorts rose by ${udp('NoPorts')})`;
  // Others' traffic is only an estimate, so the count may be off by as much.
  if (
    receiverUplinkRx !== undefined &&
    uplinkNoise < sent * NOISE_SHARE &&
    receiverUplinkRx >= sent * WHOLE_SHARE - uplinkNoise
  ) {
    return (
      `arrived at the uplink (+${receiverUplinkRx}) and was dropped ` + 'before the tunnel device; no UDP counter moved'
    );
  }
  return undefined;
}

function nothingArrived(readings: BurstReadings): VxlanJudgement {
  const { sent, senderUplinkTx, receiverUplinkRx, uplinkNoise, controlUdp, controlTcp, sendErrors } = readings;
  const dropped = arrivedAndDropped(readings);
  if (dropped) return { outcome: 'arrives-dropped', arrivedShare: 0, reason: dropped };
  if ((sendErrors.prohibited ?? 0) > 0)
    return inconclusive(`the sender's own firewall refused ${sendErrors.prohibited} of ${sent} datagrams`);
  if ((sendErrors['no-route'] ?? 0) > 0)
    return { outcome: 'node-unreachable', arrivedShare: 0, reason: 'the sender has no route to the node' };
  if (senderUplinkTx !== undefined && senderUplinkTx < sent * WHOLE_SHARE) {
    return inconclusive(`only ${senderUplinkTx} of ${sent} datagrams were seen leaving the sender's uplink`);
  }
  if (controlTcp === 'fail' && controlUdp === 'fail')
    return { outcome: 'node-unreachable', arrivedShare: 0, reason: `none of ${sent} arrived at the receiver's uplink` };
  if (controlUdp === 'fail')
    return { outcome: 'all-udp-blocked', arrivedShare: 0, reason: `none of ${sent} arrived at the receiver's uplink` };
  if (controlUdp !== 'pass')
    return inconclusive('nothing arrived, and the control over another UDP port could not be observed');
  if (receiverUplinkRx === undefined || uplinkNoise >= sent * NOISE_SHARE) {
    return inconclusive(
      `nothing came out of the tunnel device; the receiver's uplink is too busy (${Math.round(uplinkNoise)} ` +
        'other packets) to tell whether anything arrived',
    );
  }
  if (receiverUplinkRx > sent * FEW_SHARE)
    return inconclusive(
      `${receiverUplinkRx} of ${sent} seem to have come to the receiver's uplink, and none came out of the ` +
        'tunnel device',
    );
  return {
    outcome: 'blocked',
    arrivedShare: 0,
    reason: `none of ${sent} arrived at the receiver's uplink`,
  };
}

/**
 * Whether all came out, unless others sent meanwhile as much as they did before. They need not have: a pause of theirs
 * is no loss.
 */
const isDecidedByOthers = ({ sent, tunnelRx = 0, tunnelNoise }: BurstReadings): boolean =>
  tunnelRx < sent * WHOLE_SHARE && tunnelRx + tunnelNoise >= sent * WHOLE_SHARE;

/** The verdict on one ordered pair. Pure. */
export function judgeVxlan(readings: BurstReadings): VxlanJudgement {
  const { sent, tunnelRx, tunnelNoise } = readings;
  if (sent === 0) return inconclusive('nothing was sent');
  if (tunnelRx === undefined) return inconclusive("the receiver's tunnel device could not be read");
  if (tunnelNoise >= sent * NOISE_SHARE)
    return inconclusive(
      `the tunnel device carries ${Math.round(tunnelNoise)} packets of others in the time of a burst of ${sent}`,
    );
  const arrivedShare = Math.min(1, Math.max(0, tunnelRx / sent));
  if (arrivedShare >= WHOLE_SHARE)
    return { outcome: 'open', arrivedShare, reason: `${tunnelRx} of ${sent} came out of the tunnel device` };
  if (isDecidedByOthers(readings))
    return inconclusive(
      `${tunnelRx} of ${sent} came out of the tunnel device if others sent ${Math.round(tunnelNoise)} packets ` +
        'meanwhile, as before, and all of it if they did not',
    );
  if (arrivedShare <= CLOSED_SHARE) return nothingArrived(readings);
  return { outcome: 'lossy', arrivedShare, reason: `${tunnelRx} of ${sent} came out of the tunnel device` };
}

/** Whether a larger burst would tell more: what others sent meanwhile may be mistaken for it, or hide it. Pure. */
export function isDoubtful({ outcome }: VxlanJudgement, readings: BurstReadings): boolean {
  const { sent, uplinkNoise, tunnelNoise, senderUplinkNoise = 0, receiverUplinkRx = 0 } = readings;
  // On a rate-limited path a larger burst only loses more. A burst that came out in part has already shown that.
  if (outcome === 'open' || outcome === 'lossy' || sent === 0) return false;
  if (isDecidedByOthers(readings)) return true;
  const share = receiverUplinkRx / sent;
  return (
    Math.max(uplinkNoise, tunnelNoise, senderUplinkNoise) >= sent * DOUBTFUL_NOISE_SHARE ||
    (share > CLOSED_SHARE && share < WHOLE_SHARE)
  );
}

/** The probe's verdict that an outcome stands for. */
export function verdictOf(outcome: BurstOutcome): Verdict {
  if (outcome === 'open') return 'pass';
  return outcome === 'inconclusive' ? 'inconclusive' : 'fail';
}
