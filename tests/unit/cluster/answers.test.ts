import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Answers } from '../../../helpers/cluster/answers.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1_000);
const secondsOf = (answers: Answers) => answers.silences().map(({ seconds }) => seconds);

test('A server that answers within 5 s has not been silent', () => {
  const answers = new Answers();
  for (const seconds of [0.1, 4.5, 0.1]) {
    const asked = answers.asked();
    pass(seconds);
    asked.answered();
    pass(60);
  }
  expect(answers.silences()).toEqual([]);
});

test('A silence is as long as the request waited that was answered late', () => {
  const answers = new Answers();
  const asked = answers.asked();
  pass(19);
  asked.answered();
  expect(secondsOf(answers)).toEqual([19]);
});

test('A silence goes on from a request that ran out of time to the next that is answered late', () => {
  const answers = new Answers();
  const first = answers.asked();
  pass(15);
  first.failed();
  pass(2);
  const second = answers.asked();
  pass(3);
  second.answered();
  expect(secondsOf(answers)).toEqual([20]);
  expect(answers.silences()[0]?.until).toBeDefined();
});

test('A silence ends at the last failure where the next request is answered at once', () => {
  const answers = new Answers();
  const first = answers.asked();
  pass(15);
  first.failed();
  pass(60);
  answers.asked().answered();
  expect(secondsOf(answers)).toEqual([15]);
});

test('One refused request is no silence, however long nothing is asked after it', () => {
  const answers = new Answers();
  answers.asked().failed();
  pass(60);
  expect(answers.silences()).toEqual([]);
  answers.asked().answered();
  expect(answers.silences()).toEqual([]);
});

test('A list that takes its time is no silence while others are answered', () => {
  const answers = new Answers();
  const list = answers.asked();
  for (let second = 0; second < 14; second += 1) {
    pass(1);
    answers.asked().answered();
  }
  list.answered();
  expect(answers.silences()).toEqual([]);
});

test('A server that does not come back is silent to the end, which is not known', () => {
  const answers = new Answers();
  const asked = answers.asked();
  pass(15);
  asked.failed();
  answers.asked();
  pass(15);
  expect(answers.silences()).toMatchObject([{ seconds: 30 }]);
  expect(answers.silences()[0]).not.toHaveProperty('until');
});

test('What is given up here says nothing of the server', () => {
  const answers = new Answers();
  const asked = answers.asked();
  pass(20);
  asked.dropped();
  expect(answers.silences()).toEqual([]);
});

test('A time in which this process did not run is no silence', async () => {
  vi.useRealTimers();
  const answers = new Answers();
  const asked = answers.asked();
  const until = performance.now() + 5_500;
  while (performance.now() < until);
  await sleep(1);
  asked.answered();
  expect(answers.silences()).toEqual([]);
});
