const SLICES = 10;

/**
 * Calls `expire` after so many milliseconds, of which a time when this process did not run counts a tenth at most, and
 * not before what had come by then has been read: Node runs the timers that are due before it reads its sockets, so
 * that an agent that was kept off the CPU would call late what is there already. Returns what cancels it.
 */
export function afterListening(timeoutMs: number, expire: () => void): () => void {
  let slices = 0;
  let timer: NodeJS.Timeout;
  const listenOn = () => {
    timer = setTimeout(() => {
      slices += 1;
      if (slices < SLICES) listenOn();
      else expire();
    }, timeoutMs / SLICES);
  };
  listenOn();
  return () => clearTimeout(timer);
}
