/**
 * Names an answer that no server of the exchange sends: a redirect, or a page where data should be.
 *
 * @param host - Who was asked.
 * @param response - Its answer.
 * @param text - The body, as far as it was read.
 * @returns A sentence, or `undefined` if it is neither.
 */
export function wrongPageText(
  host: string,
  response: Pick<Response, 'status' | 'headers'>,
  text: string,
): string | undefined {
  const isRedirect = response.status >= 300 && response.status < 400 && response.status !== 304;
  if (isRedirect) {
    const target = response.headers.get('location') ?? 'an unknown address';
    return `${host} answered with a redirect to ${target.slice(0, 200)}; a proxy or a sign-in page may be in the way`;
  }
  const isPage = /^\s*(<!doctype html|<html|<head|<body)/i.test(text);
  return isPage && response.status === 200
    ? `${host} answered with a web page (HTML) instead of data; a proxy or a sign-in page may be in the way`
    : undefined;
}
