import { describe, expect, it } from '@jest/globals';
import { decode, encode, typedParams } from '../wire/codec.js';
import { allOf, byField, typed } from './parameters.js';

describe('typed parameters', () => {
  it('keep their type and value over the wire', () => {
    const params = [
      typed.int('int', -5),
      typed.uint('uint', 4_294_967_295),
      typed.llong('llong', -9_007_199_254_740_993n),
      typed.ullong('ullong', 18_446_744_073_709_551_615n),
      typed.double('double', 0.1),
      typed.boolean('boolean', true),
      typed.string('string', 'ä'),
    ];
    expect(decode(typedParams(64), encode(typedParams(64), params))).toEqual(params);
  });

  it('are found by their name, the last of those that share it', () => {
    const params = [typed.string('disk', 'vda'), typed.int('port', 7), typed.string('disk', 'vdb')];
    expect(byField(params)).toEqual({ disk: 'vdb', port: 7 });
  });

  it('are asked for by as many as there are, and not at all when there are none', async () => {
    const asked: number[] = [];
    const ask = (total: number) => async (nparams: number) => {
      asked.push(nparams);
      const params = Array.from({ length: nparams }, (_, index) => typed.int(`p${index}`, index));
      return { params, nparams: total };
    };
    expect(byField(await allOf(ask(2)))).toEqual({ p0: 0, p1: 1 });
    expect(await allOf(ask(0))).toEqual([]);
    expect(asked).toEqual([0, 2, 0]);
  });
});
