import type { Shape } from '../../../shape/index.js'

/** A walk over an index space: its sizes, and for each array walked, the step along each axis (in elements). */
export interface Walk {
  readonly sizes: readonly number[]
  readonly strides: readonly (readonly number[])[]
}

/**
 * The same walk with as few axes as possible: axes of size 1 go, and neighbours merge where every array steps through them evenly. There
 * is always at least one axis.
 */
export const collapse = (shape: Shape, strides: readonly (readonly number[])[]): Walk => {
  const sizes: number[] = []
  const steps = strides.map((): number[] => [])
  shape.forEach((size, axis) => {
    if (size === 1) return
    const last = sizes.length - 1
    const merges = last >= 0 && strides.every((stride, i) => steps[i][last] === stride[axis] * size)
    if (merges) {
      sizes[last] *= size
      strides.forEach((stride, i) => (steps[i][last] = stride[axis]))
      return
    }
    sizes.push(size)
    strides.forEach((stride, i) => steps[i].push(stride[axis]))
  })
  if (sizes.length > 0) return { sizes, strides: steps }
  return { sizes: [1], strides: strides.map(() => [1]) }
}

/** How an array of `shape`, stepped through by `strides`, is read when it repeats to fill `wider` (NumPy's rules). */
export const repeated = (shape: Shape, strides: readonly number[], wider: Shape): number[] => {
  const lead = wider.length - shape.length
  return wider.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : strides[axis - lead]))
}
