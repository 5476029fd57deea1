/** Whether something holds; undefined where what is known of it does not tell. */
export type Told = boolean | undefined;

/** False where one is, undefined where one cannot be told, and true where all hold. */
export const every = (all: readonly Told[]): Told =>
  all.includes(false) ? false : all.includes(undefined) ? undefined : true;

/** True where one is, undefined where one cannot be told, and false where none holds. */
export const some = (all: readonly Told[]): Told =>
  all.includes(true) ? true : all.includes(undefined) ? undefined : false;

export const not = (one: Told): Told => (one === undefined ? undefined : !one);
