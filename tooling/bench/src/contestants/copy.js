/** A plain copy of as many numbers, which `elementwise-chain` is measured against. */
export const prepare = ({ kind, arrays }) => {
  if (kind !== 'chain') return { cannot: 'only beside elementwise-chain' }
  const to = new Float32Array(arrays.x.data.length).fill(1)
  return { step: () => to.set(arrays.x.data) }
}
