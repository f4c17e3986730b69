/** A strategy is not to decide now: it cannot be loaded, or its checks found that its signals mean nothing. */
export class StrategyWithheld extends Error {
  override readonly name = 'StrategyWithheld';
}
