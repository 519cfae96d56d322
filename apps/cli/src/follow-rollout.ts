import type { Client } from './api/client.js';
import { follow } from './api/events.js';
import type { RolloutView } from './api/views.js';
import type { Context } from './context.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { withWayBack } from './follow-operation.js';
import {
  headLine,
  isRunning,
  outcomeLines,
  startWatch,
  watchLines,
  withEvent,
  withSight,
  type Step,
  type Watch,
} from './render/rollout.js';
import { listInstances } from './resources/instances.js';
import { findRollout } from './resources/rollouts.js';
import { openScreen, type Screen } from './screen.js';

/**
 * Shows how a rollout goes on until it ends.
 * @throws Interrupted that says how to watch it again; ProblemError, UnreachableError, CliError when there is no such rollout
 */
export async function followRollout(
  context: Context,
  client: Client,
  service: string,
  number: number,
): Promise<RolloutView> {
  const screen = openScreen(context);
  try {
    let watch = startWatch(await findRollout(client, service, number));
    if (isRunning(watch)) {
      if (!screen.isLive) screen.say(headLine(watch.head));
      watch = await watchToItsEnd(context, client, watch, screen);
    }
    for (const line of outcomeLines(watch.head)) screen.say(line);
    return await findRollout(client, service, number);
  } catch (error) {
    throw withWayBack(error, 'The rollout', `rollout watch ${service}`);
  } finally {
    screen.leave();
  }
}

async function watchToItsEnd(context: Context, client: Client, start: Watch, screen: Screen): Promise<Watch> {
  let watch = start;
  for await (const happened of follow(client, '/v1/events', { signal: context.signal })) {
    if (happened.opened && happened.resumed) continue;
    const step = happened.opened ? await lookAround(client, watch) : withEvent(watch, happened.event);
    ({ watch } = step);
    show(screen, step);
    if (!isRunning(watch)) return watch;
  }
  return watch;
}

/** What happened before the stream began is nowhere in it. */
async function lookAround(client: Client, watch: Watch): Promise<Step> {
  const { service, number } = watch.head;
  const [rollout, instances] = await Promise.all([
    findRollout(client, service, number),
    listInstances(client, { service }),
  ]);
  return withSight(watch, rollout, instances, new Date().toISOString());
}

function show(screen: Screen, { watch, news }: Step): void {
  if (screen.isLive) screen.show(watchLines(watch));
  else for (const line of news) screen.say(line);
}

/** A rollout that another one superseded did not fail: somebody wanted something else. */
export function rolloutExit({ status }: Pick<RolloutView, 'status'>): ExitCode {
  if (status === 'succeeded') return EXIT.ok;
  return status === 'superseded' ? EXIT.conflict : EXIT.failed;
}
