import { readFileSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { loadYaml } from '@kubernetes/client-node';
import { z } from 'zod';

/** Name of the auth provider by which `token-file.ts` knows its users; client-node has one of another name. */
export const TOKEN_FILE_PROVIDER = 'netwright-token-file';

const text = z.string().nullish();
const clusterSchema = z.looseObject({
  name: z.string(),
  cluster: z.looseObject({
    server: text,
    'certificate-authority': text,
    'certificate-authority-data': text,
    'insecure-skip-tls-verify': z.boolean().nullish(),
  }),
});
const userSchema = z.looseObject({
  name: z.string(),
  user: z
    .looseObject({
      'client-certificate': text,
      'client-certificate-data': text,
      'client-key': text,
      'client-key-data': text,
      token: text,
      tokenFile: text,
      exec: z.looseObject({ command: text, apiVersion: text, provideClusterInfo: z.boolean().nullish() }).nullish(),
    })
    .nullish(),
});
const contextSchema = z.looseObject({
  name: z.string(),
  context: z.looseObject({ cluster: text, user: text, namespace: text }),
});
const fileSchema = z.looseObject({
  'current-context': text,
  clusters: z.array(clusterSchema).nullish(),
  users: z.array(userSchema).nullish(),
  contexts: z.array(contextSchema).nullish(),
});

/** A kubeconfig's content in the words of the file, as far as it is looked at here; the rest is carried along. */
export type RawKubeconfig = z.infer<typeof fileSchema>;
type RawCluster = z.infer<typeof clusterSchema>;
type RawUser = z.infer<typeof userSchema>;

const present = (path: string | null | undefined, folder: string): string | undefined =>
  path ? resolve(folder, path) : undefined;

/** Data in the file goes before a path to the same, and an address without TLS needs no certificate, as in kubectl. */
function readCluster({ name, cluster }: RawCluster, folder: string): RawCluster {
  const data = cluster['certificate-authority-data'];
  return {
    name,
    cluster: {
      ...cluster,
      'certificate-authority': data ? undefined : present(cluster['certificate-authority'], folder),
      // client-node refuses plain HTTP (as `kubectl proxy` offers it) without this.
      'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] === true || cluster.server?.startsWith('http:'),
    },
  };
}

/** A credential plugin that is named by a path lies relative to the file; one that is a mere name is in PATH. */
const commandOf = (command: string, folder: string): string =>
  command.includes(sep) ? resolve(folder, command) : command;

function readUser({ name, user }: RawUser, folder: string): RawUser {
  if (!user) return { name, user: {} };
  // Left out in silence they would give the user other rights than kubectl does.
  const refused = ['as-groups', 'as-uid', 'as-user-extra'].find((field) => user[field]);
  if (refused) throw new Error(`users "${name}": ${refused} is not supported, only the impersonation of a user (as)`);
  const tokenFile = present(user.tokenFile, folder);
  return {
    name,
    user: {
      ...user,
      'client-certificate': user['client-certificate-data'] ? undefined : present(user['client-certificate'], folder),
      'client-key': user['client-key-data'] ? undefined : present(user['client-key'], folder),
      exec: user.exec?.command ? { ...user.exec, command: commandOf(user.exec.command, folder) } : user.exec,
      // client-node knows the file of a token only by its provider of in-cluster credentials.
      ...(tokenFile && {
        token: undefined,
        'auth-provider': { name: TOKEN_FILE_PROVIDER, config: { path: tokenFile } },
      }),
    },
  };
}

/**
 * Reads one kubeconfig; relative paths in it are resolved against its folder. Throws what the file system, the YAML
 * parser or the schema has against it.
 */
export function readKubeconfigFile(path: string): RawKubeconfig {
  const content = readFileSync(path, 'utf8');
  // An empty file is an empty kubeconfig to kubectl, and an error to the YAML parser.
  const { data, error } = fileSchema.safeParse(content.trim() === '' ? {} : (loadYaml(content) ?? {}));
  if (error) throw new Error(z.prettifyError(error).replaceAll('\n', ' '));
  const folder = dirname(path);
  return {
    ...data,
    clusters: (data.clusters ?? []).map((cluster) => readCluster(cluster, folder)),
    users: (data.users ?? []).map((user) => readUser(user, folder)),
  };
}

function firstOfEachName<T extends { name: string }>(lists: (readonly T[] | null | undefined)[]): T[] {
  const byName = new Map<string, T>();
  for (const item of lists.flatMap((list) => list ?? [])) if (!byName.has(item.name)) byName.set(item.name, item);
  return [...byName.values()];
}

/** Merges as kubectl does: the first file that names a cluster, user, context or current context wins. */
export function mergeKubeconfigs(files: readonly RawKubeconfig[]): RawKubeconfig {
  return {
    'current-context': files.map((file) => file['current-context']).find(Boolean) ?? '',
    clusters: firstOfEachName(files.map(({ clusters }) => clusters)),
    users: firstOfEachName(files.map(({ users }) => users)),
    contexts: firstOfEachName(files.map(({ contexts }) => contexts)),
  };
}
