import path from 'node:path';
import { shellLine } from './shell-line.js';

/** How this process was started. */
export interface Invocation {
  /** Path of the script, as the runtime has it. */
  readonly script: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
}

const PACKAGE = 'mista-wus-algo-trader';
const PROGRAM = 'wus';
const SCRIPT = 'wus.js';

/**
 * Returns the words that start this program again from the same folder: `npx wus` in a project that depends on the package,
 * `node bin/wus.js` in a clone, otherwise `wus`.
 *
 * @param invocation - How the process was started.
 */
export function programWords({
  script = '',
  environment,
  workingFolder,
}: Invocation): readonly string[] {
  const [project, ...installed] = script.split(`${path.sep}node_modules${path.sep}`);
  if (installed.length > 0 && isProgram(script)) {
    if (isWithin(workingFolder, project!)) return ['npx', PROGRAM];
    // Fetched by npx for this one run.
    return environment.npm_command === 'exec' ? ['npx', PACKAGE] : [PROGRAM];
  }
  return path.basename(script) === SCRIPT && isWithin(script, workingFolder)
    ? ['node', path.relative(workingFolder, script).split(path.sep).join('/')]
    : [PROGRAM];
}

function isProgram(script: string): boolean {
  return [PROGRAM, SCRIPT].includes(path.basename(script));
}

function isWithin(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/**
 * Writes a command line for the terminal that runs as it is: it starts the program in the way in which this process was started.
 * Command lines in files begin with `wus`, because files are read elsewhere.
 *
 * @param words - Command line that begins with `wus`.
 */
export function lineToCopy(words: readonly string[]): string {
  const [first, ...rest] = words;
  return shellLine(first === PROGRAM ? [...ownProgram(), ...rest] : words);
}

/**
 * As `lineToCopy()`, of a line that is written already.
 *
 * @param line - Command line that begins with `wus `.
 */
export function withOwnProgram(line: string): string {
  return line.startsWith(`${PROGRAM} `)
    ? `${shellLine(ownProgram())}${line.slice(PROGRAM.length)}`
    : line;
}

function ownProgram(): readonly string[] {
  return programWords({
    script: process.argv[1],
    environment: process.env,
    workingFolder: process.cwd(),
  });
}
