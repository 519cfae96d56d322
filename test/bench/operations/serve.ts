import { createInterface } from 'node:readline';
import type { Beginning, WorkerCommand } from './commands.js';

/** The worker's side of peer-process.ts. @param start returns what ends it */
export async function serve(
  start: (began: (id: string) => void) => { close(): Promise<unknown> },
  clock: () => number,
): Promise<void> {
  const beginnings: Beginning[] = [];
  let working: { close(): Promise<unknown> } | undefined;
  const obey = async (command: WorkerCommand): Promise<unknown> => {
    switch (command.do) {
      case 'work':
        working = start((id) => beginnings.push({ id, at: clock() }));
        return {};
      case 'rest':
        await working?.close();
        working = undefined;
        return {};
      case 'tell':
        return beginnings.splice(0);
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await obey(JSON.parse(line) as WorkerCommand);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit(0);
}
