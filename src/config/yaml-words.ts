import {
  type Document,
  isAlias,
  isCollection,
  isScalar,
  type Node,
  visit,
  type YAMLParseError,
} from 'yaml';

/** What is wrong with a text, and where. */
export interface YamlProblem {
  /** Characters from the beginning. */
  readonly offset: number;
  /** What it is; what to do. */
  readonly text: string;
}

/** A message of the parser, with the text from where it points on. */
interface Rule {
  readonly message: RegExp;
  /** The text from the place on; absent: any. */
  readonly after?: RegExp;
  readonly text: string;
}

const QUOTE_IT = 'put the value in quotes';
/** The first that fits counts. */
const RULES: readonly Rule[] = [
  {
    message: /^Tabs are not allowed/,
    text: 'a tab is used as indentation; use spaces',
  },
  { message: /^Map keys must be unique/, text: 'duplicate key; keep one' },
  {
    message: /block sequence may not be used|All sequence items/,
    text: 'this list item is indented differently from the previous ones; use the same indentation',
  },
  {
    message: /^All mapping items|sufficiently indented/,
    text: 'this line is indented differently from the lines of its block; use the same indentation',
  },
  {
    message: /Nested mappings|Implicit keys need to be/,
    after: /^-\s/,
    text: 'a list item cannot follow "key: value" at this level; indent it under its key',
  },
  {
    message: /Nested mappings/,
    after: /^[^\n]*:(\s|$)/,
    text: `there is a second ":" on this line; ${QUOTE_IT}, or start a new line`,
  },
  {
    message: /Nested mappings/,
    text: 'this key has a value, but the next line is indented below it; use the same indentation for both keys',
  },
  {
    message: /inside flow|within flow|of flow sequence pairs/,
    text: 'a comma is missing between values inside brackets or braces; add it',
  },
  {
    message: /Implicit keys need to be|Implicit map keys need/,
    text: 'the ":" after this key is missing; write key: value',
  },
  { message: /^Comments must be separated/, text: 'a comment needs a space before its #' },
  {
    message: /block-seq-ind on same line/,
    text: 'a list that begins with "-" starts on the line below its key; move it there, or write [ … ]',
  },
  { message: /^Unexpected (empty item|,)/, text: 'there is an extra comma; remove it' },
  {
    message: /flow-(map|seq)-end/,
    text: 'this closing bracket or brace has no opening one; remove it',
  },
  { message: /^Missing , /, text: 'a comma or a ":" is missing before this; add it' },
  { message: /^Missing space after :/, text: 'a space is missing after the ":"; add it' },
  {
    message: /^Plain value cannot start/,
    text: `a value cannot start with this character; ${QUOTE_IT}`,
  },
  {
    message: /^Source contains multiple documents/,
    text: 'a second document starts here ("---"); keep only one',
  },
  {
    message: /directives-end marker|doc-start|document start/,
    text: 'the content must start on the line after "---"; move it there',
  },
  {
    message: /^Invalid escape sequence/,
    text: 'a backslash is an escape character inside "…"; write it twice, or use single quotes',
  },
  {
    message: /^Block scalar header/,
    text: `| and > start multi-line text; ${QUOTE_IT} if it starts with one of them`,
  },
  {
    message: /[Aa]nchor|[Aa]lias|[Tt]ag/,
    text: `&, * and ! are special characters in YAML; ${QUOTE_IT} that starts with one of them`,
  },
  {
    message: /^Unexpected scalar at node end|^Unexpected .* at node end/,
    after: /^[^\n]*:(\s|$)/,
    text: '"key: value" cannot follow a list or a complete value at this level; check the indentation',
  },
  {
    message: /at node end/,
    text: 'text after the end of the value; remove it, or quote the whole value',
  },
  { message: /at most 1024 char/, text: 'this key has more than 1,024 characters; shorten it' },
];
const UNKNOWN = 'invalid YAML; check for a missing quote, bracket or indentation';

/**
 * Says in plain words what keeps a text from being YAML: the parser's own are about grammars.
 *
 * @param error - Of the parser.
 * @param document - As far as it was read.
 * @param text - Whole text.
 */
export function yamlProblem(
  error: YAMLParseError,
  document: Document.Parsed,
  text: string,
): YamlProblem {
  const offset = error.pos[0];
  // A missing comma is told as a key over several lines first.
  const inFlow = document.errors.find(
    ({ code, pos }) => code === 'BLOCK_IN_FLOW' && pos[0] === offset,
  );
  const { message } = inFlow ?? error;
  const closing = /end with a ([\]}])/.exec(message)?.[1];
  if (closing !== undefined) {
    const opened = openedAt(document, closing, text);
    if (opened !== undefined) {
      return { offset: opened, text: `this ${text[opened]} is not closed; add ${closing}` };
    }
  }
  const quote = /^Missing closing (["'])/.exec(message)?.[1];
  if (quote !== undefined) {
    const start = quoteAt(document, quote, text) ?? offset;
    return { offset: start, text: `this ${quote} is not closed; add another one` };
  }
  const after = text.slice(offset, offset + 2_000);
  const rule = RULES.find(
    (one) => one.message.test(message) && (one.after === undefined || one.after.test(after)),
  );
  return { offset, text: rule?.text ?? UNKNOWN };
}

/**
 * Finds an alias that refers to nothing, or aliases that grow without end.
 *
 * @param document - That could not be turned into data.
 */
export function aliasProblem(document: Document.Parsed): YamlProblem {
  let problem: YamlProblem | undefined;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      const text = `*${alias.source} is not defined in this file; ${QUOTE_IT} if it starts with *`;
      problem = { offset: alias.range?.[0] ?? 0, text };
      return visit.BREAK;
    },
  });
  return (
    problem ?? { offset: 0, text: 'its aliases (*name) make it too large; write the values out' }
  );
}

/**
 * Finds a key that is itself a list or a map, `{{symbol}}` for example.
 *
 * @param document - Without errors.
 */
export function keyProblem(document: Document.Parsed): YamlProblem | undefined {
  let problem: YamlProblem | undefined;
  visit(document, {
    Pair(_key, { key }) {
      if (!isCollection(key) && !isAlias(key)) return undefined;
      const text = `a key is a word, not a list or a map; ${QUOTE_IT} that has braces or brackets`;
      problem = { offset: key.range?.[0] ?? 0, text };
      return visit.BREAK;
    },
  });
  return problem;
}

/** The innermost bracket or brace that its own kind does not close. */
function openedAt(document: Document.Parsed, closing: string, text: string): number | undefined {
  const opening = closing === '}' ? '{' : '[';
  return lastNode(document, (node) => {
    if (!isCollection(node) || node.flow !== true) return false;
    const [start, end] = node.range!;
    return text[start] === opening && (end - start < 2 || text[end - 1] !== closing);
  });
}

function quoteAt(document: Document.Parsed, quote: string, text: string): number | undefined {
  return lastNode(document, (node) => {
    if (!isScalar(node) || node.type?.startsWith('QUOTE') !== true) return false;
    return text[node.range![0]] === quote;
  });
}

function lastNode(document: Document.Parsed, fits: (node: Node) => boolean): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Node(_key, node) {
      const { range } = node;
      if (range && fits(node)) offset = range[0];
    },
  });
  return offset;
}
