/** Every combination ever tried, counted once; seen from the working folder. */
export const LEDGER_FOLDER = 'results/ledger';
