import type { IncomingMessage } from 'node:http';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError, type Principal } from '@diecast/model';
import type { Store } from '@diecast/store';
import { RULE, type Rule } from './rules.js';
import { authenticate, authorise, bearerOf } from './tokens.js';

const principals = new WeakMap<IncomingMessage, Principal>();

/** Who sent the request. @throws AppError `unauthenticated` on a public route */
export function principalOf(request: IncomingMessage): Principal {
  const principal = principals.get(request);
  if (principal) return principal;
  throw new AppError('unauthenticated', 'The request carries no bearer token.');
}

/** Stands before every route. A route without a rule is refused: forgetting one must never open a door. */
export class AuthGuard implements CanActivate {
  private readonly reflector = new Reflector();

  constructor(private readonly store: Store) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<Rule | undefined>(RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === undefined) throw new AppError('forbidden', 'This route has no rule for who may call it.');
    if (rule.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<IncomingMessage>();
    const principal = await authenticate(this.store, bearerOf(request.headers.authorization));
    authorise(principal, rule.role);
    principals.set(request, principal);
    return true;
  }
}
