import { describe, expect, it } from '@jest/globals';
import { OPERATION_KINDS } from '@diecast/model';
import { createRegistry } from '@diecast/operations';
import { FLOWS } from './all.js';
import type { FlowServices } from './services.js';

describe('the flows', () => {
  it('are one for each kind that has steps, and well formed: else no program would start', () => {
    const { definition } = createRegistry<FlowServices>(FLOWS);
    for (const [kind, runsAs] of Object.entries(OPERATION_KINDS))
      if (runsAs === 'flow') expect(definition(kind as keyof typeof OPERATION_KINDS).kind).toBe(kind);
    expect(() => createRegistry<FlowServices>(FLOWS.slice(1))).toThrow(/No definition/);
    expect(() => createRegistry<FlowServices>([...FLOWS, ...FLOWS.slice(0, 1)])).toThrow(/twice/);
  });
});
