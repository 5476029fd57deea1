import { readRanges } from './ranges.ts';
import type { Make } from './settings.ts';

/** 10.244/16 and 10.96/12 are what kubeadm's documents have; 100.64/10 is what some clouds give to pods. */
export const cidrs: Make = {
  key: 'cidrs',
  meaning: 'ranges of pods and Services',
  values: 'PODS+SERVICES, as 10.244/16+10.96/12',
  read: readRanges,
};
