export { trafficController, type TrafficDeps } from './traffic-controller.js';
