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
 * The combinations of the values of the named sites, found by a walk through the program. The sites need a finite support that has the same
 * number of values whatever was drawn before.
 * @throws ProgramError where a site has no finite support, or there is no such site.
 */
export const enumeration = (
  operation: string,
  program: Program<unknown, unknown>,
  names: readonly string[],
  otherwise: Assign,
): Enumeration => {
  if (names.length === 0) return { branches: 1, assign: (_, rest) => rest }
  const sizes = new Map<string, number>()
  const { sites } = trace(operation, program, (name, distribution, index) => {
    if (!names.includes(name)) return otherwise(name, distribution, index)
    const { family, enumerateSupport } = distribution
    if (enumerateSupport === undefined)
      throw new ProgramError(`${operation}: site ${name}: ${family} has no finite support to enumerate`)
    const support = enumerateSupport()
    sizes.set(name, support.shape[0])
    return pick(full([], 0, 'i32'), support)
  })
  const unknown = names.find(name => !sites.some(site => site.name === name))
  if (unknown !== undefined) throw new ProgramError(`${operation}: enumerate: there is no site ${unknown}`)
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
