import type { View } from './view.ts';

/** The same question about a view, asked of it once: several causes want the answer, which does not change. */
export function oncePerView<T>(answer: (view: View) => T): (view: View) => T {
  const known = new WeakMap<View, { value: T }>();
  return (view) => {
    const found = known.get(view) ?? { value: answer(view) };
    known.set(view, found);
    return found.value;
  };
}
