/**
 * One step of the set-up. Steps are idempotent: `isDone` looks, `run` makes it so, and a run that is cut off leaves
 * `isDone` false.
 */
export interface SetupStep {
  title: string;
  /** What `run` takes on two cores with cold caches, measured; used only to say how long is left. */
  estimateMs: number;
  isDone(): Promise<boolean>;
  /** `report` takes short texts on what is happening now. Throws a NetwrightError. */
  run(report: (text: string) => void, signal: AbortSignal): Promise<void>;
}
