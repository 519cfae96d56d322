import { tellsTheEnd, type Event } from '@diecast/model';

const OF_TRAFFIC = new Set(['instance.changed', 'service.changed']);
const OF_SERVICES = new Set([...OF_TRAFFIC, 'rollout.changed']);

/** Machines that may enter or have to leave, and shares. */
export const concernsTraffic = ({ type }: Event): boolean => OF_TRAFFIC.has(type);

/** What may change what a service needs next. The planner's own notes and orders do not, so that it comes to rest. */
export const concernsServices = (event: Event): boolean => OF_SERVICES.has(event.type) || tellsTheEnd(event);
