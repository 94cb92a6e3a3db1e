import type { PrimitiveName } from '@elbo/tensor/internals'
import { NoGraph, type Rule } from '../writing.js'
import { elementwise } from './elementwise.js'
import { indexing } from './indexing.js'
import { layout } from './layout.js'
import { leaves } from './leaves.js'
import { products } from './products.js'
import { reductions } from './reduce.js'
import { loop } from './scan.js'

/** ONNX has no operator for these, or none with our meaning, and nobody has needed them yet. */
const absent = 'absent'

/** Every primitive that a program can hold, and how it is written. */
const rules: { readonly [N in PrimitiveName]: Rule<N> | typeof absent } = {
  ...leaves,
  ...elementwise,
  ...layout,
  ...reductions,
  ...products,
  ...indexing,
  scan: loop,

  ...{ atan2: absent, erfinv: absent, lgamma: absent, polygamma: absent },
  ...{ threefry: absent, normalFromBits: absent, shiftLeft: absent, shiftRight: absent },
  ...{ argsort: absent, unfold: absent, fold: absent },
  // Programs do not hold the first three; the last is made by a pass that is not for ONNX, whose runtimes fuse for themselves.
  ...{ placeholder: absent, stopGradient: absent, customGradient: absent, fused: absent },
}

/** @throws NoGraph for a primitive without translation. */
export const ruleOf = <N extends PrimitiveName>(name: N): Rule<N> => {
  const rule = rules[name]
  if (rule === absent) throw new NoGraph(`onnx: ${name} has no translation`)
  return rule
}
