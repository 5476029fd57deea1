import { describe, expect, test } from 'vitest';
import { readApiServerWay, readKubeletLog, readNodeAgents } from '../../../../helpers/nodes/facts/kubelet.ts';

test('A stopped kubelet is read with its state, and a runtime beside it', () => {
  expect(readNodeAgents('   17 Ssl     120 containerd\n  412 Tl       88 kubelet\n')).toEqual([
    { pid: 17, state: 'Ssl', elapsedSeconds: 120, name: 'containerd' },
    { pid: 412, state: 'Tl', elapsedSeconds: 88, name: 'kubelet' },
  ]);
});

describe('the log of a kubelet', () => {
  test('is read with the age of each line by the node’s own clock, of klog and of K3s', () => {
    const read = readKubeletLog(
      'now 2026-11-27 06:00:30\n' +
        'E1127 06:00:12.000001     412 node.go:1] "Unable to update"\n' +
        'time="2026-11-27T05:59:30Z" level=error msg="no route"\n' +
        'panic: without a time\n',
    );
    expect(read.map(({ ageSeconds }) => ageSeconds)).toEqual([18, 60, undefined]);
  });

  test('says no age of a line that is of later than now, as one of the last year', () => {
    expect(readKubeletLog('now 2026-01-01 00:00:10\nE1231 23:59:59.1 4 a.go:1] "x"\n')[0]).not.toHaveProperty(
      'ageSeconds',
    );
  });

  test('without the time at its head is not a reading', () => {
    expect(() => readKubeletLog('E1127 06:00:12.1 4 a.go:1] "x"')).toThrow('time');
  });
});

describe('the way to the API server', () => {
  const head = 'server https://10.0.0.100:6443\nconnection ESTAB 0\nconnection SYN-SENT 1\n';

  test('that answers is read with its status', () => {
    expect(readApiServerWay(`${head}try small 0 401 0.001\ntry large 0 401 0.001\n`)).toEqual({
      server: 'https://10.0.0.100:6443',
      connections: [
        { state: 'ESTAB', sendQueueBytes: 0 },
        { state: 'SYN-SENT', sendQueueBytes: 1 },
      ],
      small: { exit: 0, connected: true, status: 401 },
      large: { exit: 0, connected: true, status: 401 },
    });
  });

  test('that is filtered is read with curl’s own words', () => {
    const { small } = readApiServerWay(
      `${head}try small 28 curl: (28) Connection timed out after 2000 ms 000 0.000000\n`,
    );
    expect(small).toEqual({ exit: 28, connected: false, words: 'curl: (28) Connection timed out after 2000 ms' });
  });

  test('on a node without curl names the server alone', () => {
    expect(readApiServerWay(head)).not.toHaveProperty('small');
  });
});
