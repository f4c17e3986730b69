import type { SettingValues } from '../domain/index.js';
import { RUN_RULES, type RunRule } from '../rules/index.js';
import type { EngineRules, TradeRules } from '../semantics/index.js';
import type { RuleValues } from '../settings/index.js';

/** The keys of a config that decide how signals become trades; the interval says what minutes are in candles. */
export type RulesConfig = RuleValues & { readonly interval?: string | null };

/**
 * Returns the rules of a config: every rule of `RUN_RULES` turns its keys into rates and rules.
 *
 * @param config - Checked (`parseBacktestRunConfig()`).
 */
export function engineRules(config: RulesConfig): EngineRules {
  return built(RUN_RULES, config);
}

/**
 * Returns the rules of a bot, which knows the sizes of `PositionSize` only.
 *
 * @param config - Checked, without `risk_fraction`: bots have no such key.
 */
export function tradeRules(config: RulesConfig): TradeRules {
  const rules = engineRules(config);
  const { size } = rules;
  if ('riskFraction' in size) throw new Error('a bot cannot size by risk');
  return { ...rules, size };
}

/**
 * Returns the rules of many runs that differ in some keys only: what the other keys decide is built once.
 *
 * @param config - What they have in common.
 * @param keys - In which they differ.
 * @returns Takes the values of these keys.
 */
export function engineRulesBy(
  config: RulesConfig,
  keys: readonly string[],
): (values: SettingValues) => EngineRules {
  const differs = ({ settings }: RunRule): boolean =>
    settings.some(({ key }) => keys.includes(key));
  const common = built(
    RUN_RULES.filter((rule) => !differs(rule)),
    config,
  );
  const own = RUN_RULES.filter(differs);
  return (values) => Object.assign({ ...common }, built(own, { ...config, ...values }));
}

function built(rules: readonly RunRule[], config: SettingValues): EngineRules {
  const all = {};
  for (const rule of rules) Object.assign(all, rule.build(config, config));
  return all as EngineRules;
}
