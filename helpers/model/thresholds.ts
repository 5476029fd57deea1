/*
 * Shares by which the suites judge and the diagnosis names causes: one place, so that a change moves both. All are
 * parts of one, 0 to 1, of what was sent unless said. After a change scripts/compare-findings.ts shows which findings
 * moved.
 */

/** At least so much of a burst counts as all of it: a busy machine loses the rest, or its counter is read too early. */
export const WHOLE_SHARE = 0.95;

/** At most so much may seem to come out of a closed way: traffic of others that the reading before missed. */
export const CLOSED_SHARE = 0.1;

/** A UDP error counter that rose by so much of a burst has taken the burst: what remains is lost as above. */
export const COUNTED_SHARE = 0.9;

/** An error counter that rose by less than this share of a burst does not say why the burst vanished. */
export const EXPLAINED_SHARE = 0.5;

/** At most so much of the packets at an uplink may be traffic of others that is taken for a part of a burst. */
export const FEW_SHARE = 0.25;

/** Traffic of others above this share of a burst drowns it: nothing is concluded from that counter. */
export const NOISE_SHARE = 0.5;

/** Traffic of others above this share of a burst leaves a doubt that a burst four times as large removes. */
export const DOUBTFUL_NOISE_SHARE = 0.2;

/** So much more may come out of a tunnel than into its uplink before it is certain that it came by another device. */
export const STRAY_SHARE = 0.05;

/** Less than this share of a burst at the receiver's uplink: some was lost before it, whatever the counter's error. */
export const PARTLY_ARRIVED_SHARE = 0.9;

/** So much of a burst may lie between two counters of one node before they disagree on where it was lost. */
export const DISAGREEING_SHARE = 0.2;

/**
 * The share of datagrams that a UDP probe may lose before it fails: one in ten. UDP promises nothing, and a busy
 * machine loses a datagram now and then; what a user feels (DNS, VXLAN) begins above that.
 */
export const TOLERATED_LOSS = 0.1;

/** A limit of the rate: of datagrams sent slowly at least so many are answered ... */
export const SLOW_ANSWERED_SHARE = 0.75;
/** ... and of many at once at most so many, each time. */
export const FAST_ANSWERED_SHARE = 0.5;

/**
 * Share of the probes over the overlay between two nodes that must fail before the path is doubted, not a single probe.
 */
export const DOUBTED_PATH_SHARE = 0.2;

/** A queue of a node that drops is to blame only where so much of all that fails passes that node. */
export const QUEUE_SHARE = 0.8;

/**
 * Services may fail by endpoints alone that are lost to another outage, each being led to one by chance. By so small a
 * chance alone they do not: once in a thousand runs under such an outage the two would be mistaken.
 */
export const CHANCE_OF_ENDPOINTS = 0.001;

/** Of its limit: a table of connections this full drops new ones: its count is read a moment after the drops. */
export const CONNTRACK_FULL_SHARE = 0.98;
/** Of its limit: below this a table of connections has room, so that a refusal to send has another reason. */
export const CONNTRACK_ROOM_SHARE = 0.9;

/**
 * A time-out of which the agents at both ends were kept from running for this share tells nothing of the network: the
 * delay is that of one process a node, and another one there (the responder) may have waited twice as long.
 */
export const STARVED_STALL_SHARE = 0.5;

/**
 * A network without a fault loses no more of its datagrams: five times the 0.1 % that ITU-T Y.1541 allows a network
 * from end to end (classes 0 to 4), and recorded runs of sound labs lose none.
 */
export const LOSS_WITHOUT_FAULT = 0.005;
/** Of a thousand runs without a fault at most one is said to lose datagrams somewhere. */
export const LOSS_ERROR_RATE = 0.001;
/** An acceptance calls a path lossier where it loses this much more of its attempts than before. */
export const LOSSIER_SHARE = 0.01;
/**
 * Of numbers that are chosen anew for each packet, as source ports are, a rule that asks for a smaller share than this
 * meets none of the few packets that are looked at.
 */
export const RARE_NUMBERS_SHARE = 0.001;

/** A watch that could send less than this share of its requests has seen too little to say anything. */
export const ASKED_SHARE = 0.5;
