import type { NumberUnit } from './format.js';
import type { PackedText } from './payload.js';

/** The best trials of an optimization, for the table of the page. */
export interface TrialsData {
  readonly length: number;
  /** So many are the best of all; those after them are the best of cells of heat maps. */
  readonly best: number;
  /** Trials that count, of the whole file. */
  readonly counted: number;
  readonly file: string;
  /** Metric that they are ordered by, an index. */
  readonly metric: number;
  /** What every command line begins with; absent where it is not known. */
  readonly command?: string;
  readonly parameters: readonly TrialParameter[];
  readonly metrics: readonly {
    readonly label: string;
    readonly unit: NumberUnit;
    readonly values: PackedText;
  }[];
  /** Sides of the heat maps: the parameter, and how many of its levels a cell joins. */
  readonly axes: readonly { readonly parameter: number; readonly groupSize: number }[];
}

/** A parameter of the trials. */
export interface TrialParameter {
  readonly name: string;
  readonly levels: readonly string[];
  /** Words of the command line for each level, quoted; empty where none is needed. */
  readonly words: readonly string[];
  /** Parameter without which this one has no effect, an index; -1 for none. */
  readonly needs: number;
  /** Levels that switch off what needs this one. */
  readonly off: readonly number[];
  readonly codes: PackedText;
}

/**
 * Returns the command line that runs a trial again.
 *
 * @param data - Words.
 * @param codeOf - Level of a parameter in this trial.
 */
export function trialCommand(data: TrialsData, codeOf: (parameter: number) => number): string {
  const words = data.parameters.flatMap((parameter, k) => {
    const isIdle =
      parameter.needs >= 0 &&
      (data.parameters[parameter.needs]?.off.includes(codeOf(parameter.needs)) ?? false);
    const word = isIdle ? '' : (parameter.words[codeOf(k)] ?? '');
    return word === '' ? [] : [word];
  });
  return [data.command ?? '', ...words].join(' ');
}
