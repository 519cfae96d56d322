import { AppError } from '@diecast/model';

/** Something that the program cannot work without, and how to ask whether it is there. */
export type Dependency = { readonly name: string; readonly ping: () => Promise<void> };

const PATIENCE_MS = 2_000;

/** @throws AppError `unavailable` naming what is away */
export async function requireReady(dependencies: readonly Dependency[]): Promise<void> {
  const answers = await Promise.all(
    dependencies.map(async ({ name, ping }) => ({ name, works: await answersInTime(ping) })),
  );
  const away = answers.filter((answer) => !answer.works).map((answer) => answer.name);
  if (away.length === 0) return;
  throw new AppError('unavailable', `Not ready: ${away.join(' and ')} did not answer.`, {
    details: { away },
  });
}

async function answersInTime(ping: () => Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), PATIENCE_MS);
  const asked = ping().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
