/**
 * Returns text of a report as terminals and programs read it: reports print a true minus and unbreakable blanks.
 *
 * @param text - From `report/`.
 */
export function plainText(text: string): string {
  return text.replaceAll('\u2212', '-').replaceAll('\u00a0', ' ');
}
