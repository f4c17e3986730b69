import { describe, expect, test } from 'vitest';
import { interruptible } from './interruptible.js';

describe('interruptible()', () => {
  test('gives the result of the work', () => {
    expect(interruptible(() => [1, 2])).toEqual({ isInterrupted: false, result: [1, 2] });
  });

  test('throws what the work throws', () => {
    const error = new RangeError('too much');
    const stack = error.stack;
    const attempt = (): unknown =>
      interruptible(() => {
        throw error;
      });
    expect(attempt).toThrow(error);
    expect(error.stack).toBe(stack);
  });

  test('leaves the listeners of both signals as they were', () => {
    const listener = (): void => undefined;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, listener);
    const before = (['SIGINT', 'SIGTERM'] as const).map((signal) => process.listeners(signal));
    interruptible(() => expect(process.listenerCount('SIGTERM')).toBe(0));
    expect((['SIGINT', 'SIGTERM'] as const).map((signal) => process.listeners(signal))).toEqual(
      before,
    );
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener);
  });

  test('ends a loop at SIGINT', () => {
    const isInterrupted = interruptible(() => {
      process.kill(process.pid, 'SIGINT');
      for (;;);
    }).isInterrupted;
    expect(isInterrupted).toBe(true);
  });
});
