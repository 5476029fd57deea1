import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { Certificate } from '../../model/agent-got.ts';

/** OpenSSL's words for the verification errors that operators meet; others are shown by their code. */
const reasons: Record<string, string> = {
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to verify the first certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'unable to get issuer certificate',
  CERT_REVOKED: 'certificate revoked',
};

const named = (name: PeerCertificate['subject'] | undefined): string => String(name?.CN ?? name?.O ?? '');

/** The certificate's fields; undefined when the server sent none. */
export function certificateFacts(socket: TLSSocket): Certificate | undefined {
  const certificate = socket.getPeerCertificate();
  if (!certificate?.valid_to) return undefined;
  const { subject, issuer, valid_from: validFrom, valid_to: validTo, subjectaltname } = certificate;
  return { subject: named(subject), issuer: named(issuer), validFrom, validTo, altNames: subjectaltname ?? '' };
}

/** By these an authority is one that is not known here, and nothing is said yet of the certificate itself. */
const OF_ISSUER = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
]);

/** What a certificate says that nobody vouches for: its times and its names. */
function ownProblem(certificate: PeerCertificate, name: string): string | undefined {
  const now = Date.now();
  if (Date.parse(certificate.valid_to) < now) return reasons['CERT_HAS_EXPIRED'];
  if (Date.parse(certificate.valid_from) > now) return reasons['CERT_NOT_YET_VALID'];
  return checkServerIdentity(name, certificate)?.message;
}

/** Why the certificate does not verify for `name`; undefined when it does. By `anyIssuer` whoever issued it will do. */
export function certificateProblem(socket: TLSSocket, name: string, anyIssuer = false): string | undefined {
  if (socket.authorized) return undefined;
  if (anyIssuer && OF_ISSUER.has(String(socket.authorizationError)))
    return ownProblem(socket.getPeerCertificate(), name);
  // Node gives the code where there is one, under a type that says Error.
  const code = String(socket.authorizationError);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return checkServerIdentity(name, socket.getPeerCertificate())?.message ?? code;
  return code in reasons ? `${reasons[code]} (${code})` : code;
}
