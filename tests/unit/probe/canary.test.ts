import { describe, expect, it } from 'vitest';
import { canaryHeadless, canaryHost, canaryIngress, canaryService } from '../../../helpers/probe/canary.ts';

const options = { runId: 'r1', ports: { podTcp: 1, podUdp: 2 } };

describe("Netwright's own Service", () => {
  it('stands before the probe pods of the run, in their namespace, in each family that the cluster has', () => {
    const { metadata, spec } = canaryService(options, true);
    expect([metadata?.namespace, metadata?.labels?.['netwright/run']]).toEqual(['netwright-r1', 'r1']);
    expect(spec).toMatchObject({
      type: 'NodePort',
      ipFamilyPolicy: 'PreferDualStack',
      selector: { 'netwright/run': 'r1', 'netwright/network': 'pod' },
    });
  });

  it('has two ports of TCP and one of UDP, which lead to the ports of the probes', () => {
    expect(canaryService(options, true).spec?.ports?.map(({ protocol, targetPort }) => [protocol, targetPort])).toEqual(
      [
        ['TCP', 1],
        ['TCP', 1],
        ['UDP', 2],
      ],
    );
  });

  it('has no NodePorts where none are wanted', () => {
    expect(canaryService(options, false).spec?.type).toBe('ClusterIP');
  });

  it('has a twin without an address', () => {
    const { metadata, spec } = canaryHeadless(options);
    expect([metadata?.name, spec?.clusterIP, spec?.type]).toEqual(['canary-headless', 'None', undefined]);
  });
});

describe("Netwright's own Ingress", () => {
  it('is for a name of this run that nobody resolves', () => {
    expect(canaryHost('r1')).toMatch(/r1.*\.invalid$/);
    expect(canaryIngress(options, { className: 'c', tls: false }).spec).toMatchObject({
      ingressClassName: 'c',
      rules: [{ host: canaryHost('r1'), http: { paths: [{ backend: { service: { name: 'canary' } } }] } }],
    });
  });

  it('asks for https without a Secret where the controller has a certificate of its own', () => {
    const tlsOf = (tls: boolean) => canaryIngress(options, { className: 'c', tls }).spec?.tls;
    expect([tlsOf(true), tlsOf(false)]).toEqual([[{ hosts: [canaryHost('r1')] }], undefined]);
  });
});
