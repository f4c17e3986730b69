import { expect, test } from 'vitest';
import { syntheticCandles } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { detailsIdentity, type RunSettings, settingsDifference } from './details-identity.js';

function settings(run: object): RunSettings {
  const candles = syntheticCandles({ length: 10, seed: 1, market: 'usdm' });
  return detailsIdentity({
    strategyName: 'MACross',
    strategyHash: undefined,
    candles,
    dataHash: 'hash',
    periodStart: 0,
    periodEnd: 1,
    config: parseBacktestRunConfig({ strategy: 'MACross', market: 'usdm', ...run }),
    engine: 'fast',
    blocks: [] as never,
    combinations: 1,
  }).settings;
}

test('rows with leverage of files that do not say how an entry was sized are not continued', () => {
  const { sizing, ...older } = settings({ leverage: 3 });
  expect(sizing).toBe('margin and commission');
  expect(settingsDifference(older, settings({ leverage: 3 }))).toBe(
    'sizing is margin and commission now but was not set',
  );
});

test('rows without leverage mean what they always meant', () => {
  expect(settings({})).not.toHaveProperty('sizing');
});
