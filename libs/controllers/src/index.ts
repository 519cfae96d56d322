export { analysisController } from './analysis-controller.js';
export type { ControllerDeps, ControllerLog } from './deps.js';
export { healthController } from './health-controller.js';
export { historyController } from './history-controller.js';
export { watchHostEvents } from './host-events.js';
export { hostWatch } from './host-watch.js';
export { lookAtHost, type LookOptions } from './look-at-host.js';
export { serviceController } from './service-controller.js';
export { trafficController, type TrafficDeps } from './traffic-controller.js';
