import type { Instruction } from '../../../program/program.js'
import type { PrimitiveName } from '../../../primitives/table.js'
import * as elementwise from './elementwise.js'
import * as indexing from './indexing.js'
import * as layout from './layout.js'
import * as products from './products.js'
import * as reduce from './reduce.js'
import type { Expression } from './writer.js'

/** How one primitive runs. */
export type Rule<N extends PrimitiveName> =
  /** Written into the kernels that read it: an element costs little. `cost` counts what is written, in simple operations. */
  | { readonly where: 'inline'; readonly cost: number; readonly expression: Expression<N> }
  /** A kernel of its own: each element gathers many. */
  | {
      readonly where: 'kernel'
      readonly expression: Expression<N>
      /** Whether elements of the operands are read more than once, so that computing them in place would repeat work. */
      readonly rereads: boolean
    }
  /** Left to the host, for this reason. */
  | { readonly where: 'host'; readonly reason: string }

const inline = <N extends PrimitiveName>(cost: number, expression: Expression<N>): Rule<N> => ({
  where: 'inline',
  cost,
  expression,
})
const kernel = <N extends PrimitiveName>(expression: Expression<N>, rereads: boolean): Rule<N> => ({
  where: 'kernel',
  expression,
  rereads,
})
const host = { where: 'host' } as const
const words = { ...host, reason: 'whole numbers beyond 2²⁴ do not survive in f32' } as const
const special = { ...host, reason: 'needs more digits than single precision has' } as const
const absent = { ...host, reason: 'programs do not hold it' } as const

/** Where each primitive runs; a gap does not compile. */
export const rules: { readonly [N in PrimitiveName]: Rule<N> } = {
  placeholder: absent,
  constant: { ...host, reason: 'is data' },
  full: inline(0, layout.full),
  iota: inline(0, layout.iota),

  neg: inline(1, elementwise.neg),
  abs: inline(1, elementwise.abs),
  sign: inline(1, elementwise.sign),
  floor: inline(1, elementwise.floorOf),
  ceil: inline(1, elementwise.ceil),
  round: inline(4, elementwise.roundOf),
  add: inline(1, elementwise.add),
  sub: inline(1, elementwise.sub),
  mul: inline(1, elementwise.mul),
  div: inline(1, elementwise.div),
  mod: special,
  max: inline(1, elementwise.max),
  min: inline(1, elementwise.min),

  sqrt: inline(1, elementwise.sqrt),
  exp: inline(8, elementwise.exp),
  expm1: inline(12, elementwise.expm1),
  log: inline(12, elementwise.log),
  log1p: inline(16, elementwise.log1p),
  sin: special,
  cos: special,
  tanh: inline(12, elementwise.tanh),
  erf: inline(20, elementwise.erf),
  erfinv: special,
  lgamma: special,
  polygamma: special,
  pow: special,
  atan2: special,
  normalFromBits: words,

  eq: inline(1, elementwise.eq),
  lt: inline(1, elementwise.lt),
  le: inline(1, elementwise.le),
  and: inline(1, elementwise.and),
  or: inline(1, elementwise.or),
  xor: inline(1, elementwise.xor),
  not: inline(1, elementwise.not),
  shiftLeft: words,
  shiftRight: words,
  select: inline(1, elementwise.select),
  cast: inline(1, elementwise.cast),

  sum: kernel(reduce.sum, false),
  reduceMax: kernel(reduce.reduceMax, false),
  argmax: kernel(reduce.argmax, false),
  cumsum: kernel(reduce.cumsum, true),
  argsort: { ...host, reason: 'sorting waits for itself' },
  broadcast: inline(1, layout.broadcast),

  reshape: inline(0, layout.reshape),
  transpose: inline(2, layout.transpose),
  slice: inline(2, layout.slice),
  pad: inline(6, layout.pad),
  concat: inline(6, layout.concat),
  reverse: inline(2, layout.reverse),

  matmul: kernel(products.matmul, true),
  conv2d: kernel(products.conv2d, true),
  conv2dInput: kernel(products.conv2dInput, true),
  conv2dKernel: kernel(products.conv2dKernel, true),
  unfold: inline(20, products.unfold),
  fold: kernel(products.fold, false),

  gather: kernel(indexing.gather, false),
  scatterAdd: kernel(indexing.scatterAdd, true),
  threefry: words,
  scan: { ...host, reason: 'a loop of many small kernels' },
  stopGradient: absent,
  customGradient: absent,
  fused: absent,
}

/** The rule of an instruction, which fits its name. */
export const ruleOf = ({ name }: Instruction): Rule<PrimitiveName> =>
  rules[name] as unknown as Rule<PrimitiveName>
