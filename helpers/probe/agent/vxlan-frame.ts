/**
 * Destination of the inner frame unless one is given: a locally administered address (bit 0x02) that nobody should own.
 */
export const NOBODYS_MAC = '02:6e:77:00:00:01';
const SOURCE_MAC = '02:6e:77:00:00:02';

/** VXLAN header (RFC 7348) 8 bytes, inner Ethernet header 14 bytes. */
export const MIN_VXLAN_BYTES = 22;

/** IEEE 802 local experimental EtherType 1: no protocol of the receiver takes it up. */
const ETHER_TYPE = 0x88_b5;

/** Six bytes of `aa:bb:cc:dd:ee:ff`. */
export function macBytes(mac: string): Buffer {
  const bytes = Buffer.from(mac.replaceAll(/[:-]/g, ''), 'hex');
  if (bytes.length !== 6) throw new RangeError(`not a MAC address: ${mac}`);
  return bytes;
}

/**
 * The UDP payload of one VXLAN packet: flags 0x08 (the VNI is valid), the VNI, an Ethernet frame padded to
 * `payloadBytes` in all.
 */
export function vxlanPayload(vni: number, payloadBytes: number, innerMac = NOBODYS_MAC): Buffer {
  const payload = Buffer.alloc(Math.max(payloadBytes, MIN_VXLAN_BYTES));
  payload.writeUInt8(0x08, 0);
  payload.writeUIntBE(vni, 4, 3);
  macBytes(innerMac).copy(payload, 8);
  macBytes(SOURCE_MAC).copy(payload, 14);
  payload.writeUInt16BE(ETHER_TYPE, 20);
  return payload;
}

/** A payload of the same size that is no VXLAN: no header flag is set, whatever follows. */
export function plainPayload(payloadBytes: number): Buffer {
  return Buffer.alloc(Math.max(payloadBytes, 1), 0x6e).fill(0, 0, 1);
}
