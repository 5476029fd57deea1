import type { Hole } from '../../model/finding.ts';
import type { TargetService } from '../../model/targets.ts';
import type { Topology } from '../../model/topology.ts';

const WHY = 'Netwright connects by TCP: what a port of another protocol must answer, nothing says';

/**
 * Ports of the targets that no plan asks, for they are not of TCP: one hole for all of them, or none. It leaves nothing
 * open: no client's way can be tried by what nobody has to answer.
 */
export function unaskedPorts({ services }: Topology, targets: readonly TargetService[]): Hole[] {
  const named = services
    .filter(({ namespace, name }) => targets.some((each) => each.namespace === namespace && each.name === name))
    .flatMap(({ namespace, name, ports }) =>
      ports
        .filter(({ protocol }) => protocol !== 'TCP')
        .map(({ port, protocol }) => `${namespace}/${name} ${port}/${protocol}`),
    );
  return named.length > 0 ? [{ what: named.join(', '), why: WHY, isByChoice: true }] : [];
}
