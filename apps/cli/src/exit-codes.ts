/** How the program ends. Scripts branch on it, so a number never changes its meaning. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notPermitted: 4,
  conflict: 5,
  unreachable: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'it is done',
  failed: 'the operation or the rollout failed, was cancelled or is stuck; or the API has a defect',
  usage: 'the command line, the file or a field in it is wrong',
  notFound: 'there is no such thing',
  notPermitted: 'no token, a wrong one, or one without the role for this',
  conflict: 'the state of things forbids it, something else is at work on it, or a rollout was superseded',
  unreachable: 'the API does not answer',
  interrupted: 'interrupted with Ctrl-C; what was started goes on',
};

type Refusal = { readonly code: string; readonly status: number };

/** Of an answer that is no success. @param code of the problem */
export function exitCodeOf({ code, status }: Refusal): ExitCode {
  if (code === 'unavailable') return EXIT.unreachable;
  switch (status) {
    case 401:
    case 403:
      return EXIT.notPermitted;
    case 404:
      return EXIT.notFound;
    case 409:
      return EXIT.conflict;
    default:
      return status >= 400 && status < 500 ? EXIT.usage : EXIT.failed;
  }
}
