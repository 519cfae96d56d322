import { describe, expect, it } from '@jest/globals';
import type { Host, HostFacts } from '@diecast/model';
import { cpusAround } from './portable-cpu.js';

const host = (name: string, cpuXml: string, change: Partial<Host> & Partial<HostFacts> = {}): Host =>
  ({
    name,
    status: change.status ?? 'ready',
    facts: { cpuXml, accelerator: change.accelerator ?? 'kvm' },
  }) as Host;

describe('the CPUs that a portable machine is for', () => {
  const a = host('a', '<cpu a/>');

  it('are those of every ready host with the same accelerator, each once', () => {
    const all = [
      a,
      host('b', '<cpu b/>'),
      host('c', '<cpu a/>'),
      host('d', '<cpu d/>', { accelerator: 'tcg' }),
    ];
    expect(cpusAround(a, all)).toEqual(['<cpu a/>', '<cpu b/>']);
  });

  it('leave out hosts that nothing moves to, and never its own', () => {
    const away = host('away', '<cpu away/>', { status: 'cordoned' });
    const unknown = { ...host('new', ''), facts: null };
    expect(cpusAround(a, [a, away, unknown])).toEqual(['<cpu a/>']);
    expect(cpusAround(away, [a, away])).toEqual(['<cpu a/>', '<cpu away/>']);
  });
});
