import type { ForwardTest } from '../forward-test/index.js';
import type { LoadedCandles } from '../history/index.js';
import type { LoadedStrategy } from '../plugins/index.js';

/** A finished forward test with where its candles came from and what was written. */
export interface FinishedForwardTest {
  readonly test: ForwardTest;
  readonly loaded: LoadedCandles;
  readonly loadedStrategy: LoadedStrategy;
  /** Of a user's own strategy. */
  readonly strategyFile: string | undefined;
  readonly notes: readonly string[];
  readonly command: string;
  readonly reportFile: string;
  readonly tradesFile: string;
  readonly traceFile: string | undefined;
  readonly plotFiles: readonly string[];
}
