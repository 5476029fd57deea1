/**
 * One step of the set-up. Steps are idempotent: `isDone` looks, `run` makes it so, and a run that is cut off leaves
 * `isDone` false.
 */
export interface SetupStep {
  title: string;
  /** What `run` takes on two cores with cold caches, measured; used only to say how long is left. */
  estimateMs: number;
  isDone(): Promise<boolean>;
  /**
   * Begins what `run` would wait for from elsewhere, while other steps are at work. Rejects where it cannot; `run` does
   * without.
   */
  fetch?(signal: AbortSignal): Promise<void>;
  /** `report` takes short texts on what is happening now. Throws a NetwrightError. */
  run(report: (text: string) => void, signal: AbortSignal): Promise<void>;
}
