import { isJudged } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { qualified } from '../../view/cluster.ts';
import { askedEndpoints } from '../../evidence/endpoints.ts';
import { failuresOf } from '../../evidence/services.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { networkPolicyDenies } from '../pod/network-policy-denies.ts';
import { proved, provedIf } from '../../match.ts';

/** A Service leads to a port on which none of its pods listens. */
export const serviceTargetPortWrong: CatalogueEntry = {
  code: 'service-target-port-wrong',
  title: (locations) => `the Service leads to a port on which its pods do not listen: ${placeOf(locations)}`,
  layer: 'service',
  dependsOn: [nodeNotReadyEndpoints, networkPolicyDenies],
  match: (view) =>
    view.cluster.services.flatMap((service): Match[] => {
      const ready = service.value.endpoints.filter((endpoint) => endpoint.ready);
      const failed = failuresOf(view, service);
      if (ready.length === 0 || failed.length === 0) return [];
      const name = qualified(service);
      const impact = [
        { kind: 'service' as const, service: name },
        ...ready.map(({ ip }) => ({ kind: 'endpoint' as const, ip })),
      ];
      const unnamed = service.value.ports.filter((port) =>
        ready.every(({ ports }) => ports[port.name ?? ''] === undefined),
      );
      if (unnamed.length === service.value.ports.length && unnamed.length > 0) {
        return [
          proved({
            at: { service: name },
            evidence: [
              say(
                ready.some(({ pod }) => pod !== undefined)
                  ? `no pod of ${name} has a port for its target port ` +
                      unnamed.map(({ targetPort }) => targetPort).join(', ')
                  : `no EndpointSlice of ${name} names a port as the Service does: ` +
                      unnamed.map((port) => port.name ?? '(without a name)').join(', '),
                service.id,
              ),
            ],
            impact,
            basis: failed,
          }),
        ];
      }
      const asked = askedEndpoints(view).filter((each) => each.name === name);
      const home = asked.map(({ atHome }) => atHome);
      // From its own node's host nothing lies between: what is refused there nobody listens to, whatever else keeps
      // others from it.
      const refusedAtHome =
        asked.length > 0 &&
        asked.every(
          ({ probes, atHome: own }) =>
            own.some(({ errorKind }) => errorKind === 'refused') && probes.every(({ verdict }) => verdict !== 'pass'),
        );
      const refused =
        refusedAtHome ||
        (asked.length > 0 &&
          asked.every(
            ({ probes }) =>
              probes.every(({ errorKind, verdict }) => !isJudged({ verdict }) || errorKind === 'refused') &&
              probes.some(({ errorKind }) => errorKind === 'refused'),
          ));
      if (!refused) return [];
      const atHome = home.flat().filter(({ errorKind }) => errorKind === 'refused');
      const everywhere = home.every((probes) => probes.some(({ errorKind }) => errorKind === 'refused'));
      return [
        provedIf(everywhere, {
          at: { service: name },
          evidence: [
            say(
              `each of the ${asked.length} endpoints of ${name} refuses port ` +
                `${asked[0]?.probes[0]?.destination.port ?? ''}, ` +
                (everywhere ? 'asked from its own node too' : 'where it was asked'),
              ...ids(atHome.length > 0 ? atHome : asked.flatMap(({ probes }) => probes)).slice(0, 20),
            ),
          ],
          impact,
          basis: failed,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Set the Service’s targetPort to the port on which the container listens (its number, or a name that the ' +
        'container gives).',
    },
  ],
  shows: 'a TargetPort on which the container listens',
  verify: ({ service }) => `kubectl describe service -n ${service?.split('/')[0]} ${service?.split('/')[1]}`,
  parts: ({ service }) => `kubectl get networkpolicies -n ${service?.split('/')[0]}`,
};
