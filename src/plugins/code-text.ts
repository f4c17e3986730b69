/**
 * Returns what of a module's JavaScript has an effect: comments are gone, and white space that separates nothing is one
 * space or one line end. Texts that differ in code never become equal by this; equal code in another layout may stay different.
 *
 * @param code - JavaScript that parses.
 */
export function codeText(code: string): string {
  let out = '';
  let at = 0;
  while (at < code.length) {
    const blank = blankEnd(code, at);
    if (blank > at) {
      // A line end may end a statement; in a comment it counts as well.
      out += code.slice(at, blank).includes('\n') ? '\n' : ' ';
      at = blank;
      continue;
    }
    const end = tokenEnd(code, at, out);
    out += code.slice(at, end);
    at = end;
  }
  return out.trim();
}

/** The end of white space and comments. */
function blankEnd(code: string, start: number): number {
  let at = start;
  for (;;) {
    const rest = code.slice(at, at + 2);
    if (rest === '//') {
      const end = code.indexOf('\n', at);
      at = end < 0 ? code.length : end;
    } else if (rest === '/*') {
      const end = code.indexOf('*/', at + 2);
      at = end < 0 ? code.length : end + 2;
    } else if (at < code.length && /\s/.test(code[at]!)) {
      at++;
    } else {
      return at;
    }
  }
}

function tokenEnd(code: string, at: number, before: string): number {
  const first = code[at]!;
  if (first === '"' || first === "'") return quotedEnd(code, at, first);
  if (first === '`') return templateEnd(code, at);
  if (first === '/' && startsPattern(before)) return patternEnd(code, at) ?? at + 1;
  return at + 1;
}

function quotedEnd(code: string, start: number, quote: string): number {
  for (let at = start + 1; at < code.length; at++) {
    if (code[at] === '\\') at++;
    else if (code[at] === quote || code[at] === '\n') return at + 1;
  }
  return code.length;
}

/** A template keeps all of its text, the code in it included. */
function templateEnd(code: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < code.length; at++) {
    const letter = code[at]!;
    if (letter === '\\') at++;
    else if (depth === 0 && letter === '`') return at + 1;
    else if (letter === '$' && code[at + 1] === '{' && depth === 0) {
      depth = 1;
      at++;
    } else if (depth > 0) {
      if (letter === '{') depth++;
      else if (letter === '}') depth--;
      else if (letter === '`') at = templateEnd(code, at) - 1;
      else if (letter === '"' || letter === "'") at = quotedEnd(code, at, letter) - 1;
    }
  }
  return code.length;
}

/** A slash after a value divides; elsewhere it begins a regular expression. */
function startsPattern(before: string): boolean {
  const text = before.slice(-KEYWORD_LETTERS).trimEnd();
  return text === '' || /[([{,;=:!&|?+\-*%<>~^]$/.test(text) || KEYWORD.test(text);
}

/** More than the longest keyword and the blank after it have. */
const KEYWORD_LETTERS = 20;
const KEYWORD =
  /(?:^|[^\w$.])(?:return|typeof|case|in|of|void|delete|do|else|new|throw|yield|await)$/;

function patternEnd(code: string, start: number): number | undefined {
  let isInClass = false;
  for (let at = start + 1; at < code.length && code[at] !== '\n'; at++) {
    const letter = code[at]!;
    if (letter === '\\') at++;
    else if (letter === '[') isInClass = true;
    else if (letter === ']') isInClass = false;
    else if (letter === '/' && !isInClass) return at + 1;
  }
  return undefined;
}
