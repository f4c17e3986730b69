import type { SettingValues } from '../domain/index.js';
import { RUN_RULES, type RunRule } from '../rules/index.js';
import type { TradeRules } from '../semantics/index.js';
import type { RuleValues } from '../settings/index.js';

/** The keys of a config that decide how signals become trades. */
export type RulesConfig = RuleValues;

/**
 * Returns the trade rules of a config: every rule of `RUN_RULES` turns its keys into rates and rules.
 *
 * @param config - Checked (`parseBacktestRunConfig()`).
 */
export function tradeRules(config: RulesConfig): TradeRules {
  return built(RUN_RULES, config);
}

/**
 * Returns the trade rules of many runs that differ in some keys only: what the other keys decide is built once.
 *
 * @param config - What they have in common.
 * @param keys - In which they differ.
 * @returns Takes the values of these keys.
 */
export function tradeRulesBy(
  config: RulesConfig,
  keys: readonly string[],
): (values: SettingValues) => TradeRules {
  const differs = ({ settings }: RunRule): boolean =>
    settings.some(({ key }) => keys.includes(key));
  const common = built(
    RUN_RULES.filter((rule) => !differs(rule)),
    config,
  );
  const own = RUN_RULES.filter(differs);
  return (values) => Object.assign({ ...common }, built(own, { ...config, ...values }));
}

function built(rules: readonly RunRule[], config: SettingValues): TradeRules {
  const all = {};
  for (const rule of rules) Object.assign(all, rule.build(config));
  return all as TradeRules;
}
