const SLICES = 10;

/**
 * Calls `expire` after `timeoutMs` in which this process ran. Ten short timers in place of one: Node runs due timers
 * before it reads its sockets, so after a stall one long timer would fire before answers that have already come are
 * read. A stall costs at most a tenth. Returns a function that cancels it.
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
