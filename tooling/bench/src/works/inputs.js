/** The same numbers in every run and for every contestant: mulberry32. */
export const numbersFrom = seed => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const sizeOf = shape => shape.reduce((product, n) => product * n, 1)

/** An array of numbers from [low, high). */
export const uniform = (shape, low, high) => ({ shape, fill: next => low + (high - low) * next() })

/** Weights of a layer with so many inputs, as PyTorch draws them: from ±1/√inputs. */
export const weights = (shape, inputs) => uniform(shape, -1 / Math.sqrt(inputs), 1 / Math.sqrt(inputs))

/** About a standard normal: twelve uniform numbers. */
export const noise = shape => ({
  shape,
  fill: next => Array.from({ length: 12 }, next).reduce((sum, x) => sum + x, -6),
})

export const filled = (shape, value) => ({ shape, fill: () => value })

/** One-hot rows: a class for each row, in turn. */
export const labels = ([rows, classes]) => {
  let place = 0
  return {
    shape: [rows, classes],
    fill: () => {
      const at = place++
      return Math.floor(at / classes) % classes === at % classes ? 1 : 0
    },
  }
}

/** The numbers 0 … count − 1, in turn. */
export const places = (shape, count) => {
  let place = 0
  return { shape, fill: () => place++ % count }
}

/** Draws the arrays of a work, by name. */
export const draw = arrays => {
  const next = numbersFrom(1)
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, fill }]) => [
      name,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => fill(next)) },
    ]),
  )
}
