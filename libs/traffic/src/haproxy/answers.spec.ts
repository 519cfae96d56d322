import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '@diecast/model';
import { readConnections, readLoad, readRefusal, readServerStates, splitCsv } from './answers.js';

/** As HAProxy 2.6.12 wrote it. */
const STATES = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port
3 web 1 static1 127.0.0.1 0 5 1 1 14 1 0 0 8 0 0 0 - 9 - 0 0 - - 0
3 web 2 i-1 127.0.0.1 2 8 85 1 3 1 0 0 0 0 0 0 - 18081 - 0 0 - - 0
3 web 3 i-2 ::1 2 0 1 1 7 1 0 0 0 0 0 0 - 18082 - 0 0 - - 0

`;
const CONNECTIONS = `# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim idle_cur idle_per_thr[2]
web/static1 3/1 127.0.0.1 9 - 5000 0 0 0 0 0 -1 0 0 0
web/i-1 3/2 127.0.0.1 18081 - 5000 2 1 1 0 2 -1 3 1 1
web/i-2 3/3 127.0.0.1 18082 - 0 0 0 0 0 0 0 0

`;
const LOAD = `# pxname,svname,qcur,scur,status,type,last_chk,lbtot,req_tot,hrsp_5xx,econ,eresp,srv_abrt,
web,i-1,1,4,no check,2,"a, ""quoted"" word",14,9,3,2,5,4,
tcp,i-2,0,0,no check,2,,7,,,1,0,2,
web,BACKEND,0,6,UP,1,,21,9,3,3,5,6,

`;
const READERS = [
  ['servers state', readServerStates, STATES],
  ['stat', readLoad, LOAD],
  ['servers conn', (answer: string) => readConnections(answer, 'web/i-1'), CONNECTIONS],
] as const;

describe("HAProxy's answers", () => {
  it('say of every server where it is, in which state, since when, and what its weight is', () => {
    const local = { backend: 'web', address: '127.0.0.1', weight: 1 };
    expect(readServerStates(STATES)).toEqual([
      { ...local, name: 'static1', port: 9, state: 'maint', secondsInState: 14 },
      { ...local, name: 'i-1', port: 18081, state: 'drain', weight: 85, secondsInState: 3 },
      { ...local, name: 'i-2', address: '::1', port: 18082, state: 'ready', secondsInState: 7 },
    ]);
  });

  it('say which backends there are, and what each server has to do and has done', () => {
    const { backends, loads } = readLoad(LOAD);
    expect([...backends]).toEqual(['web']);
    expect([...loads]).toEqual([
      // Waiting requests are included; an answer that broke off is counted once.
      ['web/i-1', { requests: 5, served: { requests: 14, failures: 3 + 2 + 5 } }],
      ['tcp/i-2', { requests: 0, served: { requests: 7, failures: 1 + 2 } }],
    ]);
  });

  it('say how many connections a server has, however many threads there are', () => {
    expect(readConnections(CONNECTIONS, 'web/i-1')).toBe(5);
    expect(readConnections(CONNECTIONS, 'web/i-2')).toBe(0);
    expect(readConnections(CONNECTIONS, 'web/gone')).toBe(0);
  });

  it.each(READERS)('of %s are never taken for whole when they end early', (_, read, whole) => {
    expect(() => read(whole)).not.toThrow();
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => read(whole.slice(0, length))).toThrow(AppError);
    }
  });

  it.each(READERS)(
    'of %s that are damaged are read or refused with a code, never anything else',
    (_, read, whole) => {
      const damage = fc.record({
        at: fc.nat(whole.length),
        cut: fc.nat(30),
        put: fc.string({ maxLength: 30 }),
      });
      fc.assert(
        fc.property(damage, ({ at, cut, put }) => {
          try {
            read(whole.slice(0, at) + put + whole.slice(at + cut));
          } catch (error) {
            expect(error).toMatchObject({ name: 'AppError', code: 'balancer_failed' });
          }
        }),
      );
    },
  );

  it('of another version, or without a column that is needed, are refused by name', () => {
    expect(() => readServerStates(STATES.replace('1\n', '2\n'))).toThrow('version');
    expect(() => readServerStates(STATES.replace('srv_port', 'srv_harbour'))).toThrow('srv_port');
    expect(() => readServerStates(STATES.replace('18081', '-1'))).toThrow('srv_port is "-1"');
    expect(() => readLoad("Can't find backend.\n\n")).toThrow('column names');
  });

  it('read any CSV back that was written by the rules', () => {
    const values = fc.array(
      fc.string().filter((text) => !text.includes('\n')),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(values, (values) => {
        const line = values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',');
        expect(splitCsv(line)).toEqual(values);
      }),
    );
  });

  it('tell by a number whether it was done, and by their words why not', () => {
    expect(readRefusal('\n\n')).toBeUndefined();
    expect(readRefusal('\n[6]: New server registered.\n\n')).toBeUndefined();
    expect(readRefusal('\n[3]: No such backend.\n')).toBe('No such backend.');
    expect(readRefusal('\n[4]: Beware.\n\n')).toBe('Beware.');
    const unknown = '\n[6]: Unknown command, but maybe one of these:\n  show fd [num] : list\n\n';
    expect(readRefusal(unknown)).toContain('Unknown command');
    expect(readRefusal('Permission denied\n\n')).toBe('Permission denied');
  });
});
