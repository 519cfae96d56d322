import { describe, expect, it } from '@jest/globals';
import { CliError } from '../errors.js';
import { readDocuments } from './documents.js';

const TEXT = `# two services
service: web
image: tiny-http
machine: &size
  vcpus: 1
  memoryMiB: 128
placement:
  hosts: [a, b]
---
service: db
machine: *size
`;

function refusal(text: string): string {
  try {
    readDocuments('f.yaml', text);
  } catch (error) {
    if (error instanceof CliError) return [error.message, ...error.hints].join('\n');
    throw error;
  }
  throw new Error('It was taken.');
}

describe('a file of services', () => {
  it('is one declaration per document', () => {
    const [web, ...others] = readDocuments('f.yaml', TEXT.split('---')[0] ?? '');
    expect([web?.service, web?.body, others]).toEqual([
      'web',
      { image: 'tiny-http', machine: { vcpus: 1, memoryMiB: 128 }, placement: { hosts: ['a', 'b'] } },
      [],
    ]);
    expect(
      readDocuments('f.yaml', 'service: a\n---\nservice: b\n---\n').map(({ service }) => service),
    ).toEqual(['a', 'b']);
  });

  it('knows where each field stands, or what is nearest to it', () => {
    const [web] = readDocuments('f.yaml', TEXT.split('---')[0] ?? '');
    expect(
      ['machine.memoryMiB', 'placement.hosts.1', 'machine.firmware', 'network.kind', 'name'].map((path) =>
        web?.placeOf(path),
      ),
    ).toEqual(['f.yaml:6:3', 'f.yaml:8:14', 'f.yaml:4:1', 'f.yaml:2:1', 'f.yaml:2:1']);
  });

  it('follows an alias to what it stands for', () => {
    const [service] = readDocuments('f.yaml', 'service: a\nx: &x\n  vcpus: 1\nmachine: *x\n');
    expect(service?.placeOf('machine.vcpus')).toBe('f.yaml:3:3');
  });

  it('may be JSON', () => {
    expect(readDocuments('f.json', '{"service":"web","replicas":2}')).toMatchObject([
      { service: 'web', body: { replicas: 2 } },
    ]);
  });

  it.each([
    ['', 'f.yaml declares nothing.'],
    ['# nothing\n', 'f.yaml declares nothing.'],
    ['a: [1\nb: 2', 'f.yaml is no YAML.\nf.yaml:2:'],
    ['a: 1\na: 2', 'f.yaml:2:1: '],
    ['just text', 'f.yaml:1:1: must be fields'],
    ['service: 7', 'f.yaml:1:1: service must be the name'],
    ['service: a\n---\nservice: a', 'f.yaml:3:1: a stands further up already'],
    [TEXT, 'f.yaml:10:1: Unresolved alias'],
  ])('is refused with its place when it is %j', (text, said) => {
    expect(refusal(text)).toContain(said);
  });

  it('cannot make the program grow without end', () => {
    const levels = Array.from(
      { length: 12 },
      (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index}, `.repeat(10)}]`,
    );
    expect(refusal(['service: a', 'l0: &l0 [x]', ...levels].join('\n'))).toMatch(/cannot be read/);
  });
});
