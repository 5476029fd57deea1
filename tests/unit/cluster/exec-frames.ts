/** Streams of an exec connection, by the number before each message. */
export const [, STDOUT, STDERR, STATUS] = [0, 1, 2, 3] as const;

export const frame = (stream: number, text: string): Buffer =>
  Buffer.concat([Buffer.from([stream]), Buffer.from(text)]);

/** The status that a command's end is told by, as the API server sends it. */
export const exitStatus = (code: number): Buffer =>
  frame(
    STATUS,
    JSON.stringify(
      code === 0
        ? { metadata: {}, status: 'Success' }
        : {
            metadata: {},
            status: 'Failure',
            reason: 'NonZeroExitCode',
            message: `command terminated with non-zero exit code: exit status ${code}`,
            details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
          },
    ),
  );
