/** The largest error of `made` beside `meant`, as a share of the largest number in `meant`; NaN counts as infinite. */
export const errorOf = (made, meant) => {
  if (made.length !== meant.length) return Infinity
  const scale = meant.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1e-30)
  return meant.reduce((worst, x, i) => {
    const error = Math.abs(made[i] - x) / scale
    return Number.isNaN(error) ? Infinity : Math.max(worst, error)
  }, 0)
}

/** Mean, variance and fourth moment: what draws of different generators have in common. */
export const momentsOf = values => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const moment = power => values.reduce((sum, x) => sum + (x - mean) ** power, 0) / values.length
  return [mean, moment(2), moment(4) / 3]
}

/**
 * Who disagrees with the first contestant, and by how much. `compares` is `array`, `losses` or `moments` (of a standard normal).
 * @returns {{ contestant: string, error: number }[]}
 */
export const disagreements = (results, { compares, tolerance }) => {
  const of = values => (compares === 'moments' ? momentsOf(values) : values)
  const meant = compares === 'moments' ? [0, 1, 1] : results[0]?.values
  return results
    .map(({ contestant, values }) => ({ contestant, error: errorOf(of(values), meant) }))
    .filter(({ error }) => !(error <= tolerance))
}
