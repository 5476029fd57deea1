export { labDown } from './down.ts';
export { labEnvironment } from './environment.ts';
export { labUp } from './up.ts';
export { MAKES, parseMakes } from './makes/index.ts';
export { labStatus, type LabStatus } from './status.ts';
export { listLabs } from './state.ts';
export { parseTopology } from './topology.ts';
