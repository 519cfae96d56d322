import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiExtension,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import type { ErrorCode } from '@diecast/model';
import { IF_BUSY, MAX_WAIT_SECONDS } from '@diecast/platform';
import { OperationView } from '../operations/operations.view.js';
import type { Class } from './fields.js';
import { ProblemView } from './problem.view.js';

/** Notes for whoever finishes the document, since decorators of one route do not know of each other. */
export const MAY_ANSWER = 'x-errors';
export const HEEDS_KEY = 'x-heeds-key';

/** What the documentation says of a route. Who may call it is said by its rule, and added when the document is made. */
type Telling = {
  readonly summary: string;
  readonly description?: string;
  /** Codes of errors beside those that every route may answer. */
  readonly may?: readonly ErrorCode[];
};

type Answer = { readonly status?: number; readonly says?: string; readonly isArray?: boolean };

/** The route answers one thing, or a whole list of them. */
export const Answers = (
  view: Class,
  telling: Telling,
  { status = 200, says = 'As it is.', isArray = false }: Answer = {},
) => applyDecorators(describe(telling), ApiResponse({ status, description: says, type: view, isArray }));

export const AnswersNothing = (telling: Telling) =>
  applyDecorators(describe(telling), ApiResponse({ status: 204, description: 'It is done.' }));

/** The route answers something that is no JSON. */
export const AnswersText = (mediaType: string, telling: Telling, says: string) =>
  applyDecorators(
    describe(telling),
    ApiResponse({ status: 200, description: says, content: { [mediaType]: { schema: { type: 'string' } } } }),
  );

/** The route answers a page of a list. */
export const AnswersPage = (view: Class, telling: Telling) =>
  applyDecorators(
    describe(telling),
    ApiExtraModels(view),
    ApiResponse({
      status: 200,
      description: 'A page of the list.',
      schema: {
        type: 'object',
        required: ['items', 'nextCursor'],
        properties: {
          items: { type: 'array', items: { $ref: getSchemaPath(view) } },
          nextCursor: {
            type: 'string',
            nullable: true,
            description: 'Send it as `cursor` for the next page; null: this is the last.',
          },
        },
      },
    }),
  );

const OVER = 'the operation, which was over within `wait` seconds.';

/** The route starts an operation. @param otherwise what it answers when there is nothing to start */
export const Starts = (telling: Telling, otherwise?: { readonly view: Class; readonly says: string }) =>
  applyDecorators(
    describe(telling),
    Once(),
    Waits(),
    ...(telling.may?.includes('busy') === true ? [WaitsInLine()] : []),
    ApiResponse({
      status: 202,
      description: 'It was started; watch it under `Location`.',
      type: OperationView,
      headers: {
        Location: {
          description: 'Where the operation is: `/v1/operations/{id}`.',
          schema: { type: 'string' },
        },
      },
    }),
    ...(otherwise === undefined
      ? [ApiResponse({ status: 200, description: `Or ${OVER}`, type: OperationView })]
      : [
          ApiExtraModels(otherwise.view),
          ApiResponse({
            status: 200,
            description: `${otherwise.says} Or ${OVER}`,
            schema: { oneOf: [otherwise.view, OperationView].map((view) => ({ $ref: getSchemaPath(view) })) },
          }),
        ]),
  );

export const Waits = () =>
  ApiQuery({
    name: 'wait',
    required: false,
    description: 'Seconds to wait for its end before answering.',
    schema: { type: 'integer', minimum: 0, maximum: MAX_WAIT_SECONDS, default: 0 },
  });

const WaitsInLine = () =>
  ApiQuery({
    name: 'ifBusy',
    required: false,
    description:
      'While another operation works on the same: wait in line, or be refused with `busy`, which names that one.',
    schema: { type: 'string', enum: [...IF_BUSY], default: 'wait' },
  });

/** The route heeds an Idempotency-Key. */
export const Once = () =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Any text of yours, new for every new wish: sent again, it gets the first answer again.',
      schema: { type: 'string', maxLength: 255 },
    }),
    ApiExtension(HEEDS_KEY, true),
  );

/** The body, with examples that work as they stand. */
export const Takes = (body: Class, examples: Readonly<Record<string, object>>, required = true) =>
  ApiBody({
    type: body,
    required,
    examples: Object.fromEntries(
      Object.entries(examples).map(([name, value]) => [name, { summary: name, value }]),
    ),
  });

const describe = ({ summary, description, may = [] }: Telling) =>
  applyDecorators(
    ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
    ApiExtraModels(ProblemView),
    ApiExtension(MAY_ANSWER, may),
  );
