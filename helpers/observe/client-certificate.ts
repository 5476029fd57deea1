import type { ResultOf } from './planned-probe.ts';

/** nginx's page with its status 400 (ngx_http_ssl_module: 496), and TLS 1.3's alert 116 (RFC 8446, 6.2). */
const WORDS = /no required ssl certificate|certificate[ _]required/i;
const BAD_REQUEST = 400;

export const WANTS_CLIENT_CERTIFICATE = 'the ingress wants a certificate of the client, and none is sent';

/** Whether a proxy let a client without a certificate in no further: it is set up so, and answers. */
export const wantsClientCertificate = ({ error, got }: ResultOf<'http'>): boolean =>
  error ? error.kind === 'tls' && WORDS.test(error.text) : got.status === BAD_REQUEST && WORDS.test(got.body ?? '');
