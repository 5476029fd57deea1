import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { apiError, statusOf, whyOf } from '../cluster/api-error.ts';
import { connectCluster } from '../cluster/connect.ts';
import { requireKubeconfig } from '../config/load.ts';
import type { Config } from '../config/config.ts';
import { openReportOf } from '../report/open-report.ts';
import type { RunReport } from '../report/run-report.ts';

const SET = 'the ClusterReport (NETWRIGHT_OPEN_REPORT)';

/**
 * Writes the run as the one ClusterReport `netwright` of its cluster, in place of the last run's. Resolves to why it
 * was not written; undefined where it was, or is not asked for. Never rejects.
 */
export async function writeOpenReport(config: Config, report: RunReport): Promise<string | undefined> {
  if (!config.openReport) return undefined;
  const body = openReportOf(report);
  const of = { group: 'openreports.io', version: 'v1alpha1', plural: 'clusterreports', name: body.metadata.name };
  try {
    const client = await connectCluster({ kubeconfig: requireKubeconfig(config), context: config.kubeContext });
    try {
      await client.customObjects.patchClusterCustomObject(
        { ...of, body, fieldManager: 'netwright', force: true },
        setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
      );
      return undefined;
    } catch (error) {
      if (statusOf(error) === 404) return `${SET} was not written: the cluster has no openreports.io/v1alpha1`;
      throw apiError(error, `${SET} was not written: the API server ${client.server}`, client.server);
    }
  } catch (error) {
    return whyOf(error);
  }
}
