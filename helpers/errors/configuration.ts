import { ExitCode } from './exit-code.ts';
import type { ErrorDocument } from './document.ts';

/** Configuration and files. */
export const configurationErrors = {
  'config-invalid': {
    exit: ExitCode.usage,
    meaning: 'variables are unknown, malformed or do not go together; each is listed with what was expected',
    remedy: 'fix the lines; [configuration](configuration.md) says what each means',
  },
  'config-file-unreadable': {
    exit: ExitCode.usage,
    meaning: 'the configuration file that was named is not there or cannot be read',
    remedy: 'name another, or leave it out',
  },
  'kubeconfig-missing': {
    exit: ExitCode.usage,
    meaning: 'no kubeconfig where it was named, or at any of the usual places',
    remedy: 'set `NETWRIGHT_KUBECONFIG`',
  },
  'kubeconfig-invalid': {
    exit: ExitCode.usage,
    meaning: 'the kubeconfig, or the certificate in it, cannot be read',
    remedy: 'see what `kubectl config view` makes of it',
  },
  'kubeconfig-context': {
    exit: ExitCode.usage,
    meaning: 'the kubeconfig has no such context, or the context names a cluster or a user that is not there',
    remedy: 'set `NETWRIGHT_CONTEXT` to one of those listed',
  },
  'service-unknown': {
    exit: ExitCode.usage,
    meaning: 'a Service of `NETWRIGHT_SERVICES` is not in the cluster',
    remedy: 'see the Services that are listed, and `NETWRIGHT_NAMESPACE`',
  },
  'nodes-unknown': {
    exit: ExitCode.usage,
    meaning: '`NETWRIGHT_NODES` selects no node, or has a word that is no node and no label of one',
    remedy: 'see the nodes that are listed',
  },
  'probe-port-taken': {
    exit: ExitCode.usage,
    meaning: "the probes are to listen on the hosts at a port that a Service's NodePort or the ingress has",
    remedy: 'choose another by the variable that is named',
  },
  'accepted-invalid': {
    exit: ExitCode.usage,
    meaning: 'the file of what is accepted cannot be read; entry and field are named',
    remedy: 'give each entry code, place, reason and until, as in [nightly](nightly.md)',
  },
  'reports-unwritable': {
    exit: ExitCode.usage,
    meaning: 'the folder of the reports cannot be written; nothing was asked of the cluster',
    remedy: 'set `NETWRIGHT_REPORTS_DIR` to one that can; in a pod, to that of a volume',
  },
  'observations-unreadable': {
    exit: ExitCode.usage,
    meaning: 'a recording cannot be opened',
    remedy: 'name the `observations.ndjson` of a run',
  },
  'observations-invalid': {
    exit: ExitCode.usage,
    meaning: 'a line of a recording is no observation; file, line and field are named',
    remedy: 'use a recording as a run wrote it',
  },
  'snapshot-unreadable': {
    exit: ExitCode.usage,
    meaning: 'a snapshot cannot be opened, or is not JSON',
    remedy: 'name a file that `netwright snapshot` wrote',
  },
  'snapshot-invalid': {
    exit: ExitCode.usage,
    meaning: 'a file is no snapshot of this version; the field is named',
    remedy: 'name a file that `netwright snapshot` wrote',
  },
  'snapshot-unwritable': {
    exit: ExitCode.usage,
    meaning: 'the file of `netwright snapshot --out` cannot be written',
    remedy: 'name a file in a folder that is there and can be written',
  },
} as const satisfies Record<string, ErrorDocument>;
