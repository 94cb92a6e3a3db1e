import { constants } from 'node:os'

const handled = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type StopSignal = (typeof handled)[number]

export interface Interruption {
  /** Aborted at the first signal. */
  readonly requested: AbortSignal
  /** The exit code to end with, 128 + the signal's number, once there was one. */
  readonly exitCode: () => number | undefined
  /** Gives the signals back to the system. */
  readonly release: () => void
}

/**
 * The first of Ctrl-C, SIGTERM and SIGHUP asks for an orderly end. With it the signals get their usual meaning back, so that the
 * next one ends the process at once, even where the program is busy.
 */
export const interruption = (announce: (signal: StopSignal) => void): Interruption => {
  const controller = new AbortController()
  let received: StopSignal | undefined
  const release = () => {
    for (const signal of handled) process.removeListener(signal, stop)
  }
  const stop = (signal: NodeJS.Signals) => {
    received = signal as StopSignal
    release()
    announce(received)
    controller.abort()
  }
  for (const signal of handled) process.on(signal, stop)
  return {
    requested: controller.signal,
    exitCode: () => (received === undefined ? undefined : 128 + constants.signals[received]),
    release,
  }
}
