/** @param {readonly number[]} values */
const sorted = values => [...values].sort((a, b) => a - b)

/** The middle value, or the mean of the two middle ones. */
export const median = values => {
  const all = sorted(values)
  const half = all.length >> 1
  return all.length % 2 === 1 ? all[half] : (all[half - 1] + all[half]) / 2
}

/** Half of the distance between the quartiles: what a single noisy run does not move. */
export const spread = values => {
  const all = sorted(values)
  return (all[Math.floor((all.length - 1) * 0.75)] - all[Math.floor((all.length - 1) * 0.25)]) / 2
}
