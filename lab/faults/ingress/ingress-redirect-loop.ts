import { changeNginx } from '../lib/nginx.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'ingress-redirect-loop';

export const faults: LabFault[] = [
  {
    id: `${code}/forwarded-proto`,
    code,
    title: 'the ingress redirects whatever is not marked as https by a proxy in front of it, and nothing marks it',
    takes: 'none',
    inject: (lab) =>
      changeNginx(
        lab,
        '/server_name /a if ($http_x_forwarded_proto != https) { return 308 https://$host$request_uri; }',
        '/return 308/d',
      ),
    expected: everywhere,
  },
];
