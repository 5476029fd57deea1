/** Label of all that Netwright makes; its value is OWNER. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const OWNER = 'netwright';
/** Label of the run that made it. */
export const RUN_LABEL = 'netwright/run';
