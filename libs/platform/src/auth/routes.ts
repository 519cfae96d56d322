import { RequestMethod, type INestApplicationContext } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { RULE, type Rule } from './rules.js';

export type Route = { readonly method: string; readonly path: string; readonly rule: Rule | null };

const methodNameOf = (method: number): string => RequestMethod[method] ?? 'ALL';

/** Every route of every controller, with its rule. */
export function listRoutes(app: INestApplicationContext): readonly Route[] {
  const scanner = new MetadataScanner();
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  const controllers = modules.flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return [];
    const prototype: Readonly<Record<string, object>> = metatype.prototype;
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      const path: unknown = handler && Reflect.getMetadata(PATH_METADATA, handler);
      if (handler === undefined || typeof path !== 'string') return [];
      const method: number = Reflect.getMetadata(METHOD_METADATA, handler);
      const rule: Rule | null =
        Reflect.getMetadata(RULE, handler) ?? Reflect.getMetadata(RULE, metatype) ?? null;
      const base: string = Reflect.getMetadata(PATH_METADATA, metatype);
      return [{ method: methodNameOf(method), path: join(base, path), rule }];
    });
  });
}

const join = (...parts: readonly string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;

/** At start. @throws Error naming the routes that nobody has thought about */
export function requireRules(app: INestApplicationContext): void {
  const open = listRoutes(app).filter((route) => route.rule === null);
  if (open.length === 0) return;
  const names = open.map((route) => `${route.method} ${route.path}`).join(', ');
  throw new Error(`These routes have no rule for who may call them: ${names}.`);
}
