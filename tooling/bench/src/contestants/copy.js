/**
 * Plain copies of as many numbers, which `elementwise-chain` is measured against. Three arrays take turns, each read two copies after it was
 * written: a cache helps this one as little as it helps a chain that reads two arrays and writes a third.
 */
export const prepare = ({ kind, arrays }) => {
  if (kind !== 'chain') return { cannot: 'only beside elementwise-chain' }
  const { data } = arrays.x
  const copies = [data, data.slice(), data.slice()]
  let turn = 0
  return {
    // Each number is read and written.
    bytes: 2 * data.byteLength,
    step: () => {
      copies[(turn + 2) % 3].set(copies[turn])
      turn = (turn + 1) % 3
    },
  }
}
