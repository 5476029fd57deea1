/** What Kubernetes is installed with unless somebody says otherwise. */
const USUAL = 'cluster.local';

/**
 * The cluster's domain, from the search lists that the kubelet gives to pods (`NAMESPACE.svc.DOMAIN svc.DOMAIN
 * DOMAIN`): what most of them say. The usual one where none says anything, as with a pod that has a resolver of its
 * own.
 */
export function clusterDomain(searchLists: readonly (readonly string[])[]): string {
  const said = searchLists.flatMap((list) => {
    const domain = list.flatMap((entry) => /^svc\.(.+?)\.?$/.exec(entry)?.[1] ?? [])[0];
    return domain === undefined ? [] : [domain];
  });
  const byCount = [...Map.groupBy(said, (domain) => domain)].toSorted(([, a], [, b]) => b.length - a.length);
  return byCount[0]?.[0] ?? USUAL;
}
