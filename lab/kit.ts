/**
 * What a lab is started from: programs and images, prepared once, cached outside the checkout, shared by all labs.
 * Read-only for them.
 */
export interface Kit {
  /**
   * kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, kubeadm, kubectl, etcd, containerd,
   * containerd-shim-runc-v2, ctr, flanneld, coredns.
   */
  binDir: string;
  /** kube-router, where a lab has asked for it. */
  policyBinDir: string;
  /**
   * Where a lab has asked for it: calico-node, calico, calico-ipam, the lab's own ipip and block-routes, and crd/ with
   * Calico's kinds of objects.
   */
  calicoBinDir: string;
  /** light-kubelet, where a lab has asked for it. */
  lightBinDir: string;
  /** bridge, host-local, loopback, portmap. */
  cniBinDir: string;
  /**
   * Root of Debian packages that were unpacked, not installed, since installing them would start or enable a service on
   * this host: usr/sbin/sshd, usr/sbin/nginx, usr/sbin/haproxy with the libraries that the host lacks.
   */
  debianRoot: string;
  /** The Node 24 binary that goes into images. */
  nodeBinary: string;
  /** One OCI archive (tar) an image. */
  imagesDir: string;
  /** Image references by short name; the archive of `name` is `imagesDir/name.tar`. */
  images: Record<ImageName, string>;
  /** A containerd root in which every image is already unpacked; nodes start from hard-linked copies of it. */
  containerdTemplate: string;
}

export type ImageName = 'pause' | 'node' | 'coredns' | 'ingress' | 'keybuzz';
