/** The first few of many texts, and how many more. */
export function few(texts: readonly string[], most = 4): string {
  const rest = texts.length - most;
  return rest > 0 ? `${texts.slice(0, most).join(', ')} and ${rest} more` : texts.join(', ');
}
