import type { RowValues } from './trained.js'

/** Which coordinates of a code tell examples apart. */
export interface ActiveUnits {
  /** Var_x(E_q[z]) of each coordinate. */
  readonly variances: readonly number[]
  /** The coordinates whose variance exceeds the threshold. */
  readonly active: readonly number[]
}

/**
 * Active units (Burda et al. 2016, section 3.2): the coordinates of z whose posterior mean varies over the data by more than 0.01. `means` are those of
 * q(z | x), one row for each example; the variances are over all of them, in double precision.
 */
export const activeUnits = (
  { shape: [count, width], data }: RowValues,
  { threshold = 0.01 }: { readonly threshold?: number } = {},
): ActiveUnits => {
  const variances = Array.from({ length: width }, (_, unit) => {
    let [mean, squares] = [0, 0]
    for (let n = 0; n < count; n++) mean += data[n * width + unit] / count
    for (let n = 0; n < count; n++) squares += (data[n * width + unit] - mean) ** 2
    return squares / count
  })
  return {
    variances,
    active: Array.from(variances.keys()).filter(unit => variances[unit] > threshold),
  }
}
