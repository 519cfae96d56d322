import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { ErrorCode } from '@diecast/model';
import { listRoutes, type Route } from '@diecast/platform';
import { HEEDS_KEY, MAY_ANSWER } from './http/describe.js';
import { problemResponses } from './http/problem-responses.js';

const ABOUT = `Immutable virtual machines over libvirt and QEMU: cast, prove, replace, roll back.

Press **Authorize** once and paste a token; the browser keeps it. What takes time answers \`202\` with an operation: watch it under
\`/v1/operations/{id}\`, or add \`wait\`. Send an \`Idempotency-Key\` to be sure that a repeated request does its work once.
Every error is \`application/problem+json\` with a stable \`code\`. Roles: viewer, operator, admin; each may do what the one before may.`;

const TAGS = {
  hosts: 'Hypervisors that machines run on.',
  images: 'What machines are cast from: immutable, and proven before they are used.',
  services: 'What you want to run. Declare it; everything else follows.',
  instances: 'The machines. Never patched, always replaced.',
  snapshots: 'The state of a machine at one moment.',
  operations: 'Everything that takes time.',
  events: 'Everything that happens, as it happens.',
  tokens: 'Who may do what.',
  system: 'The program itself.',
};

/** The OpenAPI document, made from the same decorators that check the requests. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Diecast')
    .setDescription(ABOUT)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A token, without "Bearer".' }, 'token');
  for (const [name, about] of Object.entries(TAGS)) builder.addTag(name, about);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) =>
      `${controller.replace('Controller', '').toLowerCase()}_${method}`,
  });
  for (const route of listRoutes(app)) finish(document, route);
  return document;
}

/** The text of docs/openapi.json. */
export const renderApi = (app: INestApplication): string => `${JSON.stringify(describeApi(app), null, 2)}\n`;

type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']> & {
  [MAY_ANSWER]?: readonly ErrorCode[];
  [HEEDS_KEY]?: boolean;
};

/** The rule that the guard goes by is the one that is documented, and the errors follow from what the route takes. */
function finish(document: OpenAPIObject, { method, path, rule }: Route): void {
  const item = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')];
  const operation: OperationObject | undefined =
    item?.[method.toLowerCase() as 'get' | 'put' | 'post' | 'delete'];
  if (operation === undefined) throw new Error(`${method} ${path} is missing in the OpenAPI document.`);
  if (rule?.kind === 'role') {
    const needs = `Needs the role **${rule.role}**.`;
    operation.description = [operation.description, needs].filter((part) => part !== undefined).join('\n\n');
    operation.security = [{ token: [] }];
  }
  const takesBody = operation.requestBody !== undefined;
  const takesAnything = takesBody || (operation.parameters ?? []).length > 0;
  const codes: readonly ErrorCode[] = [
    ...(takesAnything ? (['invalid'] as const) : []),
    ...(takesBody ? (['malformed'] as const) : []),
    ...(rule?.kind === 'role' ? (['unauthenticated', 'forbidden'] as const) : []),
    ...(operation[MAY_ANSWER] ?? []),
    ...(operation[HEEDS_KEY] === true ? (['idempotency_mismatch'] as const) : []),
  ];
  operation[MAY_ANSWER] = codes;
  delete operation[HEEDS_KEY];
  Object.assign(operation.responses, problemResponses(codes));
}

/** Swagger UI at /docs, the document at /openapi.json: for everybody, as there is no secret in them. */
export function serveDocumentation(app: INestApplication, document: OpenAPIObject): void {
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Diecast API',
    customCss: '.swagger-ui .topbar, .swagger-ui .response-col_links { display: none }',
    swaggerOptions: {
      persistAuthorization: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      filter: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
    },
  });
}
