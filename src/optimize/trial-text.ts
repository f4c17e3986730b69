import type { Setting } from '../domain/index.js';
import { METRICS, metricText, parseMetricText } from '../metrics/index.js';
import { EXIT_AXES, isAlwaysWritten, SHARED_AXES } from '../settings/index.js';
import type { Parameters, ParameterValue, Strategy } from '../strategies/index.js';
import { switchesOn } from './blocks.js';
import type { Trial, TrialPlan } from './plan.js';

/** Writes trials as rows of the details file. */
export interface TrialText {
  /** Header: the strategy's parameters, filters, stops, then the metrics. */
  readonly header: string;
  /**
   * Returns the parameters of a trial as CSV cells with a comma at the end; a parameter without effect is an empty cell, so that
   * equal combinations read the same whatever grid they come from.
   */
  parameters(trial: Trial): string;
  /** Returns the whole row without its line end. */
  row(trial: Trial, metrics: Float64Array): string;
}

/**
 * Prepares the rows of a plan.
 *
 * @param strategy - Declares the first columns.
 * @param plan - Whose trials.
 */
export function openTrialText(strategy: Strategy, plan: TrialPlan): TrialText {
  const ownNames = Object.keys(strategy.parameters);
  const signal = lastOf((index: number) => {
    const settings = effectiveParameters(strategy, plan.signalSettings(index));
    return cells(ownNames, settings);
  });
  const filters = filterColumns(plan);
  const filter = lastOf((index: number) => cells(filters, plan.filterSettings(index)));
  const stops = exitColumns(plan);
  const stopTexts = new Map<number, string>();
  const stop = (index: number): string => {
    const known = stopTexts.get(index);
    if (known !== undefined) return known;
    const text = cells(stops, plan.stopSettings(index));
    if (stopTexts.size < STOP_TEXTS_MAX) stopTexts.set(index, text);
    return text;
  };
  const parameters = (trial: Trial): string =>
    signal(trial.signal) + filter(trial.filter) + stop(trial.stop);
  return {
    header: detailsColumns(strategy, plan).map(csvCell).join(','),
    parameters,
    row: (trial, metrics) => parameters(trial) + metricCells(metrics),
  };
}

/**
 * Returns the columns of a details file.
 *
 * @param strategy - Declares the first columns.
 * @param plan - Whose trials: a later filter or exit has columns only where its grid has it.
 */
export function detailsColumns(strategy: Strategy, plan: TrialPlan): string[] {
  return [
    ...Object.keys(strategy.parameters),
    ...filterColumns(plan),
    ...exitColumns(plan),
    ...METRICS.map((metric) => metric.name),
  ];
}

function filterColumns(plan: TrialPlan): string[] {
  const own = SHARED_AXES.filter(({ section }) => section === 'filters');
  return columnsOf(own, plan.filterSettings(0));
}

function exitColumns(plan: TrialPlan): string[] {
  return columnsOf(EXIT_AXES, plan.stopSettings(0));
}

function columnsOf(axes: readonly Setting[], settings: Parameters): string[] {
  const keys = axes.map(({ key }) => key);
  return keys.filter((key) => isAlwaysWritten(key) || Object.hasOwn(settings, key));
}

/**
 * Returns a strategy's parameters with `null` where the parameter above switches one off.
 *
 * @param strategy - Declares what depends on what.
 * @param settings - Complete parameters.
 */
export function effectiveParameters(
  strategy: Pick<Strategy, 'parameters'>,
  settings: Parameters,
): Parameters {
  const isIdle = (name: string, depth = 0): boolean => {
    const above = strategy.parameters[name]?.dependsOn;
    if (above === undefined || settings[above] === undefined || depth > DEPTH_MAX) return false;
    return !switchesOn(settings[above]) || isIdle(above, depth + 1);
  };
  const names = Object.keys(strategy.parameters);
  const given = names.filter((name) => settings[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, isIdle(name) ? null : settings[name]!]));
}

/**
 * Returns settings in words like `fast_period=20`; what is off is left out.
 *
 * @param settings - Of a trial or a part of it.
 */
export function settingWords(settings: Parameters): string[] {
  return Object.entries(settings)
    .filter(([, value]) => value !== null && value !== false)
    .map(([name, value]) => `${name}=${String(value)}`);
}

/**
 * Reads the metrics of a row.
 *
 * @param cellTexts - The last cells of the row, as many as there are metrics.
 * @param into - Shape `[metrics]`.
 * @returns Whether that is what they are: as many as there are metrics, each a number or nothing.
 */
export function readMetricCells(cellTexts: readonly string[], into: Float64Array): boolean {
  if (cellTexts.length !== METRICS.length) return false;
  for (let k = 0; k < METRICS.length; k++) {
    const text = cellTexts[k]!;
    const value = parseMetricText(text);
    if (Number.isNaN(value) && text !== '' && text !== 'NaN') return false;
    into[k] = value;
  }
  return true;
}

const STOP_TEXTS_MAX = 100_000;
const DEPTH_MAX = 100;

function metricCells(metrics: Float64Array): string {
  let text = metricText(metrics[0]!);
  for (let k = 1; k < METRICS.length; k++) text += `,${metricText(metrics[k]!)}`;
  return text;
}

function cells(names: readonly string[], settings: Parameters): string {
  return names.map((name) => `${cellText(settings[name])},`).join('');
}

function cellText(value: ParameterValue | undefined): string {
  return value === null || value === undefined ? '' : csvCell(String(value));
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Trials come in grid order, so the last answer is nearly always the next one. */
function lastOf(compute: (index: number) => string): (index: number) => string {
  let last = -1;
  let text = '';
  return (index) => {
    if (index !== last) {
      text = compute(index);
      last = index;
    }
    return text;
  };
}
