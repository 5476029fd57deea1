import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import type { Sent } from './shell.ts';

// Runs in a network namespace: a line of packets in, `sent` out.

/** IP's and UDP's headers. */
const HEADERS_BYTES = 28;

const sendDatagram = ({ source, sourcePort, destination, destinationPort, bytes }: Sent): Promise<void> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = () => socket.close(() => resolve());
    socket.on('error', end);
    socket.bind({ address: source ?? '0.0.0.0', port: sourcePort, exclusive: true }, () => {
      // What the network says against it is seen elsewhere.
      socket.send(Buffer.alloc(Math.max(0, bytes - HEADERS_BYTES)), destinationPort, destination, end);
    });
  });

async function beginConnection({ source, sourcePort, destination, destinationPort }: Sent): Promise<void> {
  const socket = connect({ host: destination, port: destinationPort, localAddress: source, localPort: sourcePort });
  socket.on('error', () => undefined);
  await turn();
  await turn();
  socket.destroy();
}

for await (const line of createInterface({ input: process.stdin })) {
  const packets = JSON.parse(line) as Sent[];
  for (const packet of packets) await (packet.protocol === 'udp' ? sendDatagram(packet) : beginConnection(packet));
  process.stdout.write('sent\n');
}
