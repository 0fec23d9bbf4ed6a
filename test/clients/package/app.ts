// Somebody's own program around the installed package, in a process of its own.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type Outcome, start } from '../program.ts';
import type { Installed } from './installed.ts';

export interface App {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** SIGTERM, unless it has ended already. */
  end(): Promise<Outcome>;
}

let count = 0;

/** Resolves once the program has printed its port. Rejects with what it said when it ends instead. */
export async function startApp({ folder }: Installed, source: string): Promise<App> {
  const script = join(folder, `app-${count++}.js`);
  await writeFile(script, source);
  const { child, done } = await start(process.execPath, [script], { cwd: folder });
  const lines = createInterface({ input: child.stdout ?? Readable.from([]) });
  const port = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    done.then(({ stderr }) => Promise.reject(new Error(`the app ended before it listened:\n${stderr}`))),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    end() {
      child.kill('SIGTERM');
      return done;
    },
  };
}

/** An Express app: `lines` mount what they like on `app`. */
export function expressApp(lines: string, express = 'express'): string {
  return `
    import express from '${express}';
    import { webdav } from 'dav207';
    const app = express();
    ${lines}
    const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
  `;
}
