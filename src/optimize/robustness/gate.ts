/** Limits of figures that a walk-forward is asked for. */
export const ROBUSTNESS_GATE = {
  deflatedSharpeMin: 0.95,
  overfittingMax: 0.2,
  tradesMin: 100,
} as const;

/** What of a gate fails. */
export interface GateFailure {
  readonly reason: string;
  /** The same for a verdict, in few words; the reason where it is short itself. */
  readonly brief?: string;
}
