import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { DIGEST_PATTERN, isDigest, isName, NAME_PATTERN, NAME_RULE, parseIpv4 } from '@diecast/model';

/**
 * Fields of requests. Each decorator says once what a field is: it is checked by that, and documented by that.
 * A broken rule is one sentence, in the words of who sends it.
 */
type FieldOptions = {
  readonly example?: unknown;
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly default?: unknown;
};

type Rule = { readonly says: string; readonly holds: (value: unknown) => boolean };

function field(
  description: string,
  options: FieldOptions,
  schema: ApiPropertyOptions,
  rule: Rule,
): PropertyDecorator {
  const { optional = false, nullable = false, example, default: preset } = options;
  return applyDecorators(
    ApiProperty({
      ...schema,
      description,
      required: !optional,
      ...(nullable ? { nullable } : {}),
      ...(example === undefined ? {} : { example }),
      ...(preset === undefined ? {} : { default: preset }),
    } as ApiPropertyOptions),
    ValidateIf((_, value: unknown) => !((optional && value === undefined) || (nullable && value === null))),
    ValidateBy({
      name: 'field',
      validator: {
        validate: (value: unknown) => rule.holds(value),
        defaultMessage: (about) => (about?.value === undefined ? `is missing: it ${rule.says}` : rule.says),
      },
    }),
  );
}

/** The same rule for each item of an array. */
const each = (rule: Rule, most: number): Rule => ({
  says: `must be an array of at most ${most} items; each ${rule.says}`,
  holds: (value) => Array.isArray(value) && value.length <= most && value.every((item) => rule.holds(item)),
});

const texts = (says: string, holds: (text: string) => boolean): Rule => ({
  says,
  holds: (value) => typeof value === 'string' && holds(value),
});

const NAME = texts(`must be ${NAME_RULE}`, isName);
const NAME_SCHEMA = { type: String, pattern: NAME_PATTERN.source };

export const NameField = (description: string, options: FieldOptions = {}) =>
  field(description, options, NAME_SCHEMA, NAME);

export const NamesField = (description: string, options: FieldOptions & { readonly most: number }) =>
  field(
    description,
    options,
    { ...NAME_SCHEMA, isArray: true, maxItems: options.most },
    each(NAME, options.most),
  );

export const DigestField = (description: string, options: FieldOptions = {}) =>
  field(
    description,
    options,
    { type: String, pattern: DIGEST_PATTERN.source },
    texts('must be "sha256:" and 64 of 0-9 and a-f', isDigest),
  );

export const Ipv4Field = (description: string, options: FieldOptions = {}) =>
  field(
    description,
    options,
    { type: String, format: 'ipv4' },
    texts('must be an IPv4 address such as 192.0.2.10', (text) => parseIpv4(text) !== undefined),
  );

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const UuidField = (description: string, options: FieldOptions = {}) =>
  field(
    description,
    options,
    { type: String, format: 'uuid' },
    texts('must be a UUID in lower case', (text) => UUID.test(text)),
  );

export const ChoiceField = (description: string, values: readonly string[], options: FieldOptions = {}) =>
  field(
    description,
    options,
    { type: String, enum: [...values] },
    texts(`must be one of ${values.join(', ')}`, (text) => values.includes(text)),
  );

export const FlagField = (description: string, options: FieldOptions = {}) =>
  field(
    description,
    options,
    { type: Boolean },
    { says: 'must be true or false', holds: (value) => typeof value === 'boolean' },
  );

/** @param options.unit of the number, for the sentence: "MiB", "seconds" */
export const WholeField = (
  description: string,
  least: number,
  most: number,
  options: FieldOptions & { readonly unit?: string } = {},
) =>
  field(
    description,
    options,
    { type: 'integer', minimum: least, maximum: most },
    {
      says: `must be a whole number ${options.unit === undefined ? '' : `of ${options.unit} `}from ${least} to ${most}`,
      holds: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
    },
  );

export const NumberField = (description: string, options: FieldOptions = {}) =>
  field(
    description,
    options,
    { type: Number },
    { says: 'must be a number', holds: (value) => typeof value === 'number' && Number.isFinite(value) },
  );

/** In a query everything is text: digits become the number that they are, all else is left to the rule. */
export const WholeQueryField = (
  description: string,
  least: number,
  most: number,
  options: FieldOptions = {},
) =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    WholeField(description, least, most, options),
  );

export const TextField = (
  description: string,
  options: FieldOptions & {
    readonly most: number;
    readonly pattern?: RegExp;
    /** What the pattern means, to go on after "must be". */
    readonly rule?: string;
    readonly format?: string;
  },
) =>
  field(
    description,
    options,
    {
      type: String,
      maxLength: options.most,
      ...(options.pattern === undefined ? {} : { pattern: options.pattern.source }),
      ...(options.format === undefined ? {} : { format: options.format }),
    },
    texts(
      `must be ${options.rule ?? 'a text'} of at most ${options.most} characters`,
      (text) => text.length <= options.most && (options.pattern?.test(text) ?? true),
    ),
  );

/** An array of texts, none of them empty. */
export const TextsField = (
  description: string,
  options: FieldOptions & { readonly most: number; readonly mostCharacters: number },
) =>
  field(
    description,
    options,
    { type: String, minLength: 1, maxLength: options.mostCharacters, isArray: true, maxItems: options.most },
    each(
      texts(
        `must be a text of 1 to ${options.mostCharacters} characters`,
        (text) => text !== '' && text.length <= options.mostCharacters,
      ),
      options.most,
    ),
  );

/** Names and texts, such as credentials. */
export const TextMapField = (
  description: string,
  options: FieldOptions & { readonly most: number; readonly name: RegExp; readonly mostCharacters: number },
) =>
  field(
    description,
    options,
    { type: 'object', additionalProperties: { type: 'string' } },
    {
      says: `must be an object of at most ${options.most} texts of at most ${options.mostCharacters} characters, with names of letters, digits, ".", "_" and "-"`,
      holds: (value) =>
        isObject(value) &&
        Object.keys(value).length <= options.most &&
        Object.entries(value).every(
          ([name, text]) =>
            options.name.test(name) && typeof text === 'string' && text.length <= options.mostCharacters,
        ),
    },
  );

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const OBJECT: Rule = { says: 'must be an object', holds: isObject };
/** The constructor of any request or answer. */
type Class = abstract new (...args: never[]) => object;
type ConcreteClass = new () => object;

/** The documentation knows a class that is named later by a function whose own name is "type". */
const later = (type: () => ConcreteClass) => ({ type: () => type() });

export const ObjectField = (description: string, type: () => ConcreteClass, options: FieldOptions = {}) =>
  applyDecorators(field(description, options, later(type), OBJECT), ValidateNested(), Type(type));

/** An object that is held to its own rules elsewhere, and left as it came until then. */
export const DataField = (description: string, type: () => ConcreteClass, options: FieldOptions = {}) =>
  field(description, options, later(type), OBJECT);

export const ObjectsField = (
  description: string,
  type: () => ConcreteClass,
  options: FieldOptions & { readonly most: number },
) =>
  applyDecorators(
    field(
      description,
      options,
      { ...later(type), isArray: true, maxItems: options.most },
      each(OBJECT, options.most),
    ),
    ValidateNested({ each: true }),
    Type(type),
  );

export type { Class };
