import { parseScaleOut, scaleOutText } from '../semantics/index.js';
import { pairTableSetting, tooFarForShorts } from './pair-table.js';
import { runRule } from './run-rule.js';

/** S-76. */
export const SCALE_OUT = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    pairTableSetting({
      key: 'scale_out',
      flag: '--scale-out',
      example: '0.02:0.5,0.04:0.25',
      read: (text) => scaleOutText(parseScaleOut(text)),
      description: 'Parts that leave earlier, fraction:share,… (0.02:0.5 = half at 2 %)',
      label: 'scale-out',
    }),
  ],
  build: ({ scale_out }) => (scale_out === null ? {} : { scaleOut: parseScaleOut(scale_out) }),
  conflict: (values) => {
    const { scale_out } = values;
    if (typeof scale_out !== 'string') return undefined;
    const fractions = parseScaleOut(scale_out).map(({ fraction }) => fraction);
    return tooFarForShorts('scale_out', values, fractions);
  },
});
