import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
} from 'yaml';
import { usageError, type CliError } from '../errors.js';

/** A service as a file declares it. */
export type DeclaredService = {
  readonly service: string;
  /** Of PUT /v1/services/{name}. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Where a field of the body stands, or the nearest thing around it that is there: `web.yaml:7:3`. */
  placeOf(path: string): string;
};

/**
 * The services that a file declares: YAML documents, each with `service` and the fields of a declaration.
 * @param file as messages name it
 * @throws CliError that names every wrong place
 */
export function readDocuments(file: string, text: string): readonly DeclaredService[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  // An empty file is no list of documents but a word that it is empty.
  const documents = Array.isArray(parsed) ? parsed.filter((document) => !isEmpty(document)) : [];
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const broken = (Array.isArray(parsed) ? parsed : []).flatMap(({ errors }) =>
    errors.map(({ pos, message }) => `${place(pos[0])}: ${message}`),
  );
  if (broken.length > 0) throw wrong(file, 'is no YAML', broken);
  if (documents.length === 0) throw wrong(file, 'declares nothing', []);
  return withoutDoubles(
    file,
    documents.map((document) => toService(file, document, place)),
  );
}

/** Such as what a `---` at the end of a file begins. */
const isEmpty = ({ contents }: Document.Parsed): boolean =>
  contents === null || (isScalar(contents) && contents.value === null);

const wrong = (file: string, what: string, places: readonly string[]): CliError =>
  usageError(`${file} ${what}.`, places);

function toService(
  file: string,
  document: Document.Parsed,
  place: (offset: number) => string,
): DeclaredService {
  const { contents } = document;
  const start = place(contents?.range?.[0] ?? 0);
  if (!isMap(contents))
    throw wrong(file, 'declares something that is no service', [
      `${start}: must be fields, the first of them "service: NAME"`,
    ]);
  const { service, ...body } = toPlain(document, file, start);
  if (typeof service !== 'string' || service === '') {
    const where = place(offsetOf(document, ['service']));
    throw wrong(file, 'declares a service without a name', [
      `${where}: service must be the name of the service`,
    ]);
  }
  return {
    service,
    body,
    // The API knows the name from the path of the request.
    placeOf: (path) => place(offsetOf(document, path === 'name' ? ['service'] : path.split('.'))),
  };
}

function toPlain(document: Document.Parsed, file: string, start: string): Readonly<Record<string, unknown>> {
  try {
    return document.toJS() as Readonly<Record<string, unknown>>;
  } catch (error) {
    // Such as aliases that would grow without end.
    throw wrong(file, 'cannot be read', [
      `${start}: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}

/** Of the key of the field; of the deepest thing on the way to it when it is not there. */
function offsetOf(document: Document.Parsed, path: readonly string[]): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const name of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    const found: Step | undefined = stepInto(node, name);
    if (found === undefined) return offset;
    offset = found.offset ?? offset;
    node = found.node;
  }
  return offset;
}

type Step = { readonly offset: number | undefined; readonly node: Node | null };

function stepInto(node: Node | null, name: string): Step | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(name)] as Node | undefined;
    return item && { offset: item.range?.[0], node: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === name,
  );
  if (pair === undefined) return undefined;
  return { offset: (pair.key as Node).range?.[0], node: pair.value as Node | null };
}

function withoutDoubles(file: string, services: readonly DeclaredService[]): readonly DeclaredService[] {
  const seen = new Set<string>();
  for (const { service, placeOf } of services) {
    if (seen.has(service))
      throw wrong(file, 'declares a service twice', [
        `${placeOf('name')}: ${service} stands further up already`,
      ]);
    seen.add(service);
  }
  return services;
}
