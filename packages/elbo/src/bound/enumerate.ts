import { div, full, mod, type AnyTensor } from '@elbo/tensor'
import { pick } from '../arithmetic.js'
import type { Program } from '../program.js'
import { ProgramError } from '../sentence.js'
import { trace, type Assign } from '../trace.js'
import type { Index } from './repeat.js'

/** Sites that take every value of their support in turn. */
export interface Enumeration {
  /** The number of combinations. */
  readonly branches: number
  /** Gives an enumerated site its value in a branch, and leaves the others to `otherwise`. */
  readonly assign: (branch: Index, otherwise: Assign) => Assign
}

/**
 * The combinations of the values of the sites that are meant, found by a walk through the program. They need a finite support, which has the
 * same number of values whatever was drawn before.
 * @throws ProgramError where a site has no finite support.
 */
export const enumeration = (
  operation: string,
  program: Program<unknown, unknown>,
  isMeant: (name: string) => boolean,
  otherwise: Assign,
): Enumeration => {
  const sizes = new Map<string, number>()
  trace(operation, program, (name, distribution, index) => {
    if (!isMeant(name)) return otherwise(name, distribution, index)
    const { family, enumerateSupport } = distribution
    if (enumerateSupport === undefined)
      throw new ProgramError(`${operation}: site ${name}: ${family} has no finite support to enumerate`)
    const support = enumerateSupport()
    sizes.set(name, support.shape[0])
    return pick(full([], 0, 'i32'), support)
  })
  const strides = new Map<string, number>()
  let branches = 1
  for (const [name, size] of sizes) {
    strides.set(name, branches)
    branches *= size
  }
  return {
    branches,
    assign: (branch, rest) => (name, distribution, index) => {
      const [stride, size] = [strides.get(name), sizes.get(name)]
      if (stride === undefined || size === undefined) return rest(name, distribution, index)
      const at = mod(size)(div(stride)(branch))
      return pick(at, (distribution.enumerateSupport as () => AnyTensor)())
    },
  }
}
