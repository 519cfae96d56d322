import { UnreachableError, type FieldProblem, type Problem } from '../errors.js';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isField = (value: unknown): value is FieldProblem =>
  isRecord(value) && typeof value['path'] === 'string' && typeof value['message'] === 'string';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

type Refused = { readonly status: number; readonly url: string; readonly headers: Headers };

/** Of an answer that is no success. @throws UnreachableError when it is none of Diecast's, as a proxy's before it */
export function readProblem({ status, url, headers }: Refused, text: string): Problem {
  const body = parse(text);
  if (!isRecord(body) || typeof body['code'] !== 'string' || typeof body['detail'] !== 'string') {
    const { origin } = new URL(url);
    const to = headers.get('location');
    throw new UnreachableError(
      to === null
        ? `${origin} does not answer as Diecast does: HTTP status ${status} without a problem document.`
        : `${origin} sends us on to ${to}; the token is not taken there.`,
      ['"diecast login URL" with the address of Diecast itself.'],
    );
  }
  const { code, detail, advice, errors, requestId } = body;
  return {
    status,
    code,
    detail,
    advice: typeof advice === 'string' ? advice : '',
    ...(Array.isArray(errors) ? { errors: errors.filter(isField) } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  };
}
