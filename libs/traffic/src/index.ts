export {
  instanceOfServer,
  serverName,
  type Balancer,
  type BalancerServer,
  type BalancerView,
  type ServerRef,
  type ServerState,
} from './balancer.js';
export { haproxy } from './haproxy/haproxy.js';
export {
  DEFAULT_DRAIN_SECONDS,
  isCarried,
  planTraffic,
  wishFor,
  type TrafficAction,
  type TrafficWish,
} from './plan-traffic.js';
export { weigh, type Claim } from './weigh.js';
