/** @throws RangeError, naming the option, unless it is finite and what it may be. */
export const required = (name: string, option: string, value: number, fits: boolean): void => {
  if (!fits || !Number.isFinite(value)) throw new RangeError(`${name}: ${option} ${value} is out of range`)
}

/** A count of updates, batches or epochs. */
export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1
