import type { ThemeColors } from './theme.js';

/** What a chart shows now. */
export interface ChartPicture {
  /** ms UTC. Shape `[n]`. */
  readonly times: Float64Array;
  readonly colors: ThemeColors;
  /** Beginnings of parts, as indices of `times`. */
  readonly parts: readonly { readonly at: number; readonly label: string }[];
  readonly panes: readonly PicturePane[];
}

export interface PicturePane {
  readonly title: string;
  readonly weight: number;
  readonly isLog: boolean;
  readonly candles?: {
    readonly open: Float64Array;
    readonly high: Float64Array;
    readonly low: Float64Array;
    readonly close: Float64Array;
  };
  readonly text: (value: number) => string;
  readonly lines: readonly PictureLine[];
}

export interface PictureLine {
  readonly label: string;
  readonly color: string;
  readonly dashed: boolean;
  /** `NaN` where undefined. Shape `[n]`. */
  readonly values: Float64Array;
}
