import type { AnalysisSpec, Finding } from '@diecast/model';

/** What came back: a number, a verdict without one, or why there is neither. */
export type AnalysisAnswer =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'verdict'; readonly good: boolean; readonly message: string }
  | { readonly kind: 'none'; readonly message: string };

/** Whether it is time to ask again. */
export function isDue({ intervalSeconds }: AnalysisSpec, last: Finding | undefined, now: Date): boolean {
  return last === undefined || now.getTime() - Date.parse(last.at) >= intervalSeconds * 1000;
}

/** What an answer means, after what was answered before. Without an answer nobody knows that it goes well. */
export function judgeAnalysis(
  spec: AnalysisSpec,
  last: Finding | undefined,
  answer: AnalysisAnswer,
  now: Date,
): Finding {
  const { good, message } = weigh(spec, answer);
  const badInRow = good ? 0 : (last?.badInRow ?? 0) + 1;
  return { name: spec.name, at: now.toISOString(), good, badInRow, message };
}

function weigh(spec: AnalysisSpec, answer: AnalysisAnswer): Pick<Finding, 'good' | 'message'> {
  if (answer.kind === 'verdict') return answer;
  if (answer.kind === 'none') return { good: false, message: answer.message };
  const { value } = answer;
  if (Number.isNaN(value)) return { good: false, message: 'the answer is no number' };
  const { least, most } = spec.kind === 'prometheus' ? spec : { least: null, most: null };
  if (least !== null && value < least) return { good: false, message: `${value} is less than ${least}` };
  if (most !== null && value > most) return { good: false, message: `${value} is more than ${most}` };
  return { good: true, message: String(value) };
}
