/** Digits of prices and amounts in lines for people. */
const DIGITS = 8;
/** From here on they have fewer. */
const LARGE = 1_000;
const LARGE_DIGITS = 2;
/** Below this the digits that count begin late. */
const SMALL = 0.001;
const SMALL_SIGNIFICANT = 6;
/** Money below this would be +0.00. */
const CENT = 0.005;

/** Numbers without noise: at most eight decimals, two above a thousand, thousands apart. */
export function amountText(value: number): string {
  return numberText(value, 0);
}

/** Prices stand below each other: above a thousand they always have two decimals. */
export function priceText(value: number): string {
  return numberText(value, Math.abs(value) >= LARGE ? LARGE_DIGITS : 0);
}

/** An amount of money with its sign. */
export function signedText(value: number): string {
  const magnitude = Math.abs(value);
  const text =
    magnitude > 0 && magnitude < CENT
      ? magnitude.toLocaleString('en-US', { maximumSignificantDigits: 3 })
      : magnitude.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${value < 0 ? '-' : '+'}${text}`;
}

/** Time of the day, UTC. */
export function clockText(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}

function numberText(value: number, minimumFractionDigits: number): string {
  const magnitude = Math.abs(value);
  if (magnitude > 0 && magnitude < SMALL)
    return value.toLocaleString('en-US', { maximumSignificantDigits: SMALL_SIGNIFICANT });
  const maximumFractionDigits = magnitude >= LARGE ? LARGE_DIGITS : DIGITS;
  return value.toLocaleString('en-US', { minimumFractionDigits, maximumFractionDigits });
}
