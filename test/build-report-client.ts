import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Compiles the report's browser script before the tests when it is missing or older than its sources. */
export function setup(): void {
  const newest = Math.max(
    ...['src/report/client', 'src/report/shared'].flatMap((folder) =>
      readdirSync(`${root}${folder}`).map((name) => statSync(`${root}${folder}/${name}`).mtimeMs),
    ),
  );
  const built = statSync(`${root}dist/report/client/client/main.js`, { throwIfNoEntry: false });
  if (built !== undefined && built.mtimeMs > newest) return;
  execFileSync(
    process.execPath,
    [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}src/report/client/tsconfig.json`],
    { stdio: 'inherit' },
  );
}
