import { NOT_READY, kubeconfigOf, RESTART_KUBELET, untilNotReady } from '../lib/not-ready.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'kubelet-certificate-or-clock';

/** Puts a certificate of the cluster's own authority into the kubeconfig that ran out last year. */
const EXPIRE = `set -e
pki=$(dirname "$1") work=$(mktemp -d)
cp "$1" "$1.sound"
field() { sed -n "s/^ *$1: //p" "$conf" | base64 -d; }
conf=$1
field client-key-data >$work/key
: >$work/index; echo 01 >$work/serial
printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=%s\\nserial=%s\\nnew_certs_dir=%s\\npolicy=p\\ndefault_md=sha256\\n' \\
  $work/index $work/serial $work >$work/ca.cnf
printf '[p]\\norganizationName=optional\\ncommonName=supplied\\n[x]\\nextendedKeyUsage=clientAuth\\n' >>$work/ca.cnf
openssl req -new -key $work/key -subj "/O=system:nodes/CN=system:node:$2" -out $work/csr
openssl ca -batch -config $work/ca.cnf -extensions x -cert $pki/ca.crt -keyfile $pki/ca.key -in $work/csr \\
  -startdate 20250101000000Z -enddate 20250201000000Z -notext -out $work/crt 2>/dev/null
sed -i "s#client-certificate-data: .*#client-certificate-data: $(base64 -w0 <$work/crt)#" "$1"
rm -r $work
`;

export const faults: LabFault[] = [
  {
    id: `${code}/expired`,
    code,
    title: 'the certificate by which the kubelet of a node logs in to the API server has run out',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const file = await kubeconfigOf(lab, node);
      await lab.onHealing({ on: 'node', node, argv: RESTART_KUBELET });
      await lab.onNode(node, ['sh', '-c', EXPIRE, 'expire', file, node], ['mv', `${file}.sound`, file]);
      await lab.onNode(node, RESTART_KUBELET);
      await untilNotReady(lab, node);
    },
    expected: atNode,
    also: NOT_READY,
  },
];
