import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { fileError, systemErrorCode } from '../files/index.js';
import {
  BOT_SETTINGS,
  type BotValues,
  type CandleValues,
  type FilterValues,
  RUN_SETTINGS,
  type RuleValues,
} from '../settings/index.js';
import { paramsField } from './backtest-run-config.js';
import { settingFields, strictFields, textField } from './fields.js';
import { checkYaml, parseYaml, type YamlPath, type YamlSource } from './yaml.js';

const botShape = {
  ...settingFields([...RUN_SETTINGS.filter(({ scope }) => scope !== 'research'), ...BOT_SETTINGS]),
  strategy_name: textField('a strategy such as MACross').nullish(),
  strategy_params: paramsField,
};

/** What is near in its letters is another rule, and must not be proposed. */
function ofResearch(key: string): string | undefined {
  const setting = RUN_SETTINGS.find((one) => one.key === key);
  return setting?.scope === 'research'
    ? `"${key}" is known to backtests only; bots do not have it`
    : undefined;
}

const botSchema = strictFields(botShape, ofResearch) as z.ZodType<RuntimeBotConfig>;
const runtimeConfigSchema: z.ZodType<RuntimeConfig> = strictFields(
  {
    ...botShape,
    bots: z
      .array(botSchema, { error: 'must be a list of bots, each with its own symbol' })
      .nullish(),
  },
  ofResearch,
);

/** What a bot of `runtime_config.yaml` sets; what is absent is decided elsewhere. Keys as in the file. */
export interface RuntimeBotConfig extends BotFileValues {
  readonly strategy_name?: string | null | undefined;
  readonly strategy_params?: Readonly<Record<string, unknown>> | null | undefined;
}

type BotFileValues = {
  readonly [Key in keyof BotKeys]?: BotKeys[Key] | null | undefined;
};

type BotKeys = Omit<CandleValues & RuleValues & FilterValues & BotValues, 'start' | 'end'>;

/** A whole `runtime_config.yaml`: settings for every bot, and the bots where there are several. */
export interface RuntimeConfig extends RuntimeBotConfig {
  readonly bots?: readonly RuntimeBotConfig[] | null | undefined;
}

/**
 * Parses `runtime_config.yaml`.
 *
 * @param text - Content of the file.
 * @param file - Name for messages.
 * @returns An empty file sets nothing.
 * @throws {UsageError} With `file:line:column` of what is wrong.
 */
export function parseRuntimeConfig(text: string, file: string): RuntimeConfig {
  const source = parseYaml(text, file);
  const config = checkYaml(runtimeConfigSchema, { ...source, data: source.data ?? {} });
  sources.set(config, source.at);
  origins.set(config, (path) => (hasValue(config, path) ? source.at(path) : undefined));
  return config;
}

/** Where the values of a configuration stand: they are kept beside it, because the configuration itself is plain data. */
const origins = new WeakMap<object, (path: YamlPath) => string | undefined>();
const sources = new WeakMap<object, YamlSource['at']>();

/**
 * Says where a setting of a bot stands.
 *
 * @param bot - As `parseRuntimeConfig` or `runtimeBots` returned it.
 * @param path - Its keys, `['strategy_params', 'rsi_period']` for example.
 * @returns `file:line:column`; `undefined` if no file has it.
 */
export function placeOfSetting(bot: RuntimeBotConfig, path: YamlPath): string | undefined {
  return origins.get(bot)?.(path);
}

function hasValue(config: object, path: YamlPath): boolean {
  let value: unknown = config;
  for (const key of path) value = (value as Readonly<Record<string, unknown>> | null)?.[key];
  return value !== undefined;
}

function originIn(config: RuntimeConfig, source: YamlSource['at'] | undefined, index: number) {
  const own = config.bots?.[index] ?? {};
  return (path: YamlPath): string | undefined => {
    // A key of a bot replaces the whole one of all bots, whatever is below it.
    if (hasValue(own, path.slice(0, 1)))
      return hasValue(own, path) ? source?.(['bots', index, ...path]) : undefined;
    return hasValue(config, path) ? source?.(path) : undefined;
  };
}

/**
 * Reads a file that need not exist.
 *
 * @param path - For example `config/runtime_config.yaml`.
 * @returns Its content; `undefined` if there is none.
 * @throws {UserError} If it cannot be read.
 */
export async function readRuntimeConfigText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw fileError('read', path, error);
  }
}

/**
 * Returns the settings of each bot: those of the file, and over them those of the bot.
 *
 * @param config - A whole file.
 * @returns One entry where the file names no bots.
 */
export function runtimeBots(config: RuntimeConfig): readonly RuntimeBotConfig[] {
  const { bots, ...common } = config;
  if (bots == null || bots.length === 0)
    origins.set(common, originIn(config, sources.get(config), -1));
  return bots == null || bots.length === 0
    ? [common]
    : bots.map((bot, index) => {
        const merged = { ...common, ...withoutUndefined(bot) };
        origins.set(merged, originIn(config, sources.get(config), index));
        return merged;
      });
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
