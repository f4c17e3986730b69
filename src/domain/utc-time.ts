const DATE_OR_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Parses a date or time as users write it; a date is 00:00 UTC (S-04), a time without a zone is UTC.
 *
 * @param text - For example `2024-01-31`, `2024-01-31 08:00` or `2024-01-31T08:00:00Z`.
 * @returns ms UTC, or `undefined` when the text is no date, an impossible one (February 30) included.
 */
export function parseUtcTime(text: string): number | undefined {
  const parts = DATE_OR_TIME.exec(text.trim());
  if (parts === null) return undefined;
  const [, date = '', clock = '00:00', seconds = ':00', zone = 'Z'] = parts;
  const time = Date.parse(`${date}T${clock}${seconds}${zone}`);
  if (Number.isNaN(time)) return undefined;
  // V8 rolls February 30 over to March 1.
  const isRealDay = new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
  return isRealDay ? time : undefined;
}
