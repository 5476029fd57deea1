import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  streamDecode,
  streamEncode,
  TRUNCATED_RESPONSE,
  type Packet,
} from 'dns-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort, portOf, probeOne } from './support/agent.ts';

const open: (Socket | Server)[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

type Answering = (query: Packet) => Packet[];

const NXDOMAIN = 3;
const address: Answering = (query) => [
  { ...reply(query), answers: [{ type: 'A', name: 'api.shop.svc.cluster.local', ttl: 5, data: '10.43.0.7' }] },
];

function reply(query: Packet): Packet {
  return { type: 'response', id: query.id, flags: AUTHORITATIVE_ANSWER, questions: query.questions };
}

async function byUdp(answering: Answering): Promise<number> {
  const socket = createSocket('udp4');
  open.push(socket);
  socket.on('message', (datagram, { port, address: client }) => {
    for (const packet of answering(decode(datagram))) socket.send(encode(packet), port, client);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket.address().port;
}

async function byTcp(answering: Answering): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const [packet] = answering(streamDecode(data));
      if (!packet) {
        socket.end();
        return;
      }
      const bytes = streamEncode(packet);
      // In two pieces: an answer need not come in one.
      socket.write(bytes.subarray(0, 5));
      setTimeout(() => socket.end(bytes.subarray(5)), 10);
    });
  }).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  return portOf(server);
}

const ask = (port: number, more: object = {}) => ({
  id: 'd',
  kind: 'dns' as const,
  host: '127.0.0.1',
  port,
  name: 'api.shop.svc.cluster.local',
  recordType: 'A' as const,
  transport: 'udp' as const,
  timeoutMs: 300,
  ...more,
});

describe('a dns probe', () => {
  test('gives the addresses, over UDP and over TCP', async () => {
    const expected = { succeeded: 1, got: { rcode: 'NOERROR', answers: ['10.43.0.7'], truncated: false } };
    expect(await probeOne(ask(await byUdp(address)))).toMatchObject(expected);
    expect(await probeOne(ask(await byTcp(address), { transport: 'tcp' }))).toMatchObject(expected);
  });

  test('gives target and port of a service record, and no records of other types', async () => {
    const port = await byUdp((query) => [
      {
        ...reply(query),
        answers: [
          { type: 'CNAME', name: '_https._tcp.x', data: 'y' },
          {
            type: 'SRV',
            name: '_https._tcp.x',
            data: { target: 'kubernetes.default.svc.cluster.local', port: 443, priority: 0, weight: 100 },
          },
        ],
      },
    ]);
    expect(await probeOne(ask(port, { name: '_https._tcp.x', recordType: 'SRV' }))).toMatchObject({
      got: { answers: [{ target: 'kubernetes.default.svc.cluster.local', port: 443 }] },
    });
  });

  test('an rcode other than NOERROR is a failure that names it', async () => {
    const port = await byUdp((query) => [{ ...reply(query), flags: AUTHORITATIVE_ANSWER | NXDOMAIN }]);
    expect(await probeOne(ask(port))).toMatchObject({
      succeeded: 0,
      error: { kind: 'dns-rcode', text: 'NXDOMAIN for api.shop.svc.cluster.local A' },
      got: { rcode: 'NXDOMAIN', answers: [] },
    });
  });

  test('says that an answer was truncated', async () => {
    const port = await byUdp((query) => [{ ...reply(query), flags: TRUNCATED_RESPONSE }]);
    expect(await probeOne(ask(port))).toMatchObject({ succeeded: 1, got: { truncated: true } });
  });

  test('does not believe an answer with another id or to another question', async () => {
    const port = await byUdp((query) => [
      { ...reply(query), id: ((query.id ?? 0) + 1) & 0xff_ff },
      { ...reply(query), questions: [{ type: 'A', name: 'evil.example' }] },
      { ...query },
    ]);
    expect(await probeOne(ask(port))).toMatchObject({
      succeeded: 0,
      error: { kind: 'timeout', text: 'no answer within 300 ms' },
      got: { strangers: 3 },
    });
  });

  test('waits for the right answer behind a wrong one', async () => {
    const port = await byUdp((query) => [{ ...reply(query), id: ((query.id ?? 0) + 1) & 0xff_ff }, ...address(query)]);
    expect(await probeOne(ask(port))).toMatchObject({ succeeded: 1, got: { answers: ['10.43.0.7'] } });
  });

  test('asks anew in each attempt, and one that is answered is enough for an answer', async () => {
    let count = 0;
    const port = await byUdp((query) => ((count += 1) === 1 ? [] : address(query)));
    expect(await probeOne(ask(port, { attempts: 3 }))).toMatchObject({
      attempts: 3,
      succeeded: 2,
      got: { answers: ['10.43.0.7'], errorKinds: { timeout: 1 } },
    });
  });

  test('is refused, over UDP and over TCP, where nothing listens', async () => {
    const port = await freePort();
    expect((await probeOne(ask(port, { timeoutMs: 3000 }))).error?.kind).toBe('refused');
    expect((await probeOne(ask(port, { timeoutMs: 3000, transport: 'tcp' }))).error?.kind).toBe('refused');
  });

  test('a server that closes the connection without an answer has reset it', async () => {
    expect((await probeOne(ask(await byTcp(() => []), { transport: 'tcp' }))).error).toEqual({
      kind: 'reset',
      text: 'the connection was closed before an answer came',
    });
  });
});

describe('a resolve probe', () => {
  test('gives what getaddrinfo gives', async () => {
    expect(
      await probeOne({ id: 'r', kind: 'resolve', host: '', port: 0, name: 'localhost', timeoutMs: 3000 }),
    ).toMatchObject({ succeeded: 1, got: { addresses: expect.arrayContaining(['127.0.0.1']) } });
  });
});
