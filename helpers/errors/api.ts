import { ExitCode } from './exit-code.ts';
import type { ErrorDocument } from './document.ts';

/** The cluster's API. */
export const apiErrors = {
  'client-certificate-expired': {
    exit: ExitCode.inconclusive,
    meaning: "the certificate of the kubeconfig's user has expired",
    remedy: 'on K3s: `k3s certificate rotate` on a server, restart it, copy the kubeconfig again',
  },
  'kubeconfig-credentials': {
    exit: ExitCode.inconclusive,
    meaning:
      "a token's file or a credential plugin that the kubeconfig names gives no credentials; its own words are in " +
      'the message',
    remedy: 'see what `kubectl auth whoami` says, and log in again',
  },
  'api-unauthorized': {
    exit: ExitCode.inconclusive,
    meaning: 'the API server does not accept the credentials',
    remedy: 'log in again, or check the user of the context',
  },
  'api-forbidden': {
    exit: ExitCode.inconclusive,
    meaning: 'the API server refuses a request',
    remedy: 'ask for the rights in [configuration](configuration.md)',
  },
  'api-denied': {
    exit: ExitCode.inconclusive,
    meaning:
      'a policy, a quota or an admission webhook refuses what is to be created; its own words are in the message',
    remedy: 'follow its words, or ask whoever runs the cluster for an exception',
  },
  'webhook-unreachable': {
    exit: ExitCode.inconclusive,
    meaning:
      'the API server cannot ask an admission webhook, so nothing that it watches can be made; webhook, Service and ' +
      'pods are in the message',
    remedy:
      "look at the webhook's pods and the way from the servers to them, or have its `namespaceSelector` leave our " +
      'namespaces out',
  },
  'api-error': {
    exit: ExitCode.inconclusive,
    meaning: 'the API server answered with an error of its own',
    remedy: "look at its state: `kubectl get --raw '/readyz?verbose'`",
  },
  'api-certificate-expired': {
    exit: ExitCode.inconclusive,
    meaning: "the API server's certificate has expired",
    remedy: 'on K3s: `k3s certificate rotate` on the server, then restart it',
  },
  'api-certificate': {
    exit: ExitCode.inconclusive,
    meaning: "the kubeconfig does not trust the API server's certificate",
    remedy: "check `certificate-authority-data` and the server's address",
  },
  'api-name': {
    exit: ExitCode.inconclusive,
    meaning: "the API server's name does not resolve",
    remedy: "check the server's address in the kubeconfig",
  },
  'api-refused': {
    exit: ExitCode.inconclusive,
    meaning: "nothing listens at the API server's address",
    remedy: 'see whether K3s runs there',
  },
  'api-unreachable': {
    exit: ExitCode.inconclusive,
    meaning: 'the API server does not answer',
    remedy: 'check route and firewall to its port',
  },
  'rights-missing': {
    exit: ExitCode.inconclusive,
    meaning: 'the user may not do what a run needs; every verb and resource is named',
    remedy: 'ask for the rights in [configuration](configuration.md)',
  },
  'exec-forbidden': {
    exit: ExitCode.inconclusive,
    meaning: 'the user may not exec into the probe pods',
    remedy: "grant `get` and `create` on `pods/exec` in the probes' namespaces",
  },
  'exec-upgrade-refused': {
    exit: ExitCode.inconclusive,
    meaning:
      'a proxy between here and the API server lets requests through, but no WebSocket, which exec needs; it is named',
    remedy: 'have it pass `Upgrade` on, or use a kubeconfig that leads to the API server directly',
  },
  'run-in-progress': {
    exit: ExitCode.inconclusive,
    meaning: "another run holds the cluster's lock",
    remedy: 'wait for it, or `netwright clean` when it is dead',
  },
  'run-lock-lost': {
    exit: ExitCode.inconclusive,
    meaning: "the cluster's lock was removed or taken over while a run was at work, or could not be renewed in time",
    remedy: 'run again, alone; see what `kubectl -n kube-system get lease netwright-run -o yaml` says',
  },
  'clean-up-slow': {
    exit: ExitCode.inconclusive,
    meaning: 'the cluster has been told to remove what is ours, and has not done so within a minute',
    remedy: 'it goes on by itself; see whether a node that does not answer keeps its pods',
  },
  'no-probes': {
    exit: ExitCode.inconclusive,
    meaning: 'not one probe pod became ready; the reasons are in the message',
    remedy: "see the reasons, and the events of the probes' namespaces",
  },
} as const satisfies Record<string, ErrorDocument>;
