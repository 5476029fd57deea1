/**
 * The version of the shapes of observations, written in each line of observations.ndjson. Version 1 is read still: see
 * report/version-1.
 */
export const OBSERVATION_VERSION = 2;
