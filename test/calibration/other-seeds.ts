/** `WUS_CALIBRATE_SEED=1` plants other markets than those of the page, which rules were chosen on. */
export const OTHER_SEEDS = Number(process.env.WUS_CALIBRATE_SEED ?? 0);

/** Added to every seed: more than all parts use. */
export const SEED_SHIFT = OTHER_SEEDS * 1_000_000;
