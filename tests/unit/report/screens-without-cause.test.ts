import { describe, expect, it } from 'vitest';
import { changed, filtered, fixed, refusing, screen } from './recorded-report.ts';

describe('the whole screen where no cause is proved', () => {
  it('of a fault without a cause says what fails where, what is excluded, and what to try first', () => {
    expect(screen(refusing(fixed(filtered)))).toMatchInlineSnapshot(`
      "UNHEALTHY  k3s-worker-01:443 refuses https for all 3 hosts (3 probes), http there answers; no cause
                 is proved
        lab:demo, k3s v1.34.2, flannel-vxlan, 3 nodes, profile gate, 18.2 s
        504 probes: 501 passed, 3 failed, 0 inconclusive

      Findings
        no cause      k3s-worker-01:443 refuses https for all 3 hosts (3 probes), http there answers; no
                      cause proved
        to confirm    ssh k3s-worker-01 'ss -ltnp sport = :443; iptables-save | grep -w 443; nft list
                      ruleset | grep -w 443' # who listens there, and which rule leads elsewhere
        excluded      looked at, and sound:
                      - what nodes send by the overlay comes out at the others (6 of 6 probes)
                      - pods reach pods of other nodes (30 of 30 probes)
                      - endpoints answer by their own addresses (54 of 54 probes)
                      - Services answer by their ClusterIPs (18 of 18 probes)
                      - names resolve (201 of 201 probes)
                      - NodePorts answer (9 of 9 probes)

      Suites
        pod-to-pod  pass          13 passed  0.0 s
        cluster-ip  pass          4 passed  0.0 s
        coredns     pass          6 passed  0.0 s
        node-port   pass          3 passed  0.0 s
        ingress     fail          5 passed, 1 failed  0.0 s
            x every host answers over https on every node that runs the ingress
              every probe towards k3s-worker-01 fails, every other passes (3 of 6 probes failed)
              the runner → my.keybuzz.io on k3s-worker-01 (10.0.0.110:443) [/health]: connection refused
              the runner → platform-api.keybuzz.io on k3s-worker-01 (10.0.0.110:443) [/health]: connection
                refused
              and 1 more
        overlay     pass          3 passed  0.0 s

      Node to node
                         1 2 3  NodePort  ingress
        1 k3s-master-01  . . .  .         .
        2 k3s-worker-01  . . .  .         x
        3 k3s-worker-02  . . .  .         .
          load balancer                   .
        row asks column;  . passes   x fails in some way   ? not observed

      UNHEALTHY  k3s-worker-01:443 refuses https for all 3 hosts (3 probes), http there answers; no cause
                 is proved
      "
    `);
  });

  it('of one suite alone says which others would tell', () => {
    expect(screen(filtered, 'coredns')).toMatchInlineSnapshot(`
      "UNHEALTHY  likely the path drops UDP 8472, the overlay's port: from and to k3s-worker-02; no cause
                 is proved
        lab:demo, k3s v1.34.2, flannel-vxlan, 3 nodes, profile gate, 18.2 s
        201 probes: 138 passed, 63 failed, 0 inconclusive

      Findings
        candidate     vxlan-port-filtered-in-path: the path drops UDP 8472, the overlay's port: from and
                      to k3s-worker-02
                      k3s-master-01 → k3s-worker-02; k3s-worker-01 → k3s-worker-02; k3s-worker-02 →
                      k3s-master-01; k3s-worker-02 → k3s-worker-01
                      - k3s-master-01 has sent 59 flows of datagrams to k3s-worker-02:8472 in half a
                        minute, and k3s-worker-02's table of connections has none of them; likewise 3 more
        if this is it Allow UDP 8472 in both directions between k3s-master-01 (10.0.0.100), k3s-worker-01
                      (10.0.0.110) and k3s-worker-02 (10.0.0.111) in every firewall and router between
                      them; or give the overlay another port (Backend.Port in flannel’s net-conf.json), or
                      use one without it.
        to confirm    ssh k3s-worker-02 tcpdump -nni any udp port 8472 # while a pod on k3s-master-01
                      pings one on k3s-worker-02: silence here, and packets for other bytes on the port,
                      tell who swallows them
        page          docs/findings/vxlan-port-filtered-in-path.md
        not run       overlay, pod-to-pod, which would tell: run without --suite

      Suites
        coredns  fail          1 passed, 5 failed  0.0 s
            x a short Service name resolves by the pod's own resolver on every node; and 4 more
              every probe from k3s-worker-02 fails, every other passes (3 of 9 probes failed)
              k3s-worker-02 (10.42.2.44) → kube-system/kube-dns [A keybuzz-api.keybuzz udp]: no address
                for the name within 4000 ms

      UNHEALTHY  likely the path drops UDP 8472, the overlay's port: from and to k3s-worker-02; no cause
                 is proved
      "
    `);
  });

  it('of the suite ingress alone says which hosts fail how, and which suites would tell', () => {
    expect(screen(filtered, 'ingress')).toMatchInlineSnapshot(`
      "UNHEALTHY  k3s-master-01:31080, k3s-master-01:31695 and 10 more answer 504 over http and https for
                 all 3 hosts (35 probes); no cause is proved
        lab:demo, k3s v1.34.2, flannel-vxlan, 3 nodes, profile gate, 18.2 s
        36 probes: 1 passed, 35 failed, 0 inconclusive

      Findings
        no cause      k3s-master-01:31080, k3s-master-01:31695 and 10 more answer 504 over http and https
                      for all 3 hosts (35 probes); no cause proved
        to confirm    kubectl get endpointslices,pods -A -o wide # the controller answers, and does not
                      reach what is behind it: is that Ready, and on other nodes?
        not run       overlay, pod-to-pod, which would tell: run without --suite

      Suites
        ingress  fail          6 failed  0.0 s
            x every host answers over https through the load balancer; and 5 more
              all 3 fail
              the runner → my.keybuzz.io (10.0.0.5:443) [/health]: status 504: 504 Gateway Time-out

      Node to node
                         ingress
        1 k3s-master-01  x
        2 k3s-worker-01  x
        3 k3s-worker-02  x
          load balancer  x
        . passes   x fails in some way   ? not observed

      UNHEALTHY  k3s-master-01:31080, k3s-master-01:31695 and 10 more answer 504 over http and https for
                 all 3 hosts (35 probes); no cause is proved
      "
    `);
  });

  it('of a run that could not observe says so', () => {
    const unheard = changed(fixed(filtered), ({ source }) =>
      source.node === 'k3s-worker-02'
        ? { verdict: 'inconclusive', errorKind: 'lost-exec', reason: 'the probe could not be heard', succeeded: 0 }
        : undefined,
    );
    expect(screen(unheard)).toMatchInlineSnapshot(`
      "INCONCLUSIVE  not observed: 155 probes from k3s-worker-02: the probe could not be heard
        lab:demo, k3s v1.34.2, flannel-vxlan, 3 nodes, profile gate, 18.2 s
        504 probes: 349 passed, 0 failed, 155 inconclusive

      Suites
        pod-to-pod  inconclusive  13 inconclusive  0.0 s
            - 13 inconclusive: not observed: the probe could not be heard
        cluster-ip  inconclusive  4 inconclusive  0.0 s
            - 4 inconclusive: not observed: the probe could not be heard
        coredns     inconclusive  6 inconclusive  0.0 s
            - 6 inconclusive: not observed: the probe could not be heard
        node-port   inconclusive  1 passed, 2 inconclusive  0.0 s
            - 2 inconclusive: not observed: the probe could not be heard
        ingress     pass          6 passed  0.0 s
        overlay     inconclusive  3 inconclusive  0.0 s
            - 3 inconclusive: not observed: the probe could not be heard

      Node to node
                         1 2 3  NodePort  ingress
        1 k3s-master-01  . . .  .         .
        2 k3s-worker-01  . . .  .         .
        3 k3s-worker-02  ? ? ?  .         .
          load balancer                   .
        row asks column;  . passes   x fails in some way   ? not observed

      Not looked at
        k3s-worker-02: 155 probes from k3s-worker-02: the probe could not be heard

      INCONCLUSIVE  not observed: 155 probes from k3s-worker-02: the probe could not be heard
      "
    `);
  });
});
