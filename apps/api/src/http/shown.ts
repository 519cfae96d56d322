import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

type Shape = {
  readonly type?: unknown;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly isArray?: boolean;
  readonly nullable?: boolean;
  readonly required?: boolean;
  readonly example?: unknown;
  readonly additionalProperties?: unknown;
  readonly oneOf?: readonly unknown[];
};

/** Documents a field of an answer; it is always there unless said otherwise. */
const shown = (description: string, shape: Shape): PropertyDecorator =>
  ApiProperty({ required: true, ...shape, description } as ApiPropertyOptions);

type Options = Pick<Shape, 'nullable' | 'required' | 'example' | 'isArray'>;

export const TextShown = (description: string, options: Options & Pick<Shape, 'format'> = {}) =>
  shown(description, { type: String, ...options });
export const NumberShown = (description: string, options: Options = {}) =>
  shown(description, { type: Number, ...options });
export const WholeShown = (description: string, options: Options = {}) =>
  shown(description, { type: 'integer', ...options });
export const FlagShown = (description: string, options: Options = {}) =>
  shown(description, { type: Boolean, ...options });
export const ChoiceShown = (description: string, values: readonly string[], options: Options = {}) =>
  shown(description, { type: String, enum: values, ...options });
export const TimeShown = (description: string, options: Options = {}) =>
  shown(description, { type: String, format: 'date-time', example: '2026-03-01T12:00:00.000Z', ...options });
export const UuidShown = (description: string, options: Options = {}) =>
  shown(description, {
    type: String,
    format: 'uuid',
    example: '0197c3f0-5a1e-7cc2-9d6b-3a1f0e6f2b11',
    ...options,
  });
export const DigestShown = (description: string, options: Options = {}) =>
  shown(description, { type: String, example: `sha256:${'9f86d081884c7d65'.repeat(4)}`, ...options });
export const ObjectShown = (description: string, type: () => unknown, options: Options = {}) =>
  // The documentation knows a class that is named later by a function whose own name is "type".
  shown(description, { type: () => type(), ...options });
/** An object whose fields depend on something else. */
export const AnyShown = (description: string, options: Options = {}) =>
  shown(description, { type: 'object', additionalProperties: true, ...options });
/** An object whose names are data. */
export const MapShown = (description: string, type: 'integer' | 'string', options: Options = {}) =>
  shown(description, { type: 'object', additionalProperties: { type }, ...options });
/** Any JSON. */
export const JsonShown = (description: string, options: Options = {}) =>
  shown(description, {
    oneOf: [
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'object' },
      { type: 'array', items: {} },
    ],
    ...options,
  });

/** As every date leaves the API. */
export const iso = (date: Date): string => date.toISOString();
export const isoOrNull = (date: Date | null): string | null => date?.toISOString() ?? null;
