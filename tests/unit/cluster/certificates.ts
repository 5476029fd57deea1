import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export interface Certificate {
  certificate: string;
  key: string;
}

/** An authority in a folder, by openssl: one of our own, or one whose certificate and key are given. */
export class Authority {
  readonly #folder: string;
  #issued = 0;

  constructor(folder: string, given?: Certificate) {
    this.#folder = folder;
    if (given) {
      writeFileSync(join(folder, 'ca.pem'), given.certificate);
      writeFileSync(join(folder, 'ca.key'), given.key, { mode: 0o600 });
    } else {
      this.#openssl(
        'req',
        '-x509',
        ...KEY,
        '-keyout',
        'ca.key',
        '-out',
        'ca.pem',
        '-subj',
        '/CN=Test Authority',
        '-days',
        '30',
      );
    }
    writeFileSync(join(folder, 'index'), '');
    const lines = [
      '[ca]',
      'default_ca = d',
      '[d]',
      `dir = ${folder}`,
      'database = $dir/index',
      'new_certs_dir = $dir',
      'rand_serial = yes',
      'certificate = $dir/ca.pem',
      'private_key = $dir/ca.key',
      'default_md = sha256',
      'policy = p',
      'unique_subject = no',
      'copy_extensions = copy',
      '[p]',
      'commonName = supplied',
      'organizationName = optional',
    ];
    writeFileSync(join(folder, 'ca.cnf'), `${lines.join('\n')}\n`);
  }

  get certificate(): string {
    return readFileSync(join(this.#folder, 'ca.pem'), 'utf8');
  }

  /** Issues a certificate that is valid between two times of the form YYYYMMDDHHMMSSZ. */
  issue(
    subject: string,
    { from = '20200101000000Z', until = '21200101000000Z', names = 'IP:127.0.0.1' } = {},
  ): Certificate {
    this.#issued += 1;
    const name = `issued-${this.#issued}`;
    this.#openssl(
      'req',
      '-new',
      ...KEY,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      subject,
      '-addext',
      `subjectAltName=${names}`,
    );
    this.#openssl(
      'ca',
      '-batch',
      '-config',
      'ca.cnf',
      '-startdate',
      from,
      '-enddate',
      until,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
      '-notext',
    );
    const read = (ending: string) => readFileSync(join(this.#folder, `${name}.${ending}`), 'utf8');
    return { certificate: read('pem'), key: read('key') };
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
