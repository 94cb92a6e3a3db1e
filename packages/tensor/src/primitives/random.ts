import { ShapeError } from '../shape/index.js'
import { nonDifferentiable, type Primitive } from '../graph/primitive.js'
import { type AnyTensor, apply } from '../graph/tensor.js'
import { threefry2x32 } from '../random/threefry.js'

export interface ThreefryParams {
  /** The second counter word: it keeps draws, splits and folds of one key apart. */
  readonly domain: number
}

/**
 * Threefry-2x32 with 20 rounds (Salmon et al. 2011): a key u32[2] and counters u32[S] → both output words, u32[2, ...S].
 * The block for a counter c is (c, domain).
 */
export const threefryPrimitive: Primitive<ThreefryParams> = {
  name: 'threefry',
  outputs: ([key, counter]) => {
    if (key.shape.length !== 1 || key.shape[0] !== 2 || key.dtype !== 'u32' || counter.dtype !== 'u32') {
      throw new ShapeError(
        `threefry: needs a key u32[2] and u32 counters, not ${key.dtype}[${key.shape.join(', ')}] and ${counter.dtype}[${counter.shape.join(', ')}]`,
      )
    }
    return [{ shape: [2, ...counter.shape], dtype: 'u32' }]
  },
  gradient: nonDifferentiable,
  evaluate: ([key, counter], { domain }, [out]) => {
    const words = [key.data[0], key.data[1]] as const
    const count = counter.data.length
    for (let i = 0; i < count; i++) {
      const [first, second] = threefry2x32(words, [counter.data[i], domain])
      out.data[i] = first
      out.data[count + i] = second
    }
  },
}

export const threefry = (key: AnyTensor, counter: AnyTensor, domain: number): AnyTensor =>
  apply(threefryPrimitive, [key, counter], { domain })
