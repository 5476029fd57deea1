/** Four bytes as /proc writes them on a little-endian machine: `010200C0` is 192.0.2.1. */
export function reversedIpv4(hex: string): string {
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
}

/** Sixteen bytes in four little-endian words, as eight groups; IPv4 in IPv6 form as IPv4. */
export function reversedIpv6(hex: string): string {
  const bytes = [0, 8, 16, 24].flatMap((word) =>
    [6, 4, 2, 0].map((at) => hex.slice(word + at, word + at + 2).toLowerCase()),
  );
  if (bytes.slice(0, 12).join('') === '00000000000000000000ffff')
    return bytes
      .slice(12)
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number.parseInt(bytes.slice(index * 2, index * 2 + 2).join(''), 16).toString(16),
  );
  const text = groups.join(':');
  return text.replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}
