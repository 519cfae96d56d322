import {
  DEFAULT_ROLLOUT,
  type AnalysisSpec,
  type CanaryStep,
  type FieldError,
  type RolloutSpec,
} from '@diecast/model';
import type { AnalysisBody, CanaryStepBody, RolloutBody } from './rollout.dto.js';

/** What no field can say of itself. @param path of the rollout in the request */
export function rolloutProblems(body: RolloutBody, path: string): readonly FieldError[] {
  const problems = [
    ...strategyProblems(body),
    ...stepProblems(body.steps ?? []),
    ...(body.analysis ?? []).flatMap(analysisProblems),
    ...repeatedNames(body.analysis ?? []),
  ];
  return problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` }));
}

function strategyProblems(body: RolloutBody): readonly FieldError[] {
  const { strategy, maxSurge, maxUnavailable, batch, steps, promotion } = toRollout(body);
  const problems: FieldError[] = [];
  const onlyFor = (field: string, fit: string): number =>
    problems.push({ path: field, message: `is only for the strategy ${fit}, and this one is ${strategy}` });
  if (strategy === 'canary' && steps.length === 0)
    problems.push({ path: 'steps', message: 'must have at least one step: the strategy is canary' });
  if (strategy !== 'canary' && steps.length > 0) onlyFor('steps', 'canary');
  if (strategy !== 'blueGreen' && promotion === 'manual') onlyFor('promotion', 'blueGreen');
  if (strategy !== 'rolling' && batch !== null) onlyFor('batch', 'rolling');
  if (strategy !== 'recreate' && maxSurge === 0 && maxUnavailable === 0) {
    const message = 'must not be 0 together with maxUnavailable: no machine could ever be replaced';
    problems.push({ path: 'maxSurge', message });
  }
  return problems;
}

function stepProblems(steps: readonly CanaryStepBody[]): readonly FieldError[] {
  return steps.flatMap(({ weight }, index) => {
    const before = steps[index - 1]?.weight ?? 0;
    const message = `must be more than that of the step before, ${before}`;
    return weight > before ? [] : [{ path: `steps.${index}.weight`, message }];
  });
}

function analysisProblems(analysis: AnalysisBody, index: number): readonly FieldError[] {
  const { kind, query, least = null, most = null } = analysis;
  const at = `analysis.${index}`;
  if (kind === 'webhook')
    return (['query', 'least', 'most'] as const)
      .filter((field) => analysis[field] !== undefined && analysis[field] !== null)
      .map((field) => ({
        path: `${at}.${field}`,
        message: 'is not used by an analysis of the kind webhook',
      }));
  const problems: FieldError[] = [];
  if (query === undefined)
    problems.push({
      path: `${at}.query`,
      message: 'is missing: an analysis of the kind prometheus needs it',
    });
  if (least === null && most === null)
    problems.push({ path: `${at}.most`, message: 'or least must be given: else no answer could be bad' });
  if (least !== null && most !== null && least > most)
    problems.push({ path: `${at}.most`, message: `must not be less than least, ${least}` });
  return problems;
}

function repeatedNames(analyses: readonly AnalysisBody[]): readonly FieldError[] {
  return analyses.flatMap(({ name }, index) =>
    analyses.findIndex((other) => other.name === name) < index
      ? [{ path: `analysis.${index}.name`, message: `must be another one: ${name} is there already` }]
      : [],
  );
}

/** Of a body without problems, with every default filled in. */
export const toRollout = (body: RolloutBody): RolloutSpec => ({
  ...DEFAULT_ROLLOUT,
  ...onlySaid(body),
  steps: (body.steps ?? []).map(toStep),
  analysis: (body.analysis ?? []).map(toAnalysis),
});

/** A field that a body's class has and nobody sent is there as undefined. */
const onlySaid = <Body extends object>(body: Body): Partial<Body> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Partial<Body>;

const toStep = ({ weight, pauseSeconds }: CanaryStepBody): CanaryStep => ({
  weight,
  pauseSeconds: pauseSeconds ?? null,
});

function toAnalysis(body: AnalysisBody): AnalysisSpec {
  const { name, kind, url, query = '', least = null, most = null } = body;
  const common = { name, url, intervalSeconds: body.intervalSeconds ?? 10, failures: body.failures ?? 3 };
  return kind === 'webhook' ? { ...common, kind } : { ...common, kind, query, least, most };
}
