import { placeOfSetting, type RuntimeBotConfig } from '../config/index.js';
import { UsageError } from '../domain/index.js';

/** The part of a command line that replaces settings of a file. */
interface GivenSettings {
  readonly given: Readonly<Record<string, unknown>>;
  /** `name=value` words. */
  readonly parameterWords: readonly string[];
}

/** Names of risk limits in messages, `maxDailyLoss`, as the file writes them. */
const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Adds to a complaint about settings where those of the file stand: the command line shows only half of them.
 *
 * @param error - What is wrong.
 * @param wish - The command line, which wins over the file.
 * @param runtime - Settings of the bot in the file.
 */
export function withPlaces(
  error: unknown,
  wish: GivenSettings,
  runtime: RuntimeBotConfig,
): unknown {
  if (!(error instanceof UsageError)) return error;
  const lines = settingLines(error.message, wish, runtime);
  if (lines.length === 0) return error;
  return new UsageError([error.message, ...lines].join('\n'), { cause: error });
}

function settingLines(message: string, wish: GivenSettings, runtime: RuntimeBotConfig): string[] {
  const words = new Set((message.match(/\w+/g) ?? []).flatMap((word) => [word, snakeCase(word)]));
  const typed = wish.parameterWords.map((word) => word.split('=')[0]);
  const params = Object.keys(runtime.strategy_params ?? {}).filter((name) => !typed.includes(name));
  const keys = Object.keys(runtime).filter((key) => key !== 'strategy_params');
  const paths = [
    ...keys.map((key) => [key]),
    ...params.map((name) => ['strategy_params', name]),
  ].filter((path) => !isTyped(path, wish));
  const named = paths.filter((path) => words.has(path.at(-1)!));
  const shown = (named.length > 0 ? named : paths).flatMap((path) => {
    const place = placeOfSetting(runtime, path);
    return place === undefined ? [] : [{ key: path.at(-1)!, place }];
  });
  if (named.length === 0) {
    const [first] = shown;
    // Nothing says which value of the file has a part in it.
    return first === undefined
      ? []
      : [`Other settings come from ${first.place.replace(/:\d+:\d+$/, '')}`];
  }
  const replaced = wish.given.strategy === undefined ? undefined : runtime.strategy_name;
  const strategy = placeOfSetting(runtime, ['strategy_name']);
  return [
    ...shown.map(({ key, place }) => `The value of ${key} is in ${place}`),
    ...(replaced == null || strategy === undefined || replaced === wish.given.strategy
      ? []
      : [`--strategy replaces ${replaced} of ${strategy}, but not its parameters`]),
  ];
}

function isTyped([key = '', name]: readonly string[], { given }: GivenSettings): boolean {
  return name === undefined && given[key === 'strategy_name' ? 'strategy' : key] !== undefined;
}
