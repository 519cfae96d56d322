import { execFile } from 'node:child_process';

export class LabError extends Error {
  override readonly name = 'LabError';
}

export type RunResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a program to its end; never throws for its exit code. @throws LabError when the program is missing */
export function tryRun(command: string, args: readonly string[], input?: string): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, [...args], { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === 'string') {
        reject(
          new LabError(
            error.code === 'ENOENT'
              ? `the program "${command}" is missing`
              : `cannot run ${command}: ${error.message}`,
          ),
        );
        return;
      }
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
    // A program that ends without reading its input is no failure of ours.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

/** @throws LabError with what the program complained about */
export async function run(command: string, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await tryRun(command, args, input);
  if (code === 0) return stdout;
  throw new LabError(`"${command} ${args.join(' ')}" failed (${code}): ${stderr.trim() || stdout.trim()}`);
}
