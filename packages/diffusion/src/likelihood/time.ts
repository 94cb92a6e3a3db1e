import type { Process } from '../process/level.js'

/** The time at which a process has a ln SNR, by bisection, to the last bit or so: ln SNR falls in time. 0 or 1 where it lies beyond. */
export const timeAt =
  ({ logSnr }: Process) =>
  (wanted: number): number => {
    let [low, high] = [0, 1]
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2
      if (logSnr(middle) > wanted) low = middle
      else high = middle
    }
    return (low + high) / 2
  }
