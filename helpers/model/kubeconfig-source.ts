/** Where the address of the API server and the credentials for it are read from. Plain data: it crosses processes. */
export type KubeconfigSource =
  | {
      kind: 'files';
      /** Absolute paths, merged in this order as kubectl does: the first to name something wins. */
      paths: readonly string[];
    }
  | {
      /** The ServiceAccount of the pod that this process runs in. */
      kind: 'service-account';
      /** Folder of its `token` and `ca.crt`. */
      folder: string;
      /** `https://` and the address of the API server, from the pod's environment. */
      server: string;
    };

/** The source as messages name it. */
export const sourceText = (source: KubeconfigSource): string =>
  source.kind === 'files' ? source.paths.join(', ') : `the pod's ServiceAccount in ${source.folder}`;
