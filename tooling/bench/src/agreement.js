/** The largest error of `made` beside `meant`, as a share of the largest number in `meant`; NaN counts as infinite. */
export const errorOf = (made, meant) => {
  if (made.length !== meant.length) return Infinity
  const scale = meant.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1e-30)
  return meant.reduce((worst, x, i) => {
    const error = Math.abs(made[i] - x) / scale
    return Number.isNaN(error) ? Infinity : Math.max(worst, error)
  }, 0)
}

/**
 * Mean, variance and fourth moment, in the deviations of the distribution that draws are from: what those of different generators have in
 * common.
 */
export const momentsOf = (values, { mean, deviation }) => {
  const standard = values.map(x => (x - mean) / deviation)
  const moment = power => standard.reduce((sum, x) => sum + x ** power, 0) / values.length
  return [moment(1), moment(2), moment(4)]
}

/**
 * Who disagrees with the first contestant, and by how much; draws are held to the `moments` of their distribution instead. `compares` is
 * `array`, `losses` or `moments`.
 * @param {readonly { contestant: string, values: number[] }[]} results
 * @param {{ compares: string, tolerance: number, moments?: { mean: number, deviation: number, kurtosis: number } }} work
 * @returns {{ contestant: string, error: number }[]}
 */
export const disagreements = (results, { compares, tolerance, moments }) => {
  const of = values => (compares === 'moments' ? momentsOf(values, moments) : values)
  const meant = compares === 'moments' ? [0, 1, moments.kurtosis] : results[0]?.values
  return results
    .map(({ contestant, values }) => ({ contestant, error: errorOf(of(values), meant) }))
    .filter(({ error }) => !(error <= tolerance))
}
