import path from 'node:path';
import type { BotSettings } from '../live/index.js';
import {
  boolean,
  choice,
  number,
  type ParameterSpec,
  type ParameterSpecs,
  type Strategy,
  StrategyWithheld,
} from '../strategies/index.js';

/**
 * Returns what stands in for a strategy that cannot be loaded: it decides nothing, not even to be
 * neutral, so that a position goes on with its stops and its take-profit, and leaves by them alone.
 *
 * @param settings - Of the bot; any parameters are taken.
 */
export function absentStrategy({ run }: BotSettings): Strategy {
  const name = path.parse(run.strategy).name;
  return {
    name,
    shortName: name,
    parameters: specsOf(run.params),
    findConflict: () => undefined,
    warmUp: () => 0,
    signals: () => {
      throw new StrategyWithheld('it cannot be loaded');
    },
    plots: () => [],
  };
}

function specsOf(params: Readonly<Record<string, unknown>>): ParameterSpecs {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]): [string, ParameterSpec][] =>
      Array.isArray(value)
        ? (value as unknown[]).map((part, i) => [
            `${name}_${i === 0 ? 'low' : 'high'}`,
            specOf(part),
          ])
        : [[name, specOf(value)]],
    ),
  );
}

function specOf(value: unknown): ParameterSpec {
  const description = 'as saved';
  if (typeof value === 'number') return number({ default: value, description });
  if (typeof value === 'boolean') return boolean({ default: value, description });
  if (typeof value === 'string') return choice({ choices: [value], default: value, description });
  return number({ default: null, description });
}
