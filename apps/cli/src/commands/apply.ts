import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Client } from '../api/client.js';
import type { OperationView, PlanView, RolloutView, ServiceView } from '../api/views.js';
import { readDocuments, type DeclaredService } from '../apply/documents.js';
import { connect } from '../connect.js';
import { say, tell, type Context } from '../context.js';
import { ProblemError, usageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { followRollout, rolloutExit } from '../follow-rollout.js';
import type { Ended } from '../ended.js';
import { outputOption, printValue, type MachineFormat } from '../output.js';
import { planLines } from '../render/plan.js';
import { segment } from '../resources/resource.js';
import { rolloutName } from '../resources/rollouts.js';
import { readAll } from '../settings/ask.js';

type Options = {
  readonly file: string;
  readonly plan?: true;
  readonly wait: boolean;
  readonly output?: MachineFormat;
};

type Planned = { readonly declared: DeclaredService; readonly plan: PlanView };

/** What `-o json` tells of each service. */
type Applied = {
  readonly service: string;
  readonly plan: PlanView;
  /** Null: no machine had to be cast or discontinued. */
  readonly operation: OperationView | null;
  readonly rollout: RolloutView | null;
};

export function addApplyCommand(program: Command, context: Context, ended: Ended): void {
  program
    .command('apply')
    .summary('declare services from a file')
    .description(
      'Declares the services of a file: YAML documents, each with "service: NAME" and the fields of\n' +
        'PUT /v1/services/{name}. Shows what will change, declares it, and follows every rollout to its end.\n' +
        'What has been shown is what is done: when the world moves in between, nothing is declared.\n' +
        'A wrong field in any document stops it before the first is declared.',
    )
    .requiredOption('-f, --file <file>', 'the file; - reads standard input')
    .option('--plan', 'show what would change, field by field, and do nothing')
    .option('--no-wait', 'do not follow the rollouts')
    .addOption(outputOption())
    .action(async (options: Options) => ended(await apply(context, options)));
}

async function apply(context: Context, options: Options): Promise<ExitCode> {
  const services = await readServices(context, options.file);
  const client = await connect(context);
  const planned: Planned[] = [];
  for (const declared of services) planned.push({ declared, plan: await planOf(client, declared) });
  if (options.plan === true) return showPlans(context, planned, options.output);

  for (const line of linesOf(planned)) say(context, line);
  const started = await declareAll(context, client, planned);
  const applied: Applied[] = [];
  for (const each of started) applied.push(options.wait ? await followThrough(context, client, each) : each);

  if (options.output !== undefined) printValue(context, options.output, applied);
  else for (const each of applied) tell(context, resultOf(each));
  return applied.map(exitOf).find((code) => code !== EXIT.ok) ?? EXIT.ok;
}

async function readServices(context: Context, file: string): Promise<readonly DeclaredService[]> {
  if (file === '-') return readDocuments('stdin', await readAll(context));
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw usageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return readDocuments(file, text);
}

const pathOf = ({ service }: DeclaredService): string => `/v1/services/${segment(service)}`;

/** @throws ProblemError that knows where in the file each wrong field stands */
async function placed<T>(declared: DeclaredService, asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError(error.problem, declared.placeOf);
  }
}

const planOf = (client: Client, declared: DeclaredService): Promise<PlanView> =>
  placed(declared, client.ask<PlanView>(`${pathOf(declared)}/plan`, declared.body));

function showPlans(
  context: Context,
  planned: readonly Planned[],
  output: MachineFormat | undefined,
): ExitCode {
  const plans = planned.map(({ declared: { service }, plan }) => ({ service, ...plan }));
  if (output !== undefined) printValue(context, output, plans);
  else for (const line of linesOf(planned)) tell(context, line);
  return EXIT.ok;
}

const linesOf = (planned: readonly Planned[]): readonly string[] =>
  planned.flatMap(({ declared: { service }, plan }) => planLines(service, plan));

/** @throws ProblemError; what was declared before it is told then, as it stays */
async function declareAll(
  context: Context,
  client: Client,
  planned: readonly Planned[],
): Promise<readonly Applied[]> {
  const started: Applied[] = [];
  try {
    for (const each of planned)
      started.push(await declare(client, await stillPlanned(context, client, each, started)));
  } catch (error) {
    for (const { service, operation } of started)
      if (operation !== null)
        say(context, `${service} is declared; watch it: diecast rollout watch ${service}`);
    throw error;
  }
  return started;
}

/** What was declared before it may have taken room that it was planned with: then it is planned, and told, anew. */
async function stillPlanned(
  context: Context,
  client: Client,
  { declared, plan }: Planned,
  before: readonly Applied[],
): Promise<Planned> {
  if (!before.some(({ operation }) => operation !== null)) return { declared, plan };
  const now = { declared, plan: await planOf(client, declared) };
  if (now.plan.hash !== plan.hash) for (const line of linesOf([now])) say(context, line);
  return now;
}

async function declare(client: Client, { declared, plan }: Planned): Promise<Applied> {
  const { service } = declared;
  if (plan.change === 'none') return { service, plan, operation: null, rollout: null };
  const { status, body } = await placed(
    declared,
    client.change<OperationView | ServiceView>('PUT', pathOf(declared), declared.body, { plan: plan.hash }),
  );
  return { service, plan, operation: status === 202 ? (body as OperationView) : null, rollout: null };
}

async function followThrough(context: Context, client: Client, started: Applied): Promise<Applied> {
  const number = started.operation === null ? undefined : rolloutNumber(started.operation);
  if (number === undefined) return started;
  const rollout = await followRollout(context, client, started.service, number);
  const operation = await client.get<OperationView>(`/v1/operations/${rollout.operationId}`);
  return { ...started, rollout, operation };
}

/** Of the operation that brings it about. */
export function rolloutNumber({ resources }: OperationView): number | undefined {
  const id = resources.find(({ type }) => type === 'rollout')?.id;
  const digits = id?.slice(id.lastIndexOf('/') + 1);
  return digits === undefined ? undefined : Number(digits);
}

function resultOf({ service, operation, rollout, plan }: Applied): string {
  if (rollout !== null) return `rollout ${rolloutName(rollout)} ${rollout.status}`;
  if (operation !== null) return `operation ${operation.id} ${operation.status}`;
  return `service ${service} ${plan.change === 'none' ? 'unchanged' : 'changed'}`;
}

const exitOf = ({ rollout }: Applied): ExitCode => (rollout === null ? EXIT.ok : rolloutExit(rollout));
