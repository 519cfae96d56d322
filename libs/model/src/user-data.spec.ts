import { describe, expect, it } from '@jest/globals';
import { userDataProblems } from './user-data.js';

const pathsOf = (credentials: Readonly<Record<string, string>>): readonly string[] =>
  userDataProblems({ credentials }).map(({ message }) => message);

describe('user data', () => {
  it('takes credentials of any text under a plain name', () => {
    expect(pathsOf({ 'app.token': 's3cret', binary: '\u0000,=\n"<', empty: '' })).toEqual([]);
  });

  it('refuses names that are ours, and names that would mean something on the way', () => {
    expect(pathsOf({ 'diecast.instance': 'another' })).toEqual([expect.stringContaining("Diecast's own")]);
    for (const name of ['', 'a=b', 'a,value=b', '../etc', 'a:b', 'a b', '.hidden', 'ä', 'x'.repeat(129)])
      expect(pathsOf({ [name]: 'text' })).toEqual([expect.stringContaining('is no name of a credential')]);
  });

  it('refuses more than SMBIOS has room for, counted as it is sent', () => {
    expect(pathsOf({ big: 'x'.repeat(36_000) })).toEqual([]);
    expect(pathsOf({ big: 'x'.repeat(37_000) })).toEqual([expect.stringContaining('SMBIOS has room')]);
    expect(pathsOf({ big: 'ä'.repeat(20_000) })).toEqual([expect.stringContaining('SMBIOS has room')]);
    const many = Object.fromEntries(Array.from({ length: 241 }, (_, index) => [`c${index}`, '']));
    expect(pathsOf(many)).toEqual([expect.stringContaining('are 241')]);
  });

  it('takes meta-data to which the name of the machine can be added', () => {
    const problems = (metaData: string) => userDataProblems({ cloudInit: { userData: '', metaData } });
    expect(problems('role: web\ntags: [a, b]\n')).toEqual([]);
    for (const metaData of ['{"role": "web"}', ' [1]', '---\nrole: web', '%YAML 1.1'])
      expect(problems(metaData)).toMatchObject([{ path: 'userData.cloudInit.metaData' }]);
  });
});
