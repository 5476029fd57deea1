import { describe, expect, it } from 'vitest';
import { filtered, fixed, refusing, screen } from './recorded-report.ts';

describe('the whole screen', () => {
  it('of a healthy cluster', () => {
    expect(screen(fixed(filtered))).toMatchInlineSnapshot(`
      "HEALTHY  no symptom was found; 35 of 35 were looked for
        lab:demo, k3s v1.34.2, flannel-vxlan, 3 nodes, profile gate, 18.2 s
        504 probes: 504 passed, 0 failed, 0 inconclusive

      Suites
        pod-to-pod  pass          13 passed  0.0 s
        cluster-ip  pass          4 passed  0.0 s
        coredns     pass          6 passed  0.0 s
        node-port   pass          3 passed  0.0 s
        ingress     pass          6 passed  0.0 s
        overlay     pass          3 passed  0.0 s

      Node to node
                         1 2 3  NodePort  ingress
        1 k3s-master-01  . . .  .         .
        2 k3s-worker-01  . . .  .         .
        3 k3s-worker-02  . . .  .         .
          load balancer                   .
        row asks column;  . passes   x fails in some way   ? not observed

      HEALTHY  no symptom was found; 35 of 35 were looked for
      "
    `);
  });

  it('of one fault', () => {
    expect(screen(filtered)).toMatchInlineSnapshot(`
      "UNHEALTHY  the path drops UDP 8472, the overlay's port: from and to k3s-worker-02
        lab:demo, k3s v1.34.2, flannel-vxlan, 3 nodes, profile gate, 18.2 s
        508 probes: 313 passed, 191 failed, 0 inconclusive, 4 evidence only

      Findings
        proved        vxlan-port-filtered-in-path
                      k3s-master-01 → k3s-worker-02; k3s-worker-01 → k3s-worker-02; k3s-worker-02 →
                      k3s-master-01; k3s-worker-02 → k3s-worker-01
                      - k3s-master-01 sent 100 VXLAN datagrams to k3s-worker-02:8472 (they left: its
                        uplink sent 157 packets in that time); the uplink of k3s-worker-02 received 7 and
                        its tunnel device 0; likewise 3 more
                      - datagrams of the same port without a VXLAN header are lost between k3s-master-01
                        and k3s-worker-02 as well; likewise 3 more
                      - and 1 more in summary.md
        remedy        Allow UDP 8472 in both directions between k3s-master-01 (10.0.0.100), k3s-worker-01
                      (10.0.0.110) and k3s-worker-02 (10.0.0.111) in every firewall and router between
                      them; or give the overlay another port (Backend.Port in flannel’s net-conf.json), or
                      use one without it.
        verify        netwright run --suite overlay # prints HEALTHY once what k3s-master-01 sends comes
                      out at k3s-worker-02
        page          docs/findings/vxlan-port-filtered-in-path.md

      Suites
        pod-to-pod  fail          7 passed, 6 failed  0.0 s
            x TCP passes between pods on different nodes; and 5 more
              every probe from or towards k3s-worker-02 fails, every other passes (4 of 6 probes failed)
              k3s-master-01 (10.42.0.47) → k3s-worker-02 (10.42.2.44:8377): no connection within 4000 ms
        cluster-ip  fail          1 passed, 3 failed  0.0 s
            x every Service answers by its ClusterIP from the pod network of every node; and 2 more
              8 of 9 fail
              k3s-master-01 (10.42.0.47) → keybuzz/keybuzz-my-ui (10.43.232.70:80) [/health]: 2 of 6
                attempts failed: no connection within 2000 ms
        coredns     fail          1 passed, 5 failed  0.0 s
            x a short Service name resolves by the pod's own resolver on every node; and 4 more
              every probe from k3s-worker-02 fails, every other passes (3 of 9 probes failed)
              k3s-worker-02 (10.42.2.44) → kube-system/kube-dns [A keybuzz-api.keybuzz udp]: no address
                for the name within 4000 ms
        node-port   fail          1 passed, 2 failed  0.0 s
            x every NodePort answers on every node when asked from outside; and 1 more
              2 of 3 fail
              the runner → keybuzz/keybuzz-api on k3s-worker-01 (10.0.0.110:30080) [/health]: 2 of 3
                attempts failed: no connection within 2000 ms
        ingress     fail          6 failed  0.0 s
            x every host answers over https through the load balancer; and 5 more
              all 3 fail
              the runner → my.keybuzz.io (10.0.0.5:443) [/health]: status 504: 504 Gateway Time-out
        overlay     fail          1 passed, 2 failed  0.0 s
            x what every node sends by an unknown kind of pod network comes out of the tunnel device of
                every other; and 1 more
              every probe from or towards k3s-worker-02 fails, every other passes (4 of 6 probes failed)
              k3s-master-01, host network (10.0.0.100) → k3s-worker-02, host network (10.0.0.111:8472):
                blocked: 100 sent, none arrived at the receiver's uplink; another UDP port passes

      Node to node
                         1 2 3  NodePort  ingress
        1 k3s-master-01  . . x  x         x
        2 k3s-worker-01  . . x  x         x
        3 k3s-worker-02  x x .  x         x
          load balancer                   x
        row asks column;  . passes   x fails in some way   ? not observed

      UNHEALTHY  the path drops UDP 8472, the overlay's port: from and to k3s-worker-02
      "
    `);
  });

  it('of two independent faults counts both, and gives the one without a proved cause a place of its own', () => {
    expect(screen(refusing(filtered))).toMatchInlineSnapshot(`
      "UNHEALTHY  2 problems: the path drops UDP 8472, the overlay's port: from and to k3s-worker-02;
                 k3s-worker-01:443 refuses https for all 3 hosts (3 probes), http there answers
        lab:demo, k3s v1.34.2, flannel-vxlan, 3 nodes, profile gate, 18.2 s
        508 probes: 316 passed, 188 failed, 0 inconclusive, 4 evidence only

      Findings
        proved        vxlan-port-filtered-in-path: the path drops UDP 8472, the overlay's port: from and
                      to k3s-worker-02
                      k3s-master-01 → k3s-worker-02; k3s-worker-01 → k3s-worker-02; k3s-worker-02 →
                      k3s-master-01; k3s-worker-02 → k3s-worker-01
                      - k3s-master-01 sent 100 VXLAN datagrams to k3s-worker-02:8472 (they left: its
                        uplink sent 157 packets in that time); the uplink of k3s-worker-02 received 7 and
                        its tunnel device 0; likewise 3 more
                      - datagrams of the same port without a VXLAN header are lost between k3s-master-01
                        and k3s-worker-02 as well; likewise 3 more
                      - and 1 more in summary.md
        remedy        Allow UDP 8472 in both directions between k3s-master-01 (10.0.0.100), k3s-worker-01
                      (10.0.0.110) and k3s-worker-02 (10.0.0.111) in every firewall and router between
                      them; or give the overlay another port (Backend.Port in flannel’s net-conf.json), or
                      use one without it.
        verify        netwright run --suite overlay # prints HEALTHY once what k3s-master-01 sends comes
                      out at k3s-worker-02
        page          docs/findings/vxlan-port-filtered-in-path.md
        no cause      k3s-worker-01:443 refuses https for all 3 hosts (3 probes), http there answers; no
                      cause proved
        to confirm    ssh k3s-worker-01 'ss -ltnp sport = :443; iptables-save | grep -w 443; nft list
                      ruleset | grep -w 443' # who listens there, and which rule leads elsewhere

      Suites
        pod-to-pod  fail          7 passed, 6 failed  0.0 s
            x TCP passes between pods on different nodes; and 5 more
              every probe from or towards k3s-worker-02 fails, every other passes (4 of 6 probes failed)
              k3s-master-01 (10.42.0.47) → k3s-worker-02 (10.42.2.44:8377): no connection within 4000 ms
        cluster-ip  fail          1 passed, 3 failed  0.0 s
            x every Service answers by its ClusterIP from the pod network of every node; and 2 more
              8 of 9 fail
              k3s-master-01 (10.42.0.47) → keybuzz/keybuzz-my-ui (10.43.232.70:80) [/health]: 2 of 6
                attempts failed: no connection within 2000 ms
        coredns     fail          1 passed, 5 failed  0.0 s
            x a short Service name resolves by the pod's own resolver on every node; and 4 more
              every probe from k3s-worker-02 fails, every other passes (3 of 9 probes failed)
              k3s-worker-02 (10.42.2.44) → kube-system/kube-dns [A keybuzz-api.keybuzz udp]: no address
                for the name within 4000 ms
        node-port   fail          1 passed, 2 failed  0.0 s
            x every NodePort answers on every node when asked from outside; and 1 more
              2 of 3 fail
              the runner → keybuzz/keybuzz-api on k3s-worker-01 (10.0.0.110:30080) [/health]: 2 of 3
                attempts failed: no connection within 2000 ms
        ingress     fail          6 failed  0.0 s
            x every host answers over https through the load balancer; and 5 more
              all 3 fail
              the runner → my.keybuzz.io (10.0.0.5:443) [/health]: status 504: 504 Gateway Time-out
        overlay     fail          1 passed, 2 failed  0.0 s
            x what every node sends by an unknown kind of pod network comes out of the tunnel device of
                every other; and 1 more
              every probe from or towards k3s-worker-02 fails, every other passes (4 of 6 probes failed)
              k3s-master-01, host network (10.0.0.100) → k3s-worker-02, host network (10.0.0.111:8472):
                blocked: 100 sent, none arrived at the receiver's uplink; another UDP port passes

      Node to node
                         1 2 3  NodePort  ingress
        1 k3s-master-01  . . x  x         x
        2 k3s-worker-01  . . x  x         x
        3 k3s-worker-02  x x .  x         x
          load balancer                   x
        row asks column;  . passes   x fails in some way   ? not observed

      UNHEALTHY  2 problems: the path drops UDP 8472, the overlay's port: from and to k3s-worker-02;
                 k3s-worker-01:443 refuses https for all 3 hosts (3 probes), http there answers
      "
    `);
  });
});
