import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRuntimeConfig, runtimeBots } from './runtime-config.js';

const parse = (text: string) => parseRuntimeConfig(text, 'runtime.yaml');

describe('parseRuntimeConfig()', () => {
  test('the template sets nothing as it stands, and everything when its lines are uncommented', () => {
    const template = readFileSync(
      new URL('../../config/runtime_config.yaml', import.meta.url),
      'utf8',
    );
    expect(parse(template)).toEqual({});
    const lines = template
      .split('\n')
      .map((line) => line.replace(/^# (?=[a-z_]+: ?|bots:$| {2}- )/, ''));
    const full = lines.filter((line) => !line.startsWith('equity_fraction')).join('\n');
    const config = parse(full);
    expect(config).toMatchObject({ symbol: 'BTCUSDT', units: 0.001, price_collar: 0.01 });
    expect(runtimeBots(config)).toHaveLength(2);
    expect(runtimeBots(config)[1]).toMatchObject({
      symbol: 'ETHUSDT',
      units: 0.02,
      stop_loss_pct: 0.02,
      strategy_name: 'RSIReversion',
    });
  });

  test('an empty file is one bot without settings', () => {
    expect(runtimeBots(parse(''))).toEqual([{}]);
    expect(runtimeBots(parse('bots: []'))).toEqual([{}]);
  });

  test.each([
    ['stop_loss_pct: 2', 'runtime.yaml:1:1: stop_loss_pct: must be a fraction'],
    ['stop_los_pct: 0.02', 'did you mean "stop_loss_pct"'],
    [
      'stop_loss_atr: 2',
      'runtime.yaml:1:1: "stop_loss_atr" is known to backtests only; bots do not have it',
    ],
    ['bots:\n  - {symbol: BTCUSDT}\n  - {unit: 1}', 'runtime.yaml:3:6: bots.1: unknown key "unit"'],
    ['max_orders_per_hour: 1.5', 'must be an integer >= 1'],
    ['price_collar: 5', 'must be a fraction above 0 and below 1'],
    ['on_loss_limit: stop', 'must be stop-entries or flatten'],
    ['a: [', 'runtime.yaml:'],
    ['__proto__: {units: 5}', 'is not allowed as a key'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
