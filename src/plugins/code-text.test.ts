import { describe, expect, test } from 'vitest';
import { codeText } from './code-text.js';

/** A template with code in it, which holds another template. */
const TEMPLATE = ['a = `//$', '{f(`/* $', '{b} */`)} // x  y`'].join('');

describe('codeText()', () => {
  test.each<[string, string, string]>([
    ['a remark at the end of a line', 'a = 1; // one\nb', 'a = 1;\nb'],
    ['a remark on a line of its own', 'a;\n// one\n/* two\n lines */\nb', 'a;\nb'],
    ['a remark inside a line', 'f(a, /* the second */ b)', 'f(a, b)'],
    ['a remark at the very end', 'a\n// no more', 'a'],
    ['blank lines and indentation', 'if (a) {\n\n    b();\n}\n\n', 'if (a) {\nb();\n}'],
    [
      'what looks like a remark in a text',
      'a = \'http://x\' + "/* y */"',
      'a = \'http://x\' + "/* y */"',
    ],
    ['… in a template', TEMPLATE, TEMPLATE],
    ['… in a regular expression', 'a = /[/]\\/\\/ x/g; // y', 'a = /[/]\\/\\/ x/g;'],
    ['… after a keyword', 'return /"/.test(x) // "', 'return /"/.test(x)'],
    ['a division is none', 'a / b // c\n/ d', 'a / b\n/ d'],
    ['a quote that is escaped', "a = '\\'// no remark'", "a = '\\'// no remark'"],
  ])('%s', (_, code, text) => {
    expect(codeText(code)).toBe(text);
  });

  test.each([
    ['a = 1', 'a = 2'],
    ["a = ' b'", "a = '  b'"],
    ['a = `x\n  y`', 'a = `x\n y`'],
    ['return\na', 'return a'],
    ['a = /x y/', 'a = /x  y/'],
    ['ab', 'a b'],
  ])('%j and %j stay different', (one, other) => {
    expect(codeText(one)).not.toBe(codeText(other));
  });
});
