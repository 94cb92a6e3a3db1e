/** A mean over examples, and how far it may be from that over all there could be: the standard deviation over √n. */
export interface Estimate {
  readonly mean: number
  readonly standardError: number
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** `NaN` is the standard error of one value. */
export const estimateOf = (values: readonly number[]): Estimate => {
  const mean = meanOf(values)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) }
}

/** ln Σ exp, of numbers that may all be far below what exp holds. */
export const logSumExp = (values: readonly number[]): number => {
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity)
  return most === -Infinity
    ? -Infinity
    : most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
}
