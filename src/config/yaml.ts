import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';
import { UsageError } from '../domain/index.js';
import { aliasProblem, keyProblem, type YamlProblem, yamlProblem } from './yaml-words.js';

/** Where a value stands in a file: its keys and list indices from the root. */
export type YamlPath = readonly (string | number)[];

/** No config is longer; a data file given by mistake is. */
const CHARACTERS_MAX = 5_000_000;

/** Keys that would reach into JavaScript's own objects. */
const FORBIDDEN_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Parsed YAML that still knows where everything stood. */
export interface YamlSource {
  /** The file as the user named it. */
  readonly file: string;
  /** Plain data; an empty file is `null`. */
  readonly data: unknown;
  /**
   * Returns `file:line:column` of a key or list item, or of its nearest existing parent.
   *
   * @param path - Keys from the root.
   */
  readonly at: (path: YamlPath) => string;
}

/**
 * Parses one YAML document.
 *
 * @param text - Content of the file.
 * @param file - Name for messages.
 * @throws {UsageError} If the text is no YAML (tabs as indentation and duplicate keys included), too long, grows by
 *   aliases, or has keys such as `__proto__`; with `file:line:column`.
 */
export function parseYaml(text: string, file: string): YamlSource {
  if (text.length > CHARACTERS_MAX) {
    throw new UsageError(
      `${file}: ${text.length} characters, the limit is ${CHARACTERS_MAX}: is this the right file?`,
    );
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const place = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const error = document.errors[0];
  const refusal = ({ offset, text: words }: YamlProblem): UsageError =>
    new UsageError(`${place(offset)}: ${words}`);
  if (error !== undefined) throw refusal(yamlProblem(error, document, text));
  const forbidden = forbiddenKey(document);
  if (forbidden !== undefined) {
    throw new UsageError(
      `${place(forbidden.offset)}: "${forbidden.name}" is not allowed as a key; remove it`,
    );
  }
  const badKey = keyProblem(document);
  if (badKey !== undefined) throw refusal(badKey);
  let data: unknown;
  try {
    data = document.toJS();
  } catch {
    throw refusal(aliasProblem(document));
  }
  const at = (path: YamlPath): string => {
    for (let depth = path.length; depth >= 0; depth--) {
      const offset = offsetOf(document, path.slice(0, depth));
      if (offset !== undefined) return place(offset);
    }
    return file;
  };
  return { file, data, at };
}

/**
 * Checks parsed YAML against a schema.
 *
 * @param schema - What the file must contain.
 * @param source - Parsed file.
 * @throws {UsageError} With one line per problem (at most five): `file:line:column: key: what is wrong`.
 */
export function checkYaml<T>(schema: z.ZodType<T>, source: YamlSource): T {
  const result = schema.safeParse(source.data);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const path = issue.path.filter((key) => typeof key !== 'symbol');
    const name = path.length === 0 ? '' : `${path.join('.')}: `;
    const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    return `${source.at([...path, ...unknownKey])}: ${name}${issue.message}`;
  });
  const more = lines.length > ISSUES_MAX ? [`and ${lines.length - ISSUES_MAX} more`] : [];
  throw new UsageError([...lines.slice(0, ISSUES_MAX), ...more].join('\n'));
}

const ISSUES_MAX = 5;

function forbiddenKey(
  document: Document.Parsed,
): { readonly name: string; readonly offset: number } | undefined {
  let found: { name: string; offset: number } | undefined;
  visit(document, {
    Pair(_key, { key }: Pair) {
      if (!isScalar(key) || !FORBIDDEN_KEYS.includes(keyText(key))) return undefined;
      found = { name: keyText(key), offset: key.range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return found;
}

function offsetOf(document: Document.Parsed, path: YamlPath): number | undefined {
  const parent: unknown =
    path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (path.length > 0 && isMap(parent)) {
    const pair = parent.items.find(
      (item) => isScalar(item.key) && keyText(item.key) === path.at(-1),
    );
    if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) && node.range ? node.range[0] : undefined;
}

function keyText(key: { readonly value: unknown }): string {
  return String(key.value);
}
