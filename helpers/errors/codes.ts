import { apiErrors } from './api.ts';
import { configurationErrors } from './configuration.ts';
import type { ErrorDocument } from './document.ts';
import { labErrors } from './lab.ts';
import { ownErrors } from './own.ts';
import { sshErrors } from './ssh.ts';

/** Every error that Netwright reports, by its code: what docs/errors.md is written from. */
export const ERRORS = { ...configurationErrors, ...apiErrors, ...sshErrors, ...labErrors, ...ownErrors };

type ListedCode = keyof typeof ERRORS;

/** A trouble with a host that is reached by SSH, without the prefix that says which host. */
export type SshTrouble = keyof typeof sshErrors extends infer Code
  ? Code extends `ssh-${infer Rest}`
    ? Rest
    : never
  : never;

/** A code that an error may have: stable, scripts match on it. */
export type ErrorCode = ListedCode | `ssh-jump-${SshTrouble}`;

/** What is documented of a code; of a jump host's the same as of a node's. */
export const documentOf = (code: ErrorCode): ErrorDocument => ERRORS[code.replace(/^ssh-jump-/, 'ssh-') as ListedCode];
