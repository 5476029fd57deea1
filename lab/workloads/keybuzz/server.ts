import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * The lab's workload: answers every path, /health among them, with who it is and whom it saw. Environment: SERVICE,
 * POD, NODE, PORT. It never closes a connection first in the middle of an answer, and when it is told to end it answers
 * for so long as nodes may still send it something.
 */
const { SERVICE: service = 'unknown', POD: pod = 'unknown', NODE: node = 'unknown', PORT: port = '8080' } = process.env;

/** kube-proxy and the ingress take an endpoint out within a second; on a busy machine within two or three. */
const LINGER_MS = 3_000;

const server = createServer((request, response) => {
  void text(request).then((body) => {
    const answer = {
      service,
      pod,
      node,
      path: request.url,
      clientAddress: request.socket.remoteAddress?.replace(/^::ffff:/, ''),
      received: body.length,
    };
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end(`${JSON.stringify(answer)}\n`);
  });
});

// At all addresses of every family that the pod has.
server.listen(Number(port));
process.on('SIGTERM', () => setTimeout(() => process.exit(0), LINGER_MS));
